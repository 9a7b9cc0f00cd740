// Registration and verifiers of the onnx dialect.
#include "neap/dialects/onnx/Onnx.h"

#include "neap/dialects/onnx/OnnxDialect.cpp.inc"
#include "neap/dialects/onnx/OnnxEnums.cpp.inc"

using namespace mlir;
using namespace neap::onnx;

#define GET_OP_CLASSES
#include "neap/dialects/onnx/OnnxOps.cpp.inc"

void OnnxDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "neap/dialects/onnx/OnnxOps.cpp.inc"
      >();
}

LogicalResult InitializerOp::verify() {
  if (getValue() && getValue()->getShapedType() != getType())
    return emitOpError("expected value of type ") << getType() << ", got " << getValue()->getShapedType();
  if (!getValue() && (!getFile() || !getOffset()))
    return emitOpError("expected a value, or a file and an offset");
  if (getValue() && (getFile() || getOffset()))
    return emitOpError("expected either a value or a file and an offset, got both");
  if (getOffset() && static_cast<int64_t>(*getOffset()) < 0)
    return emitOpError("expected a non-negative offset, got ") << static_cast<int64_t>(*getOffset());
  return success();
}

LogicalResult GraphOp::verify() {
  Block &block = getBody().front();
  if (getInputNames().size() != block.getNumArguments())
    return emitOpError("expected ") << block.getNumArguments() << " input names, got " << getInputNames().size();
  if (getDimParams().size() != block.getNumArguments())
    return emitOpError("expected ") << block.getNumArguments() << " lists of dim_params, got " << getDimParams().size();
  for (auto [dims, argument] : llvm::zip(getDimParams(), block.getArguments())) {
    auto names = dyn_cast<ArrayAttr>(dims);
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || !names || !llvm::all_of(names, llvm::IsaPred<StringAttr>) ||
        static_cast<int64_t>(names.size()) != type.getRank())
      return emitOpError("expected one string in dim_params for every dimension of input ") << argument.getArgNumber();
  }
  auto result = block.empty() ? nullptr : dyn_cast<ReturnOp>(block.back());
  if (!result)
    return emitOpError("expected onnx.return at the end");
  if (result.getNumOperands() != getOutputNames().size())
    return emitOpError("expected ") << getOutputNames().size() << " outputs, got " << result.getNumOperands();
  return success();
}

LogicalResult FunctionOp::verify() {
  if (getBody().front().empty() || !isa<ReturnOp>(getBody().front().back()))
    return emitOpError("expected onnx.return at the end");
  return success();
}

std::string NodeOp::getFunctionName() { return functionSymbol(getDomain(), getOpType(), getOverload().value_or("")); }

InFlightDiagnostic NodeOp::emitNodeError() {
  InFlightDiagnostic diagnostic = mlir::emitError(getLoc());
  auto module = (*this)->getParentOfType<ModuleOp>();
  if (GraphOp graph = module ? findGraph(module) : nullptr; graph && graph.getSource())
    diagnostic << *graph.getSource() << ": ";
  diagnostic << "node '" << getName() << "' (" << getOpType() << ", opset " << static_cast<int64_t>(getVersion())
             << "): ";
  return diagnostic;
}

std::string neap::onnx::functionSymbol(StringRef domain, StringRef name, StringRef overload) {
  return (domain + "::" + name + (overload.empty() ? "" : ":" + overload)).str();
}

GraphOp neap::onnx::findGraph(ModuleOp module) {
  auto graphs = module.getOps<GraphOp>();
  return graphs.empty() ? nullptr : *graphs.begin();
}

InFlightDiagnostic neap::onnx::emitModelError(GraphOp graph) {
  InFlightDiagnostic diagnostic = mlir::emitError(graph.getLoc());
  if (graph.getSource())
    diagnostic << *graph.getSource() << ": ";
  return diagnostic;
}

bool neap::onnx::isFloatTensor(Type type) {
  auto tensor = dyn_cast<TensorType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}
