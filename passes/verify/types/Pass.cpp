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

/// Starts an error `FILE: KIND 'NAME': `, as far as file and name are known.
InFlightDiagnostic errorAt(ModuleOp module, Location location, StringRef kind, StringRef name) {
  InFlightDiagnostic error = marked(emitError(location), ErrorKind::Unsupported);
  if (auto model = module->getAttrOfType<StringAttr>("neap.model"))
    error << model.getValue() << ": ";
  error << kind << " '" << name << "': ";
  return error;
}

LogicalResult verifyElementType(ModuleOp module, Location location, StringRef kind, StringRef name, Type type) {
  if (hasKernels(type))
    return success();
  InFlightDiagnostic error = errorAt(module, location, kind, name) << "expected fp32, got " << type;
  error.attachNote() << "export the model in fp32, for example after model.float()";
  return error;
}

LogicalResult verifyHasElements(ModuleOp module, Location location, StringRef kind, StringRef name, Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || tensor.getNumElements() > 0)
    return success();
  return errorAt(module, location, kind, name) << "expected a tensor with elements, got " << type;
}

/// No kernel reads or makes a tensor without elements; that there is one, as an input or constant, is no harm.
LogicalResult verifyOp(ModuleOp module, Operation *op) {
  if (isa<ReadOp>(op)) // its parameter was checked
    return success();
  for (Type type : op->getResultTypes())
    if (failed(verifyElementType(module, op->getLoc(), "node", findNodeName(op), type)))
      return failure();
  if (op->hasTrait<OpTrait::ConstantLike>())
    return success();
  for (Type type : llvm::concat<const Type>(op->getOperandTypes(), op->getResultTypes()))
    if (failed(verifyHasElements(module, op->getLoc(), "node", findNodeName(op), type)))
      return failure();
  return success();
}

LogicalResult verifyStep(ModuleOp module, StepOp step) {
  for (auto [index, input] : llvm::enumerate(step.getArguments()))
    if (failed(verifyElementType(module, step.getLoc(), "input", step.getInputName(index), input.getType())))
      return failure();
  WalkResult result = step.getBody().walk(
      [&](Operation *op) { return failed(verifyOp(module, op)) ? WalkResult::interrupt() : WalkResult::advance(); });
  return failure(result.wasInterrupted());
}

LogicalResult verifyParameter(ModuleOp module, ParameterOp parameter) {
  Location location = parameter.getLoc();
  if (failed(verifyElementType(module, location, "initializer", parameter.getSymName(), parameter.getType())))
    return failure();
  return verifyHasElements(module, location, "initializer", parameter.getSymName(), parameter.getType());
}

struct VerifyTypes : ::neap::impl::VerifyTypesBase<VerifyTypes> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (auto parameter : module.getOps<ParameterOp>())
      if (failed(verifyParameter(module, parameter)))
        return signalPassFailure();
    for (auto step : module.getOps<StepOp>())
      if (failed(verifyStep(module, step)))
        return signalPassFailure();
    markAllAnalysesPreserved();
  }
};

} // namespace
