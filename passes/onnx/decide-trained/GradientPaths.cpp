// See GradientPaths.h. All walks are worklists: graphs are deep.
#include "neap/passes/onnx/decide-trained/GradientPaths.h"

using namespace mlir;
using namespace neap::onnx;

GradientPaths::GradientPaths(Value loss) {
  SmallVector<Value> worklist{loss};
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    if (!reached.insert(value).second)
      continue;
    if (auto node = value.getDefiningOp<NodeOp>()) {
      visit(node, worklist);
    } else if (auto argument = dyn_cast<BlockArgument>(value)) {
      // The state of a loop comes from the loop's operands.
      if (auto loop = dyn_cast<NodeOp>(argument.getOwner()->getParentOp()))
        llvm::append_range(worklist, loop.getInputs());
    }
  }
}

void GradientPaths::visit(NodeOp node, SmallVectorImpl<Value> &worklist) {
  for (auto [index, operand] : llvm::enumerate(node.getInputs()))
    if (operandRole(node, index) != OperandRole::None)
      worklist.push_back(operand);
  for (Region &region : node.getSubgraphs())
    llvm::append_range(worklist, region.front().getTerminator()->getOperands());
}

bool GradientPaths::walkUses(Value value, function_ref<WalkResult(OpOperand &use)> visit) const {
  SmallVector<Value> worklist{value};
  llvm::DenseSet<Value> seen;
  while (!worklist.empty()) {
    Value current = worklist.pop_back_val();
    if (!reached.contains(current) || !seen.insert(current).second)
      continue;
    for (OpOperand &use : current.getUses()) {
      WalkResult result = visit(use);
      if (result.wasInterrupted())
        return false;
      if (!result.wasSkipped())
        llvm::append_range(worklist, use.getOwner()->getResults());
    }
  }
  return true;
}

SmallVector<Slot> GradientPaths::slots(Value value) const {
  SmallVector<Slot> result;
  walkUses(value, [&](OpOperand &use) {
    auto node = dyn_cast<NodeOp>(use.getOwner());
    if (!node || llvm::none_of(node.getResults(), [&](Value output) { return reach(output); }))
      return WalkResult::skip();
    OperandRole role = operandRole(node, use.getOperandNumber());
    if (role == OperandRole::View)
      return WalkResult::advance();
    if (role != OperandRole::None)
      result.push_back({node, use.getOperandNumber(), role});
    return WalkResult::skip();
  });
  return result;
}

bool GradientPaths::allThroughSinOrCos(Value value) const {
  return walkUses(value, [](OpOperand &use) {
    auto node = dyn_cast<NodeOp>(use.getOwner());
    if (!node) // The graph returns it, or it leaves a subgraph; we do not follow.
      return WalkResult::interrupt();
    bool ends = node.getOpType() == "Sin" || node.getOpType() == "Cos" ||
                operandRole(node, use.getOperandNumber()) == OperandRole::None;
    return ends ? WalkResult::skip() : WalkResult::advance();
  });
}

static bool isScalar(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() && tensor.getNumElements() == 1;
}

FailureOr<Value> neap::onnx::findLoss(GraphOp graph, StringRef name) {
  auto outputs = cast<ReturnOp>(graph.getBody().front().back()).getOutputs();
  SmallVector<StringRef> names(graph.getOutputNames().getAsValueRange<StringAttr>());
  if (name.empty()) {
    for (auto [output, value] : llvm::zip(names, outputs))
      if (output == "loss" && (isScalar(value.getType()) || !isa<RankedTensorType>(value.getType())))
        return Value(value);
    return Value(outputs.front());
  }
  if (auto found = llvm::find(names, name); found != names.end())
    return Value(outputs[found - names.begin()]);
  InFlightDiagnostic diagnostic = emitModelError(graph);
  diagnostic << "expected the name of an output, got '" << name << "'";
  diagnostic.attachNote() << "the outputs are " << llvm::join(names, ", ");
  return diagnostic;
}

llvm::StringMap<SmallVector<ReadOp>> neap::onnx::readsOf(GraphOp graph) {
  llvm::StringMap<SmallVector<ReadOp>> reads;
  graph.walk([&](ReadOp read) { reads[read.getInitializer()].push_back(read); });
  return reads;
}
