// Initializers: where their bytes are, or the values themselves.
#include "neap/compiler/importer/GraphImporter.h"
#include "neap/compiler/importer/Metadata.h"

#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace neap::importer;
namespace onnx_ir = ::neap::onnx;

bool GraphImporter::carriedAsValue(RankedTensorType type) const {
  return !isa<FloatType>(type.getElementType()) || type.getNumElements() <= options.maxInlineElements;
}

/// The exporter's metadata of an initializer: its own, or that of the value_info of its name.
DictionaryAttr GraphImporter::metadataOf(const ::onnx::TensorProto &tensor, const ::onnx::GraphProto &graph) {
  if (DictionaryAttr own = tensorMetadata(context, tensor.metadata_props()))
    return own;
  const ::onnx::ValueInfoProto *info = &graph == &model.graph() ? infoOf.lookup(tensor.name()) : nullptr;
  return info ? tensorMetadata(context, info->metadata_props()) : nullptr;
}

LogicalResult GraphImporter::importInitializer(const ::onnx::TensorProto &tensor, int64_t rawOffset, Scope &scope) {
  ErrorStarter error = [&] { return fileError() << "initializer '" << llvm::json::fixUTF8(tensor.name()) << "': "; };
  if (tensor.name().empty())
    return fileError() << "expected every initializer to have a name, got an empty one";
  FailureOr<RankedTensorType> type = tensorType(context, tensor, error);
  if (failed(type))
    return failure();

  // Branches may use a name twice; symbols are unique in the file.
  std::string symbol = tensor.name();
  for (unsigned copy = 1; scope.outer && symbols.contains(symbol); ++copy)
    symbol = tensor.name() + "." + std::to_string(copy);
  symbols.insert(symbol);

  Location loc = NameLoc::get(builder.getStringAttr(tensor.name()));
  OpBuilder detached(&context);
  OwningOpRef<onnx_ir::InitializerOp> op = onnx_ir::InitializerOp::create(
      detached, loc, symbol, *type, /*file=*/StringAttr(), /*offset=*/IntegerAttr(),
      /*value=*/ElementsAttr(), onnx_ir::Trained::Undecided, /*reason=*/StringAttr(), metadataOf(tensor, *scope.graph));
  if (tensor.data_location() == ::onnx::TensorProto::EXTERNAL) {
    if (failed(importExternal(tensor, *type, error, *op)))
      return failure();
  } else {
    FailureOr<std::vector<char>> bytes = inlineBytes(tensor, *type, error);
    if (failed(bytes))
      return failure();
    if (rawOffset >= 0 && !carriedAsValue(*type)) {
      op->setFile("");
      op->setOffset(rawOffset);
    } else {
      op->setValueAttr(elementsFromBytes(*type, *bytes));
    }
  }
  Value value = onnx_ir::ReadOp::create(builder, loc, *type, symbol);
  if (failed(define(scope, tensor.name(), value)))
    return failure();
  module.push_back(op.release());
  return success();
}

LogicalResult GraphImporter::importExternal(const ::onnx::TensorProto &tensor, RankedTensorType type,
                                            const ErrorStarter &error, onnx_ir::InitializerOp op) {
  FailureOr<ExternalPlace> place = externalPlace(tensor, type, error);
  if (failed(place))
    return failure();
  if (options.externalFiles)
    options.externalFiles->insert(place->file);
  llvm::Expected<const weights::File *> file = files.open(place->file);
  if (!file)
    return error() << llvm::toString(file.takeError());
  uint64_t bytes = static_cast<uint64_t>(storageBytes(type)), size = (*file)->size();
  if (place->offset > size || bytes > size - place->offset)
    return error() << "expected " << bytes << " bytes at " << place->offset << " of '" << place->file
                   << "', got a file of " << size << " bytes";
  if (!carriedAsValue(type)) {
    op.setFile(place->file);
    op.setOffset(static_cast<int64_t>(place->offset));
    return success();
  }
  std::vector<char> data(bytes);
  if (llvm::Error failed = (*file)->read(place->offset, data))
    return error() << llvm::toString(std::move(failed));
  op.setValueAttr(elementsFromBytes(type, data));
  return success();
}

FailureOr<ElementsAttr> GraphImporter::importTensorAttribute(const ::onnx::TensorProto &tensor,
                                                             const ErrorStarter &error) {
  FailureOr<RankedTensorType> type = tensorType(context, tensor, error);
  if (failed(type))
    return failure();
  if (tensor.data_location() == ::onnx::TensorProto::EXTERNAL)
    return error() << "expected the tensor of an attribute in the model file, got external data";
  FailureOr<std::vector<char>> bytes = inlineBytes(tensor, *type, error);
  if (failed(bytes))
    return failure();
  return ElementsAttr(elementsFromBytes(*type, *bytes));
}
