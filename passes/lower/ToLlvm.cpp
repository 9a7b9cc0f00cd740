// Lowering to the LLVM dialect: math functions first (ours), then upstream's conversions, then a check that nothing is
// left.
//
//   1. LowerMath: functions as arithmetic, bf16 as integers, refusal of library calls
//   2. scf -> cf, vector, arith, math, cf, index, func -> llvm
//   3. VerifyLowered
#include "neap/passes/lower/ToLlvm.h"

#include "neap/passes/lower/MathFunctions.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace neap::lower {

#define GEN_PASS_DEF_LOWERMATH
#define GEN_PASS_DEF_VERIFYLOWERED
#include "neap/passes/lower/Lower.h.inc"

namespace {

/// Functions that get a polynomial, accurate to a few ulp in f32 (docs/design/0002-generated-gemm.md has the figures).
bool hasPolynomial(StringRef name) {
  static const llvm::StringSet<> names{"math.exp", "math.log", "math.tanh", "math.erf"};
  return names.contains(name);
}

/// Operations of math that are one or a few instructions for every float type.
bool hasInstruction(StringRef name) {
  static const llvm::StringSet<> names{"math.absf",  "math.absi",  "math.ceil",     "math.copysign",  "math.ctlz",
                                       "math.ctpop", "math.cttz",  "math.fma",      "math.floor",     "math.isfinite",
                                       "math.isinf", "math.isnan", "math.isnormal", "math.roundeven", "math.rsqrt",
                                       "math.sqrt",  "math.trunc"};
  return names.contains(name);
}

LogicalResult checkInstruction(Operation *op) {
  bool isMath = isa_and_nonnull<math::MathDialect>(op->getDialect());
  if (!(isMath && !hasInstruction(op->getName().getStringRef())) && !isa<arith::RemFOp>(op))
    return success();
  return op->emitOpError("expected an operation with a native lowering on the CPU, got one on ")
         << op->getOperandTypes().front() << " that would become a library call";
}

struct LowerMath : impl::LowerMathBase<LowerMath> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateMathPolynomialApproximationPatterns(patterns, hasPolynomial);
    populateMathFunctionPatterns(patterns);
    arith::populateExpandBFloat16Patterns(patterns);
    arith::populateCeilFloorDivExpandOpsPatterns(patterns);
    // Folding is left to LLVM: a fold here would evaluate with the host's math library.
    GreedyRewriteConfig config;
    config.enableFolding(false);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      return signalPassFailure();
    bool refused = false;
    getOperation()->walk([&](Operation *op) { refused |= failed(checkInstruction(op)); });
    if (refused)
      signalPassFailure();
  }
};

struct VerifyLowered : impl::VerifyLoweredBase<VerifyLowered> {
  void runOnOperation() override {
    Operation *root = getOperation();
    WalkResult result = root->walk([&](Operation *op) {
      if (op == root || isa_and_nonnull<LLVM::LLVMDialect, NVVM::NVVMDialect>(op->getDialect()))
        return WalkResult::advance();
      op->emitOpError("expected an operation that lowers to the LLVM dialect");
      return WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};

} // namespace

void buildLowerToLlvm(OpPassManager &manager) {
  // Before vector and arith are converted: the polynomials are written in them.
  manager.addPass(createLowerMath());
  manager.addPass(createSCFToControlFlowPass());
  manager.addPass(createConvertVectorToLLVMPass());
  manager.addPass(createArithToLLVMConversionPass());
  manager.addPass(createConvertMathToLLVMPass());
  manager.addPass(createConvertIndexToLLVMPass());
  manager.addPass(createConvertControlFlowToLLVMPass());
  // After all conversions of bodies: it retypes block arguments, which the others leave behind casts.
  manager.addPass(createConvertFuncToLLVMPass());
  manager.addPass(createReconcileUnrealizedCastsPass());
  manager.addPass(createVerifyLowered());
}

} // namespace neap::lower
