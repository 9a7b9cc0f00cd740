// See Export.h. The model is copied as protobuf, so that all that the importer does not understand stays in it.
#include "neap/compiler/importer/Export.h"

#include "neap/compiler/importer/Importer.h"
#include "neap/compiler/importer/Tensors.h"
#include "neap/passes/onnx/decide-trained/EqualWeights.h"
#include "neap/passes/onnx/decide-trained/GraphSignature.h"
#include "neap/passes/onnx/weight-files/WeightFiles.h"

#include "google/protobuf/io/zero_copy_stream_impl.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <cstring>

using namespace mlir;
using namespace neap;
using namespace neap::importer;
using ::onnx::TensorProto;
namespace onnx_ir = ::neap::onnx;

static llvm::Error failure(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

static llvm::Error readModel(StringRef path, ::onnx::ModelProto &model) {
  llvm::Expected<weights::File> file = weights::openModel(path);
  if (!file)
    return file.takeError();
  google::protobuf::io::FileInputStream stream(file->handle());
  if (!model.ParseFromZeroCopyStream(&stream))
    return failure(path + ": expected an ONNX model, got a file that is none");
  return llvm::Error::success();
}

/// The safetensors type that holds an ONNX type as it is; none for types that are never trained.
static std::optional<safetensors::Type> fileType(int dataType) {
  switch (dataType) {
  case TensorProto::FLOAT: return safetensors::Type::F32;
  case TensorProto::DOUBLE: return safetensors::Type::F64;
  case TensorProto::FLOAT16: return safetensors::Type::F16;
  case TensorProto::BFLOAT16: return safetensors::Type::BF16;
  default: return std::nullopt;
  }
}

/// Rounds float32 to nearest even.
static std::string roundTo(const llvm::fltSemantics &semantics, llvm::ArrayRef<char> floats) {
  std::string result;
  for (size_t at = 0; at < floats.size(); at += 4) {
    float value;
    std::memcpy(&value, floats.data() + at, 4);
    llvm::APFloat number(value);
    bool inexact;
    number.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &inexact);
    auto bits = static_cast<uint16_t>(number.bitcastToAPInt().getZExtValue());
    result.append(reinterpret_cast<const char *>(&bits), 2);
  }
  return result;
}

/// The bytes of `source` in the type of `target`.
static llvm::Expected<std::string> convert(const safetensors::Reader &weights, const safetensors::Tensor &source,
                                           const TensorProto &target) {
  std::string bytes(source.bytes(), '\0');
  weights.read(source, bytes.data());
  if (fileType(target.data_type()) == source.type)
    return bytes;
  if (source.type == safetensors::Type::F32 && target.data_type() == TensorProto::BFLOAT16)
    return roundTo(llvm::APFloat::BFloat(), bytes);
  if (source.type == safetensors::Type::F32 && target.data_type() == TensorProto::FLOAT16)
    return roundTo(llvm::APFloat::IEEEhalf(), bytes);
  return failure(llvm::Twine(weights.path()) + ": tensor '" + source.name + "': expected " +
                 dataTypeName(target.data_type()) + ", got " + std::string(safetensors::typeName(source.type)));
}

static void setRawData(TensorProto &tensor, std::string bytes) {
  for (auto clear : {&TensorProto::clear_float_data, &TensorProto::clear_int32_data, &TensorProto::clear_int64_data,
                     &TensorProto::clear_double_data, &TensorProto::clear_uint64_data,
                     &TensorProto::clear_external_data, &TensorProto::clear_data_location})
    (tensor.*clear)();
  tensor.set_raw_data(std::move(bytes));
}

/// Brings the external data of a tensor that is not trained into the file.
static llvm::Error embed(MLIRContext &context, TensorProto &tensor, weights::Files &files) {
  std::string message;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) { message = diagnostic.str(); });
  ErrorStarter error = [&] {
    return emitError(UnknownLoc::get(&context)) << "initializer '" << tensor.name() << "': ";
  };
  auto type = tensorType(context, tensor, error);
  auto place = mlir::failed(type) ? FailureOr<ExternalPlace>() : externalPlace(tensor, *type, error);
  if (mlir::failed(place))
    return failure(message);
  llvm::Expected<const weights::File *> file = files.open(place->file);
  if (!file)
    return file.takeError();
  std::string bytes(storageBytes(*type), '\0');
  if (llvm::Error error = (*file)->read(place->offset, llvm::MutableArrayRef(bytes.data(), bytes.size())))
    return error;
  setRawData(tensor, std::move(bytes));
  return llvm::Error::success();
}

/// The transpose of a matrix of `rows` rows.
static std::vector<char> transpose(llvm::ArrayRef<char> bytes, int64_t rows, int64_t columns, int64_t size) {
  std::vector<char> result(bytes.size());
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j)
      std::memcpy(&result[(j * rows + i) * size], &bytes[(i * columns + j) * size], size);
  return result;
}

namespace {
/// A tensor of the model that was trained as one with another.
struct TiedCopy {
  std::string original;
  bool transposed;
};
} // namespace

/// Matrices of the model that `weights` lacks because a training with --tie made them one with a matrix that it has: those
/// that the model writes twice.
static llvm::Expected<llvm::StringMap<TiedCopy>> findTiedCopies(ModuleOp module, const safetensors::Reader &weights,
                                                                weights::Files &files) {
  SmallVector<onnx_ir::InitializerOp> matrices;
  for (auto initializer : module.getOps<onnx_ir::InitializerOp>())
    if (isa<FloatType>(cast<ShapedType>(initializer.getType()).getElementType()))
      matrices.push_back(initializer);
  auto pairs = onnx_ir::findEqualWeights(matrices, files);
  if (!pairs)
    return pairs.takeError();
  llvm::StringMap<TiedCopy> copies;
  for (auto [original, copy, transposed] : *pairs)
    if (weights.find(original.getSymName().str()) && !weights.find(copy.getSymName().str()))
      copies[copy.getSymName()] = {original.getSymName().str(), transposed};
  return copies;
}

static llvm::Error writeModel(const ::onnx::ModelProto &model, StringRef path) {
  if (model.ByteSizeLong() > INT32_MAX)
    return failure(path + ": expected a model of less than 2 GiB, got " + llvm::Twine(model.ByteSizeLong()) +
                   " bytes; use --pytorch");
  std::string bytes = model.SerializeAsString();
  files::Replacement replacement(path.str());
  replacement.file().append(bytes.data(), bytes.size());
  replacement.commit();
  return llvm::Error::success();
}

/// The trained values of an initializer, as raw data of its own type. `transposed`: the weights hold the transpose.
static llvm::Error setTrained(TensorProto &tensor, const safetensors::Reader &weights,
                              const safetensors::Tensor &trained, bool transposed) {
  std::vector<int64_t> shape(tensor.dims().begin(), tensor.dims().end());
  if (transposed)
    std::reverse(shape.begin(), shape.end());
  if (shape != trained.shape)
    return failure(llvm::Twine(weights.path()) + ": tensor '" + trained.name +
                   "': expected the shape that it has in the model, got another one");
  llvm::Expected<std::string> bytes = convert(weights, trained, tensor);
  if (!bytes)
    return bytes.takeError();
  if (transposed) {
    std::vector<char> turned = transpose(*bytes, shape[0], shape[1], bytes->size() / (shape[0] * shape[1]));
    bytes->assign(turned.begin(), turned.end());
  }
  setRawData(tensor, std::move(*bytes));
  return llvm::Error::success();
}

std::vector<onnx_ir::UntiedCopy> neap::importer::untieLike(ModuleOp module, const safetensors::Reader &weights) {
  SymbolTable symbols(module);
  if (llvm::all_of(weights.tensors(), [&](const auto &tensor) { return symbols.lookup(tensor.name); }))
    return {};
  SmallVector<onnx_ir::UntiedCopy> copies = onnx_ir::untieNorms(module, onnx_ir::findGraph(module));
  llvm::erase_if(copies, [&](auto &untied) { return !weights.find(untied.copy.getSymName().str()); });
  return {copies.begin(), copies.end()};
}

/// The node of the file that a node of the graph was imported from; null for one inside another.
static ::onnx::NodeProto *findNode(::onnx::GraphProto &graph, onnx_ir::NodeOp node) {
  if (!isa<onnx_ir::GraphOp>(node->getParentOp()))
    return nullptr;
  auto nodes = node->getBlock()->getOps<onnx_ir::NodeOp>();
  return graph.mutable_node(static_cast<int>(std::distance(nodes.begin(), llvm::find(nodes, node))));
}

/// `name`, or something like it that no value of the graph is called.
static std::string findFreeName(const ::onnx::GraphProto &graph, std::string name) {
  llvm::StringSet<> taken;
  for (const auto &node : graph.node())
    taken.insert_range(node.output());
  for (const auto &tensor : graph.initializer())
    taken.insert(tensor.name());
  for (const auto &input : graph.input())
    taken.insert(input.name());
  while (taken.contains(name))
    name += "_";
  return name;
}

/// Writes the copy beside its original, and lets the node read it.
static llvm::Error addUntied(::onnx::GraphProto &graph, onnx_ir::UntiedCopy untied,
                             const safetensors::Reader &weights) {
  std::string name = untied.copy.getSymName().str();
  ::onnx::NodeProto *node = findNode(graph, untied.node);
  auto original = llvm::find_if(
      graph.initializer(), [&](const TensorProto &tensor) { return tensor.name() == untied.original.getSymName(); });
  if (!node || original == graph.initializer().end())
    return failure(llvm::Twine(weights.path()) + ": cannot write '" + name + "' into the model: node '" +
                   untied.node.getName() + "' is inside another");
  TensorProto copy = *original;
  copy.set_name(findFreeName(graph, name));
  if (llvm::Error error = setTrained(copy, weights, *weights.find(name), /*transposed=*/false))
    return error;
  node->set_input(static_cast<int>(untied.operand), copy.name());
  *graph.add_initializer() = std::move(copy);
  return llvm::Error::success();
}

llvm::Error neap::importer::exportOnnx(ModuleOp module, llvm::ArrayRef<onnx_ir::UntiedCopy> untied, StringRef path,
                                       const safetensors::Reader &weights, StringRef output, bool trustLinks) {
  ::onnx::ModelProto model;
  if (llvm::Error error = readModel(path, model))
    return error;
  neap::weights::Files files(path, trustLinks);
  auto copies = findTiedCopies(module, weights, files);
  if (!copies)
    return copies.takeError();
  llvm::StringSet<> known;
  for (TensorProto &tensor : *model.mutable_graph()->mutable_initializer()) {
    known.insert(tensor.name());
    auto copy = copies->find(tensor.name());
    bool isCopy = copy != copies->end();
    const safetensors::Tensor *trained = weights.find(isCopy ? copy->second.original : tensor.name());
    bool isExternal = tensor.data_location() == TensorProto::EXTERNAL;
    if (trained) {
      if (llvm::Error error = setTrained(tensor, weights, *trained, isCopy && copy->second.transposed))
        return error;
    } else if (isExternal) {
      if (llvm::Error error = embed(*module.getContext(), tensor, files))
        return error;
    }
  }
  for (const onnx_ir::UntiedCopy &copy : untied) {
    known.insert(onnx_ir::UntiedCopy(copy).copy.getSymName());
    if (llvm::Error error = addUntied(*model.mutable_graph(), copy, weights))
      return error;
  }
  for (const safetensors::Tensor &tensor : weights.tensors())
    if (!known.contains(tensor.name))
      return failure(llvm::Twine(weights.path()) + ": expected the weights of " + path + ", got a tensor '" +
                     tensor.name + "' that it does not have");
  return writeModel(model, output);
}

TorchPlace neap::importer::torchPlace(onnx_ir::InitializerOp initializer, onnx_ir::GraphOp graph) {
  std::string name = initializer.getSymName().str();
  onnx_ir::GraphSignature signature = onnx_ir::readGraphSignature(graph);
  SmallVector<StringRef> sources = onnx_ir::foldedFrom(initializer);
  llvm::erase_if(sources, [&](StringRef source) { return !signature.isParameter(source); });
  if (signature.isParameter(name) || sources.size() != 1)
    return {name, false, signature.isParameter(name) || !StringRef(name).starts_with("onnx::")};
  // The exporter folds a matrix by transposing it; the rows of a table that it looked up are only wrapped in one more dimension.
  bool transposed = cast<ShapedType>(initializer.getType()).getRank() == 2;
  return {sources.front().str(), transposed, true};
}

/// The shape in PyTorch of a tensor that has `shape` in the file.
static std::vector<int64_t> torchShape(std::vector<int64_t> shape, const TorchPlace &place, StringRef name) {
  if (place.transposed)
    std::swap(shape[0], shape[1]);
  else if (place.name != name && shape.size() == 3 && shape[0] == 1)
    shape.erase(shape.begin());
  return shape;
}

llvm::Expected<std::vector<std::string>>
neap::importer::exportTorch(ModuleOp module, const safetensors::Reader &weights, StringRef output) {
  onnx_ir::GraphOp graph = onnx_ir::findGraph(module);
  std::vector<std::string> warnings;
  std::vector<TorchPlace> places;
  std::vector<safetensors::Tensor> tensors;
  llvm::StringSet<> names;
  for (const safetensors::Tensor &tensor : weights.tensors())
    names.insert(tensor.name);
  for (const safetensors::Tensor &tensor : weights.tensors()) {
    auto initializer = SymbolTable::lookupNearestSymbolFrom<onnx_ir::InitializerOp>(
        module, StringAttr::get(module.getContext(), tensor.name));
    if (!initializer)
      return failure(llvm::Twine(weights.path()) + ": expected the weights of the model, got a tensor '" + tensor.name +
                     "' that it does not have");
    if (!llvm::equal(cast<ShapedType>(initializer.getType()).getShape(), tensor.shape))
      return failure(llvm::Twine(weights.path()) + ": tensor '" + tensor.name +
                     "': expected the shape that it has in the model, got another one");
    TorchPlace place = torchPlace(initializer, graph);
    if (!place.known)
      warnings.push_back("'" + tensor.name + "' keeps its name and layout: the file does not tell PyTorch's");
    // An untied copy: the tensor that has the name by right keeps it.
    if (place.name != tensor.name && !names.insert(place.name).second) {
      warnings.push_back("'" + tensor.name + "' keeps its name and layout: '" + place.name + "' is another tensor too");
      place = {tensor.name, false, false};
    }
    tensors.push_back({place.name, tensor.type, torchShape(tensor.shape, place, tensor.name)});
    places.push_back(std::move(place));
  }
  safetensors::Writer writer(output.str(), std::move(tensors));
  for (auto [index, tensor] : llvm::enumerate(weights.tensors())) {
    std::vector<char> bytes(tensor.bytes());
    weights.read(tensor, bytes.data());
    if (places[index].transposed)
      bytes = transpose(bytes, tensor.shape[0], tensor.shape[1], safetensors::elementBytes(tensor.type));
    writer.write(index, bytes.data());
  }
  writer.commit();
  return warnings;
}
