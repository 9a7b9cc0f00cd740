// Nodes and their attributes.
#include "neap/compiler/importer/GraphImporter.h"
#include "neap/compiler/importer/Metadata.h"

#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace neap::importer;
using ::onnx::AttributeProto;
namespace onnx_ir = ::neap::onnx;

FailureOr<int64_t> GraphImporter::versionOf(const ::onnx::NodeProto &node, Scope &scope) {
  llvm::StringRef domain = node.domain() == "ai.onnx" ? "" : llvm::StringRef(node.domain());
  if (auto found = scope.opsets->find(domain); found != scope.opsets->end())
    return found->second;
  if (functionDomains.contains(node.domain()))
    return 1; // Exporters forget to import the domains of local functions.
  return nodeError(node, 0) << "expected an opset_import for the domain '" << domain << "', got none";
}

/// The node of the graph that computes `name`, for errors; null if none does.
static const ::onnx::NodeProto *findProducer(const ::onnx::GraphProto *graph, llvm::StringRef name) {
  if (graph)
    for (const auto &node : graph->node())
      if (llvm::is_contained(node.output(), name))
        return &node;
  return nullptr;
}

Value GraphImporter::resolveInput(Scope &scope, const ::onnx::NodeProto &node, llvm::StringRef name, int64_t version) {
  if (name.empty())
    return onnx_ir::AbsentOp::create(builder, UnknownLoc::get(&context), builder.getNoneType());
  if (Value value = lookup(scope, name))
    return value;
  InFlightDiagnostic diagnostic = nodeError(node, version);
  diagnostic << "expected input '" << llvm::json::fixUTF8(name) << "' to be defined before the node, got ";
  const ::onnx::NodeProto *producer = findProducer(scope.graph, name);
  if (producer == &node)
    diagnostic << "a node that needs its own output";
  else if (producer)
    diagnostic << "a name that only the later node '" << producer->name() << "' (" << producer->op_type()
               << ") defines: nodes must be sorted and have no cycle";
  else
    diagnostic << "a name that is defined nowhere";
  return nullptr;
}

LogicalResult GraphImporter::importNode(const ::onnx::NodeProto &node, Scope &scope) {
  if (node.op_type().empty())
    return fileError() << "node '" << llvm::json::fixUTF8(node.name())
                       << "': expected an operator, got an empty op_type";
  FailureOr<int64_t> version = versionOf(node, scope);
  if (failed(version))
    return failure();
  std::string name = node.name();
  if (name.empty() && node.output_size())
    name = node.output(0);
  for (llvm::StringRef text : {llvm::StringRef(name), llvm::StringRef(node.op_type()), llvm::StringRef(node.domain())})
    if (!llvm::json::isUTF8(text))
      return fileError() << "expected names in UTF-8, got '" << llvm::json::fixUTF8(text) << "'";

  OperationState state(nodeLocation(context, name, node.metadata_props()), onnx_ir::NodeOp::getOperationName());
  for (const auto &input : node.input()) {
    Value value = resolveInput(scope, node, input, *version);
    if (!value)
      return failure();
    state.addOperands(value);
  }
  for (const auto &output : node.output()) {
    Type type = scope.types.lookup(output);
    state.addTypes(type ? type : builder.getNoneType());
  }
  state.addAttribute("op_type", builder.getStringAttr(node.op_type()));
  state.addAttribute("domain", builder.getStringAttr(node.domain() == "ai.onnx" ? "" : node.domain()));
  state.addAttribute("version", builder.getI64IntegerAttr(*version));
  state.addAttribute("name", builder.getStringAttr(name));
  if (!node.overload().empty())
    state.addAttribute("overload", builder.getStringAttr(node.overload()));
  if (DictionaryAttr metadata = nodeMetadata(context, node.metadata_props()))
    state.addAttribute("metadata", metadata);
  if (failed(importAttributes(node, *version, scope, state)))
    return failure();

  Operation *op = builder.create(state);
  for (auto [output, value] : llvm::zip(node.output(), op->getResults()))
    if (!output.empty() && failed(define(scope, output, value)))
      return failure();
  return success();
}

LogicalResult GraphImporter::importAttributes(const ::onnx::NodeProto &node, int64_t version, Scope &scope,
                                              OperationState &state) {
  NamedAttrList values, references;
  SmallVector<llvm::StringRef> regions;
  llvm::StringSet<> seen;
  for (const AttributeProto &attribute : node.attribute()) {
    ErrorStarter error = [&] { return nodeError(node, version) << "attribute '" << attribute.name() << "': "; };
    if (attribute.name().empty())
      return nodeError(node, version) << "expected every attribute to have a name, got an empty one";
    if (!seen.insert(attribute.name()).second)
      return error() << "expected it once, got it twice";
    if (!attribute.ref_attr_name().empty()) {
      if (!scope.inFunction)
        return error() << "expected a value, got a reference to '" << attribute.ref_attr_name()
                       << "' outside of a function";
      references.set(attribute.name(), builder.getStringAttr(attribute.ref_attr_name()));
      continue;
    }
    if (attribute.type() == AttributeProto::GRAPH || attribute.type() == AttributeProto::GRAPHS) {
      SmallVector<const ::onnx::GraphProto *> graphs;
      if (attribute.has_g())
        graphs.push_back(&attribute.g());
      for (const auto &graph : attribute.graphs())
        graphs.push_back(&graph);
      if (graphs.empty())
        return error() << "expected a graph, got none";
      for (const ::onnx::GraphProto *graph : graphs) {
        regions.push_back(attribute.name());
        if (failed(importSubgraph(*graph, *state.addRegion(), scope)))
          return failure();
      }
      continue;
    }
    FailureOr<Attribute> value = importAttribute(attribute, error);
    if (failed(value))
      return failure();
    values.set(attribute.name(), *value);
  }
  state.addAttribute("node_attributes", values.getDictionary(&context));
  if (!references.empty())
    state.addAttribute("attribute_refs", references.getDictionary(&context));
  if (!regions.empty())
    state.addAttribute("region_names", builder.getStrArrayAttr(regions));
  return success();
}

/// Whether the field that the attribute's type names is there; lists may be empty.
static bool holdsItsType(const AttributeProto &attribute) {
  bool hasList =
      attribute.floats_size() || attribute.ints_size() || attribute.strings_size() || attribute.tensors_size();
  bool hasSingle = attribute.has_f() || attribute.has_i() || attribute.has_s() || attribute.has_t();
  switch (attribute.type()) {
  case AttributeProto::FLOAT: return attribute.has_f();
  case AttributeProto::INT: return attribute.has_i();
  case AttributeProto::STRING: return attribute.has_s();
  case AttributeProto::TENSOR: return attribute.has_t();
  case AttributeProto::FLOATS: return attribute.floats_size() || (!hasList && !hasSingle);
  case AttributeProto::INTS: return attribute.ints_size() || (!hasList && !hasSingle);
  case AttributeProto::STRINGS: return attribute.strings_size() || (!hasList && !hasSingle);
  case AttributeProto::TENSORS: return attribute.tensors_size() || (!hasList && !hasSingle);
  default: return true;
  }
}

FailureOr<Attribute> GraphImporter::importAttribute(const AttributeProto &attribute, const ErrorStarter &error) {
  if (!holdsItsType(attribute))
    return error() << "expected a value of its type " << AttributeProto::AttributeType_Name(attribute.type())
                   << ", got another field";
  switch (attribute.type()) {
  case AttributeProto::FLOAT: return Attribute(builder.getF32FloatAttr(attribute.f()));
  case AttributeProto::INT: return Attribute(builder.getI64IntegerAttr(attribute.i()));
  case AttributeProto::STRING: return Attribute(builder.getStringAttr(attribute.s()));
  case AttributeProto::FLOATS:
    return Attribute(builder.getF32ArrayAttr(SmallVector<float>(attribute.floats().begin(), attribute.floats().end())));
  case AttributeProto::INTS:
    return Attribute(builder.getI64ArrayAttr(SmallVector<int64_t>(attribute.ints().begin(), attribute.ints().end())));
  case AttributeProto::STRINGS:
    return Attribute(
        builder.getStrArrayAttr(SmallVector<llvm::StringRef>(attribute.strings().begin(), attribute.strings().end())));
  case AttributeProto::TENSOR: {
    FailureOr<ElementsAttr> value = importTensorAttribute(attribute.t(), error);
    return failed(value) ? FailureOr<Attribute>() : Attribute(*value);
  }
  case AttributeProto::TENSORS: {
    SmallVector<Attribute> values;
    for (const auto &tensor : attribute.tensors()) {
      FailureOr<ElementsAttr> value = importTensorAttribute(tensor, error);
      if (failed(value))
        return failure();
      values.push_back(*value);
    }
    return Attribute(builder.getArrayAttr(values));
  }
  default:
    return error() << "expected a number, a string, a dense tensor, a graph or a list of them, got "
                   << AttributeProto::AttributeType_Name(attribute.type());
  }
}
