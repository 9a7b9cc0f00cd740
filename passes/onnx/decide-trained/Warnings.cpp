// See Warnings.h.
#include "neap/passes/onnx/decide-trained/Warnings.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace neap::onnx;

/// At most eight names, in quotes.
static std::string listNames(ArrayRef<StringRef> names) {
  std::string text;
  for (StringRef name : names.take_front(8))
    text += (text.empty() ? "'" : ", '") + name.str() + "'";
  if (names.size() > 8)
    text += " and " + std::to_string(names.size() - 8) + " more";
  return text;
}

SmallVector<OpOperand *> neap::onnx::usesBehindIdentity(ArrayRef<ReadOp> reads) {
  SmallVector<OpOperand *> result;
  SmallVector<Value> worklist(llvm::map_range(reads, [](ReadOp read) { return Value(read); }));
  while (!worklist.empty())
    for (OpOperand &use : worklist.pop_back_val().getUses()) {
      auto node = dyn_cast<NodeOp>(use.getOwner());
      if (node && node.getOpType() == "Identity" && node.getNumResults() == 1)
        worklist.push_back(node.getResult(0));
      else if (node)
        result.push_back(&use);
    }
  return result;
}

bool neap::onnx::isNormWeight(OpOperand &use) {
  auto node = cast<NodeOp>(use.getOwner());
  return isNormalization(node) && operandRole(node, use.getOperandNumber()) == OperandRole::Weight;
}

std::vector<std::string> neap::onnx::warnMerged(ArrayRef<InitializerOp> trained, GraphOp graph) {
  std::vector<std::string> warnings;
  auto reads = readsOf(graph);
  for (InitializerOp initializer : trained) {
    if (cast<ShapedType>(initializer.getType()).getRank() != 1)
      continue;
    SmallVector<StringRef> norms;
    for (OpOperand *use : usesBehindIdentity(reads.lookup(initializer.getSymName())))
      if (isNormWeight(*use))
        norms.push_back(cast<NodeOp>(use->getOwner()).getName());
    if (norms.size() > 1)
      warnings.push_back(
          "'" + initializer.getSymName().str() + "' is shared by " + std::to_string(norms.size()) + " norms (" +
          listNames(norms) +
          "): the exporter merges parameters that are equal, as in a fresh model; --untie gives each its own");
  }
  return warnings;
}

/// A matrix with several uses is what is left of tied weights: its other names are not lost.
static bool hasTiedMatrix(ArrayRef<InitializerOp> trained, GraphOp graph) {
  auto reads = readsOf(graph);
  return llvm::any_of(trained, [&](InitializerOp initializer) {
    return cast<ShapedType>(initializer.getType()).getRank() >= 2 &&
           usesBehindIdentity(reads.lookup(initializer.getSymName())).size() > 1;
  });
}

static bool mayBeTied(StringRef parameter) {
  static constexpr StringRef parts[] = {"embed", "wte", "shared", "lm_head", "decoder.weight", "head.weight"};
  return parameter.ends_with("weight") && llvm::any_of(parts, [&](StringRef part) { return parameter.contains(part); });
}

std::vector<std::string> neap::onnx::warnLost(ArrayRef<InitializerOp> all, ArrayRef<InitializerOp> trained,
                                              GraphOp graph) {
  llvm::StringSet<> present;
  for (InitializerOp initializer : all) {
    present.insert(initializer.getSymName());
    for (StringRef source : foldedFrom(initializer))
      present.insert(source);
  }
  bool tied = hasTiedMatrix(trained, graph);
  GraphSignature signature = readGraphSignature(graph);
  SmallVector<StringRef> lost;
  for (StringRef parameter : signature.parameters)
    if (!present.contains(parameter) && !(tied && mayBeTied(parameter)))
      lost.push_back(parameter);
  if (lost.empty())
    return {};
  return {
      std::to_string(lost.size()) + " of " + std::to_string(signature.parameters.size()) +
      " parameters of the PyTorch module have no tensor of their own in the file: " + listNames(lost) +
      "; they are tied to another or unused, or the exporter merged them with an equal one, dropped a zero bias, or "
      "folded them away"};
}

std::vector<std::string> neap::onnx::warnUntied(ArrayRef<EqualPair> pairs) {
  std::vector<std::string> warnings;
  for (auto [original, copy, transposed] : pairs)
    warnings.push_back("'" + copy.getSymName().str() + "' holds the same numbers as '" + original.getSymName().str() +
                       "'" + (transposed ? ", transposed" : "") +
                       ": a tied weight that the exporter wrote twice? They are trained as two; --tie makes them one");
  return warnings;
}

std::vector<std::string> neap::onnx::warnEvaluationMode(ArrayRef<InitializerOp> trained, GraphOp graph) {
  SmallVector<StringRef> renamed;
  for (InitializerOp initializer : trained)
    if (initializer.getSymName().starts_with("onnx::"))
      renamed.push_back(initializer.getSymName());
  std::vector<std::string> warnings;
  if (!renamed.empty())
    warnings.push_back("weights without their names, as an export in evaluation mode folds them: " +
                       listNames(renamed));
  bool hasFrozenStatistics = false;
  graph.walk([&](NodeOp node) {
    auto mode = node.getNodeAttributes().getAs<IntegerAttr>("training_mode");
    hasFrozenStatistics |= node.getOpType() == "BatchNormalization" && (!mode || mode.getInt() == 0);
  });
  if (hasFrozenStatistics)
    warnings.push_back("BatchNormalization was exported in evaluation mode: its statistics stay as they are");
  return warnings;
}

std::vector<std::string> neap::onnx::noteEvaluationMode(GraphOp graph) {
  bool hasDropout = false;
  graph.walk([&](NodeOp node) { hasDropout |= node.getOpType().contains("Dropout"); });
  if (hasDropout)
    return {};
  return {"no Dropout node: if the model has dropout, it was exported in evaluation mode"};
}
