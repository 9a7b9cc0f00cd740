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
  auto result = block.empty() ? nullptr : dyn_cast<ReturnOp>(block.back());
  if (!result)
    return emitOpError("expected onnx.return at the end");
  if (result.getNumOperands() != getOutputNames().size())
    return emitOpError("expected ") << getOutputNames().size() << " outputs, got " << result.getNumOperands();
  return success();
}
