// One function per clause. See TrainedRule.h.
#include "neap/passes/onnx/decide-trained/TrainedRule.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace neap::onnx;

TrainedRule::TrainedRule(GraphOp graph, Value loss)
    : paths(loss), signature(readGraphSignature(graph)), reads(readsOf(graph)) {}

Verdict TrainedRule::decide(InitializerOp initializer) const {
  if (auto verdict = byGradient(initializer))
    return *verdict;
  if (auto verdict = byKind(initializer))
    return *verdict;
  if (auto verdict = byFolding(initializer))
    return *verdict;
  if (auto verdict = byWeightSlot(initializer))
    return *verdict;
  if (auto verdict = bySettings(initializer))
    return *verdict;
  return byName(initializer);
}

bool TrainedRule::isCandidate(InitializerOp initializer) const { return !byGradient(initializer); }

SmallVector<Slot> TrainedRule::slots(InitializerOp initializer) const {
  SmallVector<Slot> result;
  for (ReadOp read : reads.lookup(initializer.getSymName()))
    llvm::append_range(result, paths.slots(read));
  return result;
}

/// 1. Candidates have a path to the loss through differentiable operands.
std::optional<Verdict> TrainedRule::byGradient(InitializerOp initializer) const {
  auto used = reads.find(initializer.getSymName());
  if (used == reads.end() || llvm::all_of(used->second, [](ReadOp read) { return read->use_empty(); }))
    return Verdict{false, "no node uses it"};
  if (llvm::none_of(used->second, [&](ReadOp read) { return paths.reach(read); }))
    return Verdict{false, "no gradient reaches it"};
  return std::nullopt;
}

/// 2. The exporter says what the tensor is.
std::optional<Verdict> TrainedRule::byKind(InitializerOp initializer) const {
  StringRef kind = exportedKind(initializer), name = initializer.getSymName();
  if (kind == "PARAMETER" || signature.isParameter(name))
    return Verdict{true, "a parameter, says the exporter"};
  if (kind == "BUFFER" || kind.starts_with("CONSTANT") || signature.isConstant(name))
    return Verdict{false, "a buffer or constant, says the exporter"};
  return std::nullopt;
}

/// 3. The exporter says what the tensor was folded from: one parameter, only moved about, is that parameter.
std::optional<Verdict> TrainedRule::byFolding(InitializerOp initializer) const {
  SmallVector<StringRef> sources = foldedFrom(initializer), parameters, others;
  if (sources.empty())
    return std::nullopt;
  bool hasBuffer = false;
  for (StringRef source : sources) {
    hasBuffer |= signature.isConstant(source);
    (signature.isParameter(source) ? parameters : others).push_back(source);
  }
  if (parameters.empty())
    return Verdict{false, "computed from constants, says the exporter"};
  if (parameters.size() > 1 || hasBuffer)
    return Verdict{false, "computed from several tensors: " + llvm::join(sources, ", "), /*doubtful=*/true};
  std::string parameter = parameters.front().str();
  if (llvm::all_of(others, [](StringRef source) { return source.starts_with("val_"); }))
    return Verdict{true, "holds the parameter " + parameter + ", transposed or reshaped by the exporter"};
  if (initializer.getSymName().starts_with("embedding"))
    return Verdict{true, "holds the rows of the parameter " + parameter + " that are looked up"};
  return Verdict{false, "the result of an operation on the parameter " + parameter, /*doubtful=*/true};
}

/// The stem of a name such as `view_4`.
static StringRef withoutNumber(StringRef name) {
  StringRef stem = name.rtrim("0123456789");
  return stem.size() < name.size() && stem.ends_with("_") ? stem.drop_back() : name;
}

bool neap::onnx::isGeneratedName(StringRef name) {
  bool isNodeOutput = name.contains("Constant") && name.contains("_output_");
  if (name.starts_with("onnx::") || isNodeOutput || llvm::all_of(name, llvm::isDigit))
    return true;
  // What dynamo calls the results of operators; a name with dots is one of a module.
  static const llvm::StringSet<> stems = {"val",
                                          "zeros",
                                          "ones",
                                          "full",
                                          "scalar_tensor",
                                          "scalar_tensor_default",
                                          "arange",
                                          "view",
                                          "reshape",
                                          "expand",
                                          "unsqueeze",
                                          "squeeze",
                                          "slice",
                                          "select",
                                          "transpose",
                                          "permute",
                                          "t",
                                          "clone",
                                          "to",
                                          "_to_copy",
                                          "alias",
                                          "detach",
                                          "lift_fresh_copy",
                                          "add",
                                          "sub",
                                          "mul",
                                          "div",
                                          "neg",
                                          "pow",
                                          "sqrt",
                                          "rsqrt",
                                          "exp",
                                          "log",
                                          "sin",
                                          "cos",
                                          "mean",
                                          "sum",
                                          "cat",
                                          "stack",
                                          "where",
                                          "masked_fill",
                                          "index",
                                          "index_select",
                                          "gather",
                                          "embedding",
                                          "repeat",
                                          "tile",
                                          "triu",
                                          "tril",
                                          "cumsum",
                                          "matmul",
                                          "mm",
                                          "bmm",
                                          "linear",
                                          "einsum",
                                          "new_zeros",
                                          "new_ones",
                                          "full_like",
                                          "zeros_like",
                                          "ones_like",
                                          "const",
                                          "constant",
                                          "initializer",
                                          "tensor",
                                          "cast",
                                          "identity"};
  return stems.contains(withoutNumber(name));
}

bool neap::onnx::isBufferName(StringRef name) {
  static constexpr StringRef parts[] = {
      "inv_freq",  "running_mean",   "running_var",  "num_batches_tracked",     "masked_bias", "causal_mask",
      "attn_mask", "attention_mask", "position_ids", "relative_position_index", "cos_cached",  "sin_cached"};
  return llvm::any_of(parts, [&](StringRef part) { return name.contains(part); });
}

/// 5. Where layers keep their weights, a tensor of more than one element is one, unless it only makes angles.
std::optional<Verdict> TrainedRule::byWeightSlot(InitializerOp initializer) const {
  if (cast<ShapedType>(initializer.getType()).getNumElements() <= 1)
    return std::nullopt;
  for (Slot slot : slots(initializer)) {
    if (slot.role != OperandRole::Weight)
      continue;
    if (llvm::all_of(reads.lookup(initializer.getSymName()),
                     [&](ReadOp read) { return paths.allThroughSinOrCos(read); }))
      return Verdict{false, "leads to Sin and Cos only, as frequencies do"};
    return Verdict{true, ("a weight of " + slot.node.getOpType() + " '" + slot.node.getName() + "'").str()};
  }
  return std::nullopt;
}

/// 6. An exponent or a bound without metadata is a number of the code.
std::optional<Verdict> TrainedRule::bySettings(InitializerOp initializer) const {
  SmallVector<Slot> all = slots(initializer);
  if (all.empty() || !llvm::all_of(all, [](const Slot &slot) { return slot.role == OperandRole::Setting; }))
    return std::nullopt;
  return Verdict{false, "an exponent, a bound or a divisor"};
}

/// 4 and 7. Elsewhere, and with one element, the name decides.
Verdict TrainedRule::byName(InitializerOp initializer) const {
  StringRef name = initializer.getSymName();
  if (isBufferName(name))
    return {false, "named like a buffer"};
  if (isGeneratedName(name))
    return {false, "a constant: its name was made up by the exporter"};
  return {true, "named like a parameter"};
}
