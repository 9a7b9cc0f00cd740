// neap-verify-types. See Pass.td.
#include "neap/dialects/neap/Neap.h"
#include "neap/passes/support/ErrorKind.h"
#include "neap/passes/support/Locations.h"
#include "neap/passes/verify/Passes.h"

namespace neap {
#define GEN_PASS_DEF_VERIFYTYPES
#include "neap/passes/verify/Verify.h.inc"
} // namespace neap

using namespace mlir;
using namespace neap;

namespace {

bool hasKernels(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return !tensor || !isa<FloatType>(tensor.getElementType()) || tensor.getElementType().isF32();
}

/// Starts an error `FILE: WHAT: expected fp32, got TYPE`, as far as file and name are known.
InFlightDiagnostic typeError(ModuleOp module, Location location, StringRef kind, StringRef name, Type type) {
  InFlightDiagnostic error = marked(emitError(location), ErrorKind::Unsupported);
  if (auto model = module->getAttrOfType<StringAttr>("neap.model"))
    error << model.getValue() << ": ";
  error << kind << " '" << name << "': expected fp32, got " << type;
  error.attachNote() << "export the model in fp32, for example after model.float()";
  return error;
}

LogicalResult verifyOp(ModuleOp module, Operation *op) {
  if (isa<ReadOp>(op)) // its parameter was checked
    return success();
  for (Type type : op->getResultTypes())
    if (!hasKernels(type))
      return typeError(module, op->getLoc(), "node", findNodeName(op), type);
  return success();
}

LogicalResult verifyStep(ModuleOp module, StepOp step) {
  for (auto [index, input] : llvm::enumerate(step.getArguments()))
    if (!hasKernels(input.getType()))
      return typeError(module, step.getLoc(), "input", step.getInputName(index), input.getType());
  WalkResult result = step.getBody().walk(
      [&](Operation *op) { return failed(verifyOp(module, op)) ? WalkResult::interrupt() : WalkResult::advance(); });
  return failure(result.wasInterrupted());
}

struct VerifyTypes : ::neap::impl::VerifyTypesBase<VerifyTypes> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (auto parameter : module.getOps<ParameterOp>())
      if (!hasKernels(parameter.getType())) {
        typeError(module, parameter.getLoc(), "initializer", parameter.getSymName(), parameter.getType());
        return signalPassFailure();
      }
    for (auto step : module.getOps<StepOp>())
      if (failed(verifyStep(module, step)))
        return signalPassFailure();
    markAllAnalysesPreserved();
  }
};

} // namespace
