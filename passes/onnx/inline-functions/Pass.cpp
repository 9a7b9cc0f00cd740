// neap-inline-functions. See Pass.td.
//   1. count what calls expand to; refuse functions that reach themselves and files that grow too large
//   2. inline one call: map operands, clone the body, substitute attribute references
//   3. repeat over the nodes that were made
#include "neap/dialects/onnx/Onnx.h"
#include "neap/passes/onnx/Passes.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/StringSet.h"

namespace neap {
#define GEN_PASS_DEF_INLINEFUNCTIONS
#include "neap/passes/onnx/Onnx.h.inc"
} // namespace neap

using namespace mlir;
using namespace neap;

namespace {

using Functions = llvm::StringMap<onnx::FunctionOp>;

/// Counts the nodes that functions expand to, before anything is expanded, and refuses those that reach themselves.
class Expansion {
public:
  explicit Expansion(const Functions &functions) : functions(functions) {}

  /// Nodes below `root` after inlining, saturating.
  FailureOr<int64_t> count(Operation *root) {
    int64_t total = 0;
    WalkResult result = root->walk([&](onnx::NodeOp node) -> WalkResult {
      FailureOr<int64_t> nodes = countNode(node);
      if (failed(nodes))
        return WalkResult::interrupt();
      total = std::min(total + *nodes, limit);
      return WalkResult::advance();
    });
    return result.wasInterrupted() ? FailureOr<int64_t>() : total;
  }

private:
  FailureOr<int64_t> countNode(onnx::NodeOp node) {
    auto callee = functions.find(node.getFunctionName());
    if (callee == functions.end())
      return 1;
    if (auto known = sizes.find(callee->getKey()); known != sizes.end())
      return known->second;
    if (open.contains(callee->getKey()))
      return node.emitNodeError() << "expected functions that do not call themselves, got '" << callee->getKey()
                                  << "', which is called while it runs";
    if (open.size() == maxDepth)
      return node.emitNodeError() << "expected calls of local functions at most " << maxDepth
                                  << " deep, got deeper ones";
    open.insert(callee->getKey());
    FailureOr<int64_t> size = count(callee->second);
    open.erase(callee->getKey());
    if (succeeded(size))
      sizes[callee->getKey()] = *size;
    return size;
  }

  static constexpr int64_t limit = int64_t(1) << 40;
  /// Counting calls itself for every call in a call: the file must not decide how deep our stack gets.
  static constexpr unsigned maxDepth = 1000;
  const Functions &functions;
  llvm::StringMap<int64_t> sizes;
  llvm::StringSet<> open;
};

/// Gives an inlined node the attribute values that it takes from the call.
LogicalResult substituteAttributes(onnx::NodeOp node, onnx::NodeOp call, onnx::FunctionOp function) {
  DictionaryAttr references = node.getAttributeRefsAttr();
  if (!references)
    return success();
  NamedAttrList attributes(node.getNodeAttributes());
  NamedAttrList remaining;
  for (NamedAttribute reference : references) {
    auto name = cast<StringAttr>(reference.getValue()).getValue();
    Attribute value = call.getNodeAttributes().get(name);
    if (auto outer = call.getAttributeRefs() ? call.getAttributeRefs()->get(name) : nullptr; !value && outer)
      remaining.set(reference.getName(), outer);
    else if (value || (value = function.getParameterDefaults().get(name)))
      attributes.set(reference.getName(), value);
    else if (!llvm::is_contained(function.getParameterNames().getAsValueRange<StringAttr>(), name))
      return node.emitNodeError() << "expected a reference to an attribute of '" << function.getSymName() << "', got '"
                                  << name << "'";
  }
  node.setNodeAttributesAttr(attributes.getDictionary(node.getContext()));
  if (remaining.empty())
    node.removeAttributeRefsAttr();
  else
    node.setAttributeRefsAttr(remaining.getDictionary(node.getContext()));
  return success();
}

/// Binds the function's inputs to the call's operands, those that are left out to onnx.absent.
LogicalResult mapInputs(onnx::NodeOp call, onnx::FunctionOp function, IRMapping &mapping) {
  Block &body = function.getBody().front();
  if (call.getInputs().size() > body.getNumArguments())
    return call.emitNodeError() << "expected at most " << body.getNumArguments() << " inputs, got "
                                << call.getInputs().size();
  OpBuilder builder(call);
  for (BlockArgument argument : body.getArguments()) {
    unsigned index = argument.getArgNumber();
    Value operand = index < call.getInputs().size()
                        ? Value(call.getInputs()[index])
                        : Value(onnx::AbsentOp::create(builder, call.getLoc(), builder.getNoneType()));
    mapping.map(argument, operand);
  }
  return success();
}

/// Replaces `call` by the body of `function`; the nodes made are appended to `made`.
LogicalResult inlineCall(onnx::NodeOp call, onnx::FunctionOp function, SmallVectorImpl<onnx::NodeOp> &made) {
  IRMapping mapping;
  if (failed(mapInputs(call, function, mapping)))
    return failure();
  auto result = cast<onnx::ReturnOp>(function.getBody().front().back());
  if (call.getNumResults() > result.getNumOperands())
    return call.emitNodeError() << "expected at most " << result.getNumOperands() << " outputs, got "
                                << call.getNumResults();
  OpBuilder builder(call);
  for (Operation &op : function.getBody().front().without_terminator()) {
    Operation *copy = builder.clone(op, mapping);
    WalkResult walk = copy->walk([&](onnx::NodeOp node) -> WalkResult {
      node.setName((call.getName() + "/" + node.getName()).str());
      node->setLoc(NameLoc::get(node.getNameAttr(), node.getLoc()));
      made.push_back(node);
      return substituteAttributes(node, call, function);
    });
    if (walk.wasInterrupted())
      return failure();
  }
  for (auto [output, value] : llvm::zip(call.getResults(), result.getOutputs()))
    output.replaceAllUsesWith(mapping.lookup(value));
  call.erase();
  return success();
}

struct InlineFunctionsPass : neap::impl::InlineFunctionsBase<InlineFunctionsPass> {
  using InlineFunctionsBase::InlineFunctionsBase;

  void runOnOperation() override {
    Functions functions;
    for (auto function : getOperation().getOps<onnx::FunctionOp>())
      functions[function.getSymName()] = function;
    onnx::GraphOp graph = onnx::findGraph(getOperation());
    if (graph && (failed(checkExpansion(graph, functions)) || failed(inlineAll(graph, functions))))
      return signalPassFailure();
    for (auto &entry : functions)
      entry.second.erase();
  }

  LogicalResult checkExpansion(onnx::GraphOp graph, const Functions &functions) {
    Expansion expansion(functions);
    for (auto &entry : functions)
      if (failed(expansion.count(entry.second)))
        return failure();
    FailureOr<int64_t> nodes = expansion.count(graph);
    if (succeeded(nodes) && *nodes > maxNodes)
      return onnx::emitModelError(graph) << "expected at most " << maxNodes.getValue()
                                         << " nodes after inlining local functions, got " << *nodes << " or more";
    return success(succeeded(nodes));
  }

  LogicalResult inlineAll(onnx::GraphOp graph, const Functions &functions) {
    SmallVector<onnx::NodeOp> worklist;
    graph.walk([&](onnx::NodeOp node) { worklist.push_back(node); });
    while (!worklist.empty()) {
      onnx::NodeOp node = worklist.pop_back_val();
      auto function = functions.find(node.getFunctionName());
      if (function != functions.end() && failed(inlineCall(node, function->second, worklist)))
        return failure();
    }
    return success();
  }
};

} // namespace
