// The table, and the two operators whose attributes decide.
#include "neap/passes/onnx/operand-roles/OperandRoles.h"

#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace neap::onnx;

namespace {

/// One letter per operand: `-` None, `v` View, `w` Weight, `e` Elementwise, `s` Setting; the last one holds for all further operands.
using Table = llvm::StringMap<StringRef>;

const Table &standardOperators() {
  static const Table table = {
      // Matrix products, convolutions, tables
      {"MatMul", "w"}, {"Gemm", "w"}, {"Einsum", "w"}, {"Conv", "w"}, {"ConvTranspose", "w"}, {"DeformConv", "www-"},
      {"Gather", "w-"}, {"GatherND", "w-"}, {"GatherElements", "w-"}, {"PRelu", "ew"},
      {"RNN", "www-"}, {"GRU", "www-"}, {"LSTM", "www-"},
      // Norms: data, scale, bias
      {"LayerNormalization", "eww"}, {"GroupNormalization", "eww"}, {"InstanceNormalization", "eww"},
      {"RMSNormalization", "ew"}, {"BatchNormalization", "eww-"},
      // Views: data, then shapes, axes and the like
      {"Transpose", "v"}, {"Reshape", "v-"}, {"Flatten", "v"}, {"Squeeze", "v-"}, {"Unsqueeze", "v-"}, {"Expand", "v-"},
      {"Identity", "v"}, {"Slice", "v-"}, {"Split", "v-"}, {"Concat", "v"}, {"Tile", "v-"}, {"Trilu", "v-"},
      {"Pad", "v-e-"}, {"DepthToSpace", "v"}, {"SpaceToDepth", "v"}, {"Dropout", "v-"}, {"CastLike", "v-"},
      {"ReverseSequence", "v-"}, {"Compress", "v-"},
      // Operands that choose, bound or shape
      {"Where", "-e"}, {"Pow", "es"}, {"Clip", "es"}, {"CumSum", "e-"}, {"TopK", "e-"}, {"Resize", "e-"},
      {"ReduceSum", "e-"}, {"ReduceMean", "e-"}, {"ReduceMax", "e-"}, {"ReduceMin", "e-"}, {"ReduceProd", "e-"},
      {"ReduceL1", "e-"}, {"ReduceL2", "e-"}, {"ReduceLogSum", "e-"}, {"ReduceLogSumExp", "e-"},
      {"ReduceSumSquare", "e-"}, {"ScatterND", "e-e"}, {"ScatterElements", "e-e"}, {"Mod", "es"},
      {"SoftmaxCrossEntropyLoss", "e-"}, {"NegativeLogLikelihoodLoss", "e-"}, {"OneHot", "-"},
      {"MaxUnpool", "e-"}, {"RoiAlign", "e-"}, {"GridSample", "e"}, {"AffineGrid", "e-"},
      {"Attention", "eee-ee-"}, {"RotaryEmbedding", "e--"}, 
      // No gradient at all
      {"Shape", "-"}, {"Size", "-"}, {"ConstantOfShape", "-"}, {"Range", "-"}, {"Equal", "-"}, {"Less", "-"},
      {"LessOrEqual", "-"}, {"Greater", "-"}, {"GreaterOrEqual", "-"}, {"Not", "-"}, {"And", "-"}, {"Or", "-"},
      {"Xor", "-"}, {"IsNaN", "-"}, {"IsInf", "-"}, {"Ceil", "-"}, {"Floor", "-"}, {"Round", "-"}, {"Sign", "-"},
      {"ArgMax", "-"}, {"ArgMin", "-"}, {"NonZero", "-"}, {"EyeLike", "-"}, {"Bernoulli", "-"}, {"RandomNormalLike", "-"},
      {"RandomUniformLike", "-"}, {"Multinomial", "-"}, {"BitShift", "-"}, {"BitwiseAnd", "-"}, {"BitwiseOr", "-"},
      {"BitwiseXor", "-"}, {"BitwiseNot", "-"}, {"Unique", "-"}, {"NonMaxSuppression", "-"},
  };
  return table;
}

const Table &microsoftOperators() {
  static const Table table = {
      {"SkipLayerNormalization", "eewww"}, {"SkipSimplifiedLayerNormalization", "eeww"},
      {"SimplifiedLayerNormalization", "ew"}, {"BiasGelu", "ew"}, {"FastGelu", "ew"}, {"FusedMatMul", "w"},
      {"FusedGemm", "w"}, {"BiasDropout", "ewe-"}, {"EmbedLayerNormalization", "--wwwww-"}, {"Attention", "eww-ee-"},
      {"MultiHeadAttention", "eeew-e-"}, {"GroupQueryAttention", "eee-"}, {"RotaryEmbedding", "e-"}, {"BiasSplitGelu", "ew"},
  };
  return table;
}

const Table &tableOf(StringRef domain) {
  static const Table none;
  if (domain.empty())
    return standardOperators();
  return domain == "com.microsoft" ? microsoftOperators() : none;
}

OperandRole fromLetter(char letter) {
  switch (letter) {
  case '-': return OperandRole::None;
  case 'v': return OperandRole::View;
  case 'w': return OperandRole::Weight;
  case 's': return OperandRole::Setting;
  default: return OperandRole::Elementwise;
  }
}

/// Cast is smooth only where it goes from one float type to another; ONNX numbers 1, 10, 11, 16 and up to 20 are floats.
bool castsToFloat(NodeOp node) {
  auto to = node.getNodeAttributes().getAs<IntegerAttr>("to");
  int64_t type = to ? to.getInt() : 1;
  return type == 1 || type == 10 || type == 11 || (type >= 16 && type <= 20);
}

} // namespace

OperandRole neap::onnx::operandRole(NodeOp node, unsigned index) {
  if (node.getDomain().empty() && node.getOpType() == "Cast")
    return castsToFloat(node) ? OperandRole::View : OperandRole::None;
  const Table &table = tableOf(node.getDomain());
  auto found = table.find(node.getOpType());
  if (found == table.end())
    return OperandRole::Elementwise;
  StringRef letters = found->second;
  return fromLetter(letters[std::min<size_t>(index, letters.size() - 1)]);
}

bool neap::onnx::isNormalization(NodeOp node) { return node.getOpType().ends_with("Normalization"); }

bool neap::onnx::isTableLookup(NodeOp node) {
  return node.getOpType() == "Gather" || node.getOpType() == "GatherND" || node.getOpType() == "EmbedLayerNormalization";
}
