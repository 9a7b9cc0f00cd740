// neap-raise-attention. See Pass.td.
//   1. from a matmul back to a softmax: is its left side probabilities that nobody else reads?
//   2. from the softmax back to a product: take scores apart into product, scale and biases
//   3. find what is causal among the biases; join the others
//   4. find heads that share keys and values
#include "neap/passes/graph/Passes.h"

#include "neap/dialects/neap/TensorBuilder.h"

#include "mlir/IR/Remarks.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>
#include <limits>

namespace neap {
#define GEN_PASS_DEF_RAISEATTENTION
#include "neap/passes/graph/Graph.h.inc"
} // namespace neap

using namespace mlir;
using namespace neap;

namespace {

/// Added to a score, a number below this leaves nothing of it, and of its probability.
constexpr double invisible = -1e30;

//===--- probabilities --------------------------------------------------------------------------------------------===//

struct Probabilities {
  SoftmaxOp softmax;
  bool emptyRowsZero = false;
  DropoutOp dropout; ///< null if there is none
};

/// x of select(is_nan(x), 0, x).
Value matchNanToZero(Value value) {
  auto select = value.getDefiningOp<SelectOp>();
  auto test = select ? select.getCondition().getDefiningOp<IsNanOp>() : IsNanOp();
  if (!test || test.getOperand() != select.getOnFalse() || getSplatNumber(select.getOnTrue()) != 0.0)
    return {};
  auto isOurs = [&](Operation *user) { return user == test || user == select; };
  return value.hasOneUse() && llvm::all_of(select.getOnFalse().getUsers(), isOurs) ? select.getOnFalse() : Value();
}

std::optional<Probabilities> matchProbabilities(Value value) {
  Probabilities found;
  if (auto dropout = value.getDefiningOp<DropoutOp>(); dropout && dropout->hasOneUse()) {
    found.dropout = dropout;
    value = dropout.getOperand();
  }
  if (Value inner = matchNanToZero(value)) {
    found.emptyRowsZero = true;
    found.softmax = inner.getDefiningOp<SoftmaxOp>();
  } else if (value.hasOneUse()) {
    found.softmax = value.getDefiningOp<SoftmaxOp>();
  }
  return found.softmax ? std::optional(found) : std::nullopt;
}

//===--- scores ---------------------------------------------------------------------------------------------------===//

/// A bias, or a mask that picks a score where it is true (`whenVisible`) and a number elsewhere.
struct Bias {
  Value value;
  bool isMask = false, whenVisible = true;
  double hidden = 0.0;
};

/// scale * product + biases.
struct Scores {
  MatmulOp product;
  double scale = 1.0;
  SmallVector<Bias> biases;
};

/// A value times a constant: the value, and the constant. The value itself times 1 otherwise.
std::pair<Value, double> splitFactor(Value value) {
  if (auto mul = value.getDefiningOp<MulOp>()) {
    if (auto factor = getSplatNumber(mul.getRhs()))
      return {mul.getLhs(), *factor};
    if (auto factor = getSplatNumber(mul.getLhs()))
      return {mul.getRhs(), *factor};
  }
  if (auto div = value.getDefiningOp<DivOp>())
    if (auto divisor = getSplatNumber(div.getRhs()))
      return {div.getLhs(), 1.0 / *divisor};
  return {value, 1.0};
}

std::optional<Scores> matchScores(Value value);

std::optional<Scores> matchMasked(SelectOp select) {
  for (bool whenVisible : {true, false}) {
    auto hidden = getSplatNumber(whenVisible ? select.getOnFalse() : select.getOnTrue());
    if (!hidden || !(*hidden <= invisible))
      continue;
    auto scores = matchScores(whenVisible ? select.getOnTrue() : select.getOnFalse());
    if (scores)
      scores->biases.push_back({select.getCondition(), true, whenVisible, *hidden});
    return scores;
  }
  return std::nullopt;
}

/// Nobody else may read what is taken apart: it would be computed as a whole matrix anyway.
std::optional<Scores> matchScores(Value value) {
  if (!value.hasOneUse())
    return std::nullopt;
  if (auto product = value.getDefiningOp<MatmulOp>()) {
    if (product.getInitial())
      return std::nullopt;
    return Scores{product};
  }
  if (auto select = value.getDefiningOp<SelectOp>())
    return matchMasked(select);
  if (auto add = value.getDefiningOp<AddOp>()) {
    for (auto [inner, bias] : {std::pair{add.getLhs(), add.getRhs()}, std::pair{add.getRhs(), add.getLhs()}})
      if (auto scores = matchScores(inner)) {
        scores->biases.push_back({bias});
        return scores;
      }
    return std::nullopt;
  }
  auto [inner, factor] = splitFactor(value);
  if (inner == value)
    return std::nullopt;
  auto scores = matchScores(inner);
  if (!scores || !scores->biases.empty()) // a scaled bias is none that exporters write
    return std::nullopt;
  scores->scale *= factor;
  return scores;
}

/// SDPA scales query and key by a square root each.
Value takeFactor(Value operand, double &scale) {
  auto [inner, factor] = splitFactor(operand);
  scale *= factor;
  return inner;
}

//===--- biases ---------------------------------------------------------------------------------------------------===//

/// What a value was stretched from, with leading dimensions of size 1.
Value unstretch(TensorBuilder &build, Value value) {
  size_t rank = shapeOf(value).size();
  while (auto broadcast = value.getDefiningOp<BroadcastOp>())
    value = broadcast.getOperand();
  SmallVector<int64_t> shape(rank - shapeOf(value).size(), 1);
  llvm::append_range(shape, shapeOf(value));
  return build.reshape(value, shape);
}

/// The largest number above the diagonal of a constant that is 0 up to there and hides all that is above. Its last two
/// dimensions must be those of the scores: a single row that is stretched hides the same keys from all queries.
std::optional<float> matchCausal(Value bias, ArrayRef<int64_t> scores) {
  DenseElementsAttr elements;
  ArrayRef<int64_t> shape = shapeOf(bias);
  if (shape.take_back(2) != scores.take_back(2) || !matchPattern(bias, m_Constant(&elements)) || elements.isSplat() ||
      !elementOf(bias).isF32())
    return std::nullopt;
  float largest = -std::numeric_limits<float>::infinity();
  int64_t columns = shape.back(), rows = shape[shape.size() - 2], position = 0;
  for (float value : elements.getValues<float>()) {
    int64_t column = position % columns, row = position++ / columns % rows;
    if (column <= row ? value != 0.0F : !(value <= invisible))
      return std::nullopt;
    if (column > row)
      largest = std::max(largest, value);
  }
  return largest;
}

/// Whether a constant mask, stretched or not, shows every query a key.
bool showsEveryQueryAKey(const Bias &mask) {
  Value value = mask.value;
  while (auto broadcast = value.getDefiningOp<BroadcastOp>())
    value = broadcast.getOperand();
  DenseElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)))
    return false;
  int64_t columns = shapeOf(value).empty() ? 1 : shapeOf(value).back(), position = 0;
  bool isShown = false; // to the query of the row so far
  for (bool element : elements.getValues<bool>()) {
    isShown |= element == mask.whenVisible;
    if (++position % columns != 0)
      continue;
    if (!isShown)
      return false;
    isShown = false;
  }
  return true;
}

/// Whether masks may become biases. The scores of a query all of whose keys a number hides are constant, and have no gradient; behind
/// a bias they would have one. Behind -inf there is no number at all, in either form.
bool maskScoresLikeBiases(ArrayRef<Bias> biases) {
  return llvm::all_of(biases, [&](const Bias &bias) {
    return !bias.isMask || std::isinf(bias.hidden) || (biases.size() == 1 && showsEveryQueryAKey(bias));
  });
}

/// A mask as a bias: 0 where a key is visible.
Value buildMaskBias(TensorBuilder &build, const Bias &bias, Value mask, Type element) {
  auto type = RankedTensorType::get(shapeOf(mask), element);
  Value visible = build.splat(type, 0.0), hidden = build.splat(type, bias.hidden);
  return bias.whenVisible ? build.select(mask, visible, hidden) : build.select(mask, hidden, visible);
}

Value addBiases(TensorBuilder &build, Value x, Value y) {
  SmallVector<int64_t> shape = llvm::map_to_vector(llvm::zip_equal(shapeOf(x), shapeOf(y)), [](auto sizes) {
    return std::max(std::get<0>(sizes), std::get<1>(sizes));
  });
  return build.add(build.broadcast(x, shape), build.broadcast(y, shape));
}

/// The sum of all biases to scores of a shape; null if there are none left. Takes out what is causal, unless another bias may
/// hide all keys up to the diagonal as well as a number does those above: then these are not out of sight.
Value joinBiases(TensorBuilder &build, ArrayRef<Bias> biases, RankedTensorType scores, bool &causal) {
  SmallVector<Value> triangles, others;
  bool isInfinite = true;
  for (const Bias &bias : biases) {
    Value value = unstretch(build, bias.value);
    if (bias.isMask)
      value = buildMaskBias(build, bias, value, scores.getElementType());
    std::optional<float> hidden = matchCausal(value, scores.getShape());
    isInfinite &= !hidden || std::isinf(*hidden);
    (hidden ? triangles : others).push_back(value);
  }
  causal = !triangles.empty() && (isInfinite || others.empty());
  if (!causal)
    llvm::append_range(others, triangles);
  Value sum;
  for (Value value : others)
    sum = sum ? addBiases(build, sum, value) : value;
  return sum;
}

//===--- heads that share keys ------------------------------------------------------------------------------------===//

/// [..., groups, members, s, d] of keys or values that were repeated for the heads of a group, [..., groups * members, s, d]; null if
/// they were not.
BroadcastOp findRepeated(Value heads) {
  auto joined = heads.getDefiningOp<ReshapeOp>();
  auto repeated = joined ? joined.getOperand().getDefiningOp<BroadcastOp>() : BroadcastOp();
  size_t rank = shapeOf(heads).size();
  if (!repeated || rank < 3 || shapeOf(repeated).size() != rank + 1 ||
      shapeOf(repeated.getOperand()).size() != rank + 1)
    return {};
  for (auto [dimension, sizes] : llvm::enumerate(llvm::zip_equal(shapeOf(repeated.getOperand()), shapeOf(repeated))))
    if ((std::get<0>(sizes) != std::get<1>(sizes)) != (dimension == rank - 2))
      return {};
  ArrayRef<int64_t> apart = shapeOf(repeated), together = shapeOf(heads);
  bool joinsMembers = apart.take_front(rank - 3) == together.take_front(rank - 3) &&
                      apart[rank - 3] * apart[rank - 2] == together[rank - 3] &&
                      apart.take_back(2) == together.take_back(2);
  return joinsMembers ? repeated : BroadcastOp();
}

/// Splits heads into groups and members. A dimension of size 1, of a bias, becomes two of them.
Value splitHeads(TensorBuilder &build, Value heads, int64_t members) {
  auto shape = llvm::to_vector(shapeOf(heads));
  size_t axis = shape.size() - 3;
  bool isStretched = shape[axis] == 1;
  shape.insert(shape.begin() + axis + 1, isStretched ? 1 : members);
  shape[axis] = isStretched ? 1 : shape[axis] / members;
  return build.reshape(heads, shape);
}

//===--- the pattern ----------------------------------------------------------------------------------------------===//

/// What attention is made of.
struct Operands {
  Value query, key, value, bias;

  /// Keys and values that heads share are read where they are, with a dimension for the members of a group that does not move.
  void shareKeys(TensorBuilder &build) {
    BroadcastOp keys = findRepeated(key), values = findRepeated(value);
    if (!keys || !values || keys.getType() != values.getType().clone(shapeOf(keys)))
      return;
    int64_t members = shapeOf(keys)[shapeOf(keys).size() - 3];
    query = splitHeads(build, query, members);
    bias = bias ? splitHeads(build, bias, members) : bias;
    key = keys;
    value = values;
  }
};

struct RaiseProduct : OpRewritePattern<MatmulOp> {
  RaiseProduct(MLIRContext *context, int64_t maxHeadSize) : OpRewritePattern(context), maxHeadSize(maxHeadSize) {}

  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override {
    if (op.getInitial())
      return rewriter.notifyMatchFailure(op, "goes on from another product");
    auto probabilities = matchProbabilities(op.getLhs());
    auto scores = probabilities ? matchScores(probabilities->softmax.getOperand()) : std::nullopt;
    if (!scores)
      return rewriter.notifyMatchFailure(op, "not softmax(scale q k^T + bias) v");
    int64_t size = shapeOf(scores->product.getLhs()).back(), valueSize = shapeOf(op).back();
    if (std::max(size, valueSize) > maxHeadSize) {
      remark::missed(op.getLoc(), remark::RemarkOpts::name("RaiseAttention").category("raise-attention"))
          << remark::add("heads of {0} elements, more than {1}", std::max(size, valueSize), maxHeadSize);
      return failure();
    }
    if (!maskScoresLikeBiases(scores->biases)) {
      remark::missed(op.getLoc(), remark::RemarkOpts::name("RaiseAttention").category("raise-attention"))
          << "a mask may hide all keys of a query behind a number";
      return failure();
    }
    rewrite(op, *probabilities, *scores, rewriter);
    return success();
  }

private:
  static void rewrite(MatmulOp op, Probabilities probabilities, Scores scores, PatternRewriter &rewriter) {
    TensorBuilder build(rewriter, op.getLoc());
    double scale = scores.scale;
    Value query = takeFactor(scores.product.getLhs(), scale), keys = takeFactor(scores.product.getRhs(), scale);
    bool causal = false;
    Value bias = joinBiases(build, scores.biases, scores.product.getType(), causal);
    Operands operands{query, build.transposeMatrix(keys), op.getRhs(), bias};
    operands.shareKeys(build);
    DropoutOp dropout = probabilities.dropout;
    SmallVector<Value> dropoutKey;
    if (dropout)
      dropoutKey = llvm::to_vector(dropout.getKey());
    auto attention = AttentionOp::create(rewriter, op.getLoc(), operands.query, operands.key, operands.value,
                                         operands.bias, dropoutKey, APFloat(static_cast<float>(scale)), causal,
                                         probabilities.emptyRowsZero, dropout ? dropout.getRatio() : APFloat(0.0));
    remark::passed(op.getLoc(), remark::RemarkOpts::name("RaiseAttention").category("raise-attention"))
        << remark::add("written-out attention becomes neap.attention{0}{1}{2}", causal ? ", causal" : "",
                       bias ? ", with a bias" : "", dropout ? ", with dropout" : "");
    rewriter.replaceOp(op, build.reshape(attention.getResult(), shapeOf(op)));
  }

  int64_t maxHeadSize;
};

struct RaiseAttention : neap::impl::RaiseAttentionBase<RaiseAttention> {
  using RaiseAttentionBase::RaiseAttentionBase;
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<RaiseProduct>(&getContext(), maxHeadSize);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
