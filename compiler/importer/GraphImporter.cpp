// Graphs, functions and names. Nodes are in NodeImporter.cpp, initializers in InitializerImporter.cpp.
#include "neap/compiler/importer/GraphImporter.h"

#include "neap/compiler/importer/Metadata.h"

#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace neap::importer;
namespace onnx_ir = ::neap::onnx;

GraphImporter::GraphImporter(ModuleOp module, const ::onnx::ModelProto &model, llvm::StringRef path,
                             llvm::ArrayRef<int64_t> rawOffsets, const ImportOptions &options)
    : module(module), model(model), path(path.str()), rawOffsets(rawOffsets), options(options),
      context(*module.getContext()), builder(&context), files(path, options.trustExternalLinks) {}

LogicalResult GraphImporter::run() {
  FailureOr<Opsets> imported = importOpsets(model.opset_import());
  if (failed(imported))
    return failure();
  opsets = std::move(*imported);
  for (const auto &function : model.functions())
    functionDomains.insert(function.domain());
  builder.setInsertionPointToEnd(module.getBody());
  for (const auto &function : model.functions())
    if (failed(importFunction(function)))
      return failure();
  return importMainGraph();
}

InFlightDiagnostic GraphImporter::fileError() {
  return emitError(FileLineColLoc::get(&context, path, 0, 0)) << path << ": ";
}

InFlightDiagnostic GraphImporter::nodeError(const ::onnx::NodeProto &node, int64_t version) {
  InFlightDiagnostic diagnostic = emitError(nodeLocation(context, node.name(), node.metadata_props()));
  llvm::StringRef name = node.name().empty() && node.output_size() ? node.output(0) : node.name();
  diagnostic << path << ": node '" << name << "' (" << node.op_type();
  if (version)
    diagnostic << ", opset " << version;
  diagnostic << "): ";
  return diagnostic;
}

FailureOr<Opsets>
GraphImporter::importOpsets(const google::protobuf::RepeatedPtrField<::onnx::OperatorSetIdProto> &imports) {
  Opsets result;
  for (const auto &import : imports) {
    llvm::StringRef domain = import.domain() == "ai.onnx" ? "" : llvm::StringRef(import.domain());
    int64_t version = import.version();
    if (domain.empty() && (version < minOpset || version > maxOpset)) {
      InFlightDiagnostic diagnostic = fileError();
      diagnostic << "expected an opset from " << minOpset << " to " << maxOpset << ", got " << version;
      diagnostic.attachNote() << "export the model again with opset_version=20";
      return diagnostic;
    }
    if (!result.try_emplace(domain, version).second && result[domain] != version)
      return fileError() << "expected one version of the operator domain '" << domain << "', got " << result[domain]
                         << " and " << version;
  }
  return result;
}

LogicalResult GraphImporter::define(Scope &scope, llvm::StringRef name, Value value) {
  if (!llvm::json::isUTF8(name))
    return fileError() << "expected names in UTF-8, got '" << llvm::json::fixUTF8(name) << "'";
  for (Scope *seen = &scope; seen; seen = seen->outer)
    if (seen->values.count(name))
      return fileError() << "expected every value to have a name of its own, got '" << name << "' twice";
  scope.values[name] = value;
  return success();
}

Value GraphImporter::lookup(Scope &scope, llvm::StringRef name) {
  for (Scope *seen = &scope; seen; seen = seen->outer)
    if (auto found = seen->values.find(name); found != seen->values.end())
      return found->second;
  return nullptr;
}

void GraphImporter::importValueInfo(const google::protobuf::RepeatedPtrField<::onnx::ValueInfoProto> &infos,
                                    Scope &scope) {
  for (const auto &info : infos) {
    const auto &tensor = info.type().tensor_type();
    Type element = info.type().has_tensor_type() ? elementType(context, tensor.elem_type()) : nullptr;
    if (!element)
      continue;
    if (!tensor.has_shape()) {
      scope.types[info.name()] = UnrankedTensorType::get(element);
      continue;
    }
    SmallVector<int64_t> shape;
    for (const auto &dim : tensor.shape().dim())
      shape.push_back(dim.has_dim_value() && dim.dim_value() >= 0 ? dim.dim_value() : ShapedType::kDynamic);
    scope.types[info.name()] = RankedTensorType::get(shape, element);
  }
}

FailureOr<Type> GraphImporter::importInputType(const ::onnx::ValueInfoProto &input, SmallVectorImpl<Attribute> &dims) {
  if (!input.type().has_tensor_type())
    return fileError() << "input '" << input.name() << "': expected a tensor, got another type";
  const auto &tensor = input.type().tensor_type();
  Type element = elementType(context, tensor.elem_type());
  if (!element)
    return fileError() << "input '" << input.name() << "': expected elements that can be computed with, got "
                       << dataTypeName(tensor.elem_type());
  if (!tensor.has_shape())
    return fileError() << "input '" << input.name() << "': expected a shape, got none";
  SmallVector<int64_t> shape;
  for (const auto &dim : tensor.shape().dim()) {
    // A size that is neither given nor named gets a name that --dim can use.
    std::string name = dim.has_dim_value() ? "" : dim.dim_param();
    if (!dim.has_dim_value() && name.empty())
      name = input.name() + "_dim_" + std::to_string(shape.size());
    if (dim.has_dim_value() && dim.dim_value() < 0)
      return fileError() << "input '" << input.name() << "': expected sizes of at least 0, got " << dim.dim_value();
    shape.push_back(dim.has_dim_value() ? dim.dim_value() : ShapedType::kDynamic);
    dims.push_back(builder.getStringAttr(name));
  }
  return Type(RankedTensorType::get(shape, element));
}

LogicalResult GraphImporter::importInputs(Scope &scope, Block &block, SmallVectorImpl<Attribute> &names,
                                          SmallVectorImpl<Attribute> &dims) {
  llvm::StringSet<> initializers;
  for (const auto &tensor : scope.graph->initializer())
    initializers.insert(tensor.name());
  for (const auto &input : scope.graph->input()) {
    if (initializers.contains(input.name()))
      continue; // Before IR version 4 initializers were listed as inputs too.
    SmallVector<Attribute> sizes;
    FailureOr<Type> type = importInputType(input, sizes);
    if (failed(type))
      return failure();
    Location loc = NameLoc::get(builder.getStringAttr(input.name()));
    if (failed(define(scope, input.name(), block.addArgument(*type, loc))))
      return failure();
    names.push_back(builder.getStringAttr(input.name()));
    dims.push_back(builder.getArrayAttr(sizes));
  }
  return success();
}

LogicalResult GraphImporter::importMainGraph() {
  Scope scope;
  scope.opsets = &opsets;
  scope.graph = &model.graph();
  for (const auto &info : model.graph().value_info())
    infoOf[info.name()] = &info;
  importValueInfo(model.graph().value_info(), scope);
  importValueInfo(model.graph().output(), scope);

  Location loc = FileLineColLoc::get(&context, path, 0, 0);
  SmallVector<Attribute> inputNames, dims;
  SmallVector<llvm::StringRef> outputNames;
  NamedAttrList versions;
  for (const auto &entry : opsets)
    versions.set(entry.getKey().empty() ? "ai.onnx" : entry.getKey(), builder.getI64IntegerAttr(entry.getValue()));
  for (const auto &output : model.graph().output())
    outputNames.push_back(output.name());

  OpBuilder detached(&context);
  OwningOpRef<onnx_ir::GraphOp> graph =
      onnx_ir::GraphOp::create(detached, loc, builder.getArrayAttr({}), builder.getStrArrayAttr(outputNames),
                               builder.getArrayAttr({}), versions.getDictionary(&context),
                               propertiesAttr(context, model.graph().metadata_props()), builder.getStringAttr(path));
  Block &block = graph->getBody().emplaceBlock();
  if (failed(importInputs(scope, block, inputNames, dims)))
    return failure();
  graph->setInputNamesAttr(builder.getArrayAttr(inputNames));
  graph->setDimParamsAttr(builder.getArrayAttr(dims));

  builder.setInsertionPointToEnd(&block);
  if (failed(importBody(model.graph(), scope)))
    return failure();
  module.push_back(graph.release());
  return success();
}

LogicalResult GraphImporter::importBody(const ::onnx::GraphProto &graph, Scope &scope) {
  if (graph.sparse_initializer_size())
    return fileError() << "expected dense initializers, got the sparse one '"
                       << graph.sparse_initializer(0).values().name() << "'";
  if (graph.quantization_annotation_size())
    return fileError() << "expected an unquantised model, got a quantization annotation for '"
                       << graph.quantization_annotation(0).tensor_name() << "'";
  bool isMain = &graph == &model.graph();
  for (auto [index, tensor] : llvm::enumerate(graph.initializer()))
    if (failed(importInitializer(tensor, isMain ? rawOffsets[index] : -1, scope)))
      return failure();
  for (const auto &node : graph.node())
    if (failed(importNode(node, scope)))
      return failure();

  SmallVector<Value> outputs;
  for (const auto &output : graph.output()) {
    outputs.push_back(lookup(scope, output.name()));
    if (!outputs.back())
      return fileError() << "expected output '" << output.name()
                         << "' to be computed by a node, got a name that is defined nowhere";
  }
  onnx_ir::ReturnOp::create(builder, UnknownLoc::get(&context), outputs);
  return success();
}

LogicalResult GraphImporter::importSubgraph(const ::onnx::GraphProto &graph, Region &region, Scope &outer) {
  Scope scope;
  scope.outer = &outer;
  scope.opsets = outer.opsets;
  scope.graph = &graph;
  scope.inFunction = outer.inFunction;
  importValueInfo(graph.value_info(), scope);
  importValueInfo(graph.input(), scope);
  importValueInfo(graph.output(), scope);

  OpBuilder::InsertionGuard guard(builder);
  Block &block = region.emplaceBlock();
  builder.setInsertionPointToEnd(&block);
  for (const auto &input : graph.input()) {
    Type type = scope.types.lookup(input.name());
    Location loc = NameLoc::get(builder.getStringAttr(input.name()));
    if (failed(define(scope, input.name(), block.addArgument(type ? type : builder.getNoneType(), loc))))
      return failure();
  }
  return importBody(graph, scope);
}

LogicalResult GraphImporter::importFunction(const ::onnx::FunctionProto &function) {
  FailureOr<Opsets> versions = importOpsets(function.opset_import());
  if (failed(versions))
    return failure();
  std::string symbol = onnx_ir::functionSymbol(function.domain(), function.name(), function.overload());
  if (!symbols.insert(symbol).second)
    return fileError() << "expected every local function to have a name of its own, got '" << symbol << "' twice";

  SmallVector<llvm::StringRef> parameters(function.attribute().begin(), function.attribute().end());
  NamedAttrList defaults;
  for (const auto &attribute : function.attribute_proto()) {
    if (attribute.name().empty())
      return fileError() << "function '" << symbol << "': expected every attribute to have a name, got an empty one";
    FailureOr<Attribute> value = importAttribute(attribute, [&] {
      return fileError() << "function '" << symbol << "': attribute '" << attribute.name() << "': ";
    });
    if (failed(value))
      return failure();
    defaults.set(attribute.name(), *value);
  }
  auto op = onnx_ir::FunctionOp::create(builder, NameLoc::get(builder.getStringAttr(symbol)), symbol,
                                        builder.getStrArrayAttr(parameters), defaults.getDictionary(&context));
  OpBuilder::InsertionGuard guard(builder);
  Block &block = op.getBody().emplaceBlock();
  builder.setInsertionPointToEnd(&block);
  Scope scope;
  scope.opsets = &*versions;
  scope.inFunction = true;
  importValueInfo(function.value_info(), scope);
  for (const auto &input : function.input())
    if (failed(define(scope, input, block.addArgument(builder.getNoneType(), op.getLoc()))))
      return failure();
  for (const auto &node : function.node())
    if (failed(importNode(node, scope)))
      return failure();
  SmallVector<Value> outputs;
  for (const auto &output : function.output()) {
    outputs.push_back(lookup(scope, output));
    if (!outputs.back())
      return fileError() << "function '" << symbol << "': expected output '" << output
                         << "' to be computed by a node, got a name that is defined nowhere";
  }
  onnx_ir::ReturnOp::create(builder, op.getLoc(), outputs);
  return success();
}
