// Attention and its gradients: types, the reference evaluator, vector-Jacobian products. See NeapAttentionOps.td.
#include "neap/dialects/neap/Inference.h"
#include "neap/dialects/neap/TensorBuilder.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace neap;

using Inputs = ArrayRef<HostTensor>;
using Outputs = MutableArrayRef<HostTensor>;

//===--- types ----------------------------------------------------------------------------------------------------===//

/// [b..., t, s] of a query and a key.
static SmallVector<int64_t> scoreShape(RankedTensorType query, RankedTensorType key) {
  auto shape = llvm::to_vector(query.getShape().drop_back());
  shape.push_back(key.getShape().drop_back().back());
  return shape;
}

static RankedTensorType getRowType(RankedTensorType query) {
  return RankedTensorType::get(query.getShape().drop_back(), getAccumulatorType(query.getElementType()));
}

template <typename OpTy>
static LogicalResult verifyOperands(std::optional<Location> location, Value queryValue, Value keyValue, Value valueValue) {
  RankedTensorType query = tensorType(queryValue), key = tensorType(keyValue), value = tensorType(valueValue);
  Type element = query.getElementType();
  int64_t rank = query.getRank();
  if (rank < 2 || key.getRank() != rank || value.getRank() != rank || key.getElementType() != element ||
      value.getElementType() != element ||
      key.getShape().drop_back(2) != query.getShape().drop_back(2) ||
      value.getShape().drop_back(2) != query.getShape().drop_back(2)) // attention_c1
    return emitInferenceError<OpTy>(location, "expected query, key and value of equal element type and batch dimensions, got ",
                                    query, ", ", key, " and ", value);
  if (key.getShape().back() != query.getShape().back()) // attention_c2
    return emitInferenceError<OpTy>(location, "expected keys of ", query.getShape().back(), " elements, got ", key);
  if (key.getShape()[rank - 2] != value.getShape()[rank - 2]) // attention_c3
    return emitInferenceError<OpTy>(location, "expected ", key.getShape()[rank - 2], " values, got ", value);
  return success();
}

template <typename OpTy>
static LogicalResult verifyBias(std::optional<Location> location, ValueRange operands, unsigned position) {
  if (operands.size() <= position)
    return success();
  RankedTensorType bias = tensorType(operands[position]), query = tensorType(operands[0]);
  SmallVector<int64_t> scores = scoreShape(query, tensorType(operands[1]));
  auto fits = [](std::tuple<int64_t, int64_t> sizes) {
    return std::get<0>(sizes) == 1 || std::get<0>(sizes) == std::get<1>(sizes);
  };
  if (bias.getElementType() != query.getElementType() || bias.getShape().size() != scores.size() ||
      !llvm::all_of(llvm::zip_equal(bias.getShape(), scores), fits)) // attention_c4
    return emitInferenceError<OpTy>(location, "expected a bias that stretches to ",
                                    RankedTensorType::get(scores, query.getElementType()), ", got ", bias);
  return success();
}

LogicalResult AttentionOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, ValueRange operands,
                                            DictionaryAttr, OpaqueProperties, RegionRange, SmallVectorImpl<Type> &types) {
  if (failed(verifyOperands<AttentionOp>(location, operands[0], operands[1], operands[2])) ||
      failed(verifyBias<AttentionOp>(location, operands, 3)))
    return failure();
  RankedTensorType query = tensorType(operands[0]);
  auto shape = llvm::to_vector(query.getShape());
  shape.back() = tensorType(operands[2]).getShape().back();
  types.append({query.clone(shape), getRowType(query)});
  return success();
}

/// Shared by both gradient ops: operands up to the bias.
template <typename OpTy> static LogicalResult verifyGradient(std::optional<Location> location, ValueRange operands) {
  if (failed(verifyOperands<OpTy>(location, operands[0], operands[1], operands[2])) ||
      failed(verifyBias<OpTy>(location, operands, 6)))
    return failure();
  RankedTensorType query = tensorType(operands[0]), row = getRowType(query);
  for (Value statistic : operands.slice(3, 2))
    if (statistic.getType() != row) // attention_backward_c1
      return emitInferenceError<OpTy>(location, "expected one number for each query, ", row, ", got ", statistic.getType());
  auto shape = llvm::to_vector(query.getShape());
  shape.back() = tensorType(operands[2]).getShape().back();
  if (operands[5].getType() != query.clone(shape)) // attention_backward_c2
    return emitInferenceError<OpTy>(location, "expected a cotangent of type ", query.clone(shape), ", got ",
                                    operands[5].getType());
  return success();
}

LogicalResult AttentionBackwardOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, ValueRange operands,
                                                    DictionaryAttr, OpaqueProperties, RegionRange,
                                                    SmallVectorImpl<Type> &types) {
  if (failed(verifyGradient<AttentionBackwardOp>(location, operands)))
    return failure();
  for (Value operand : operands.take_front(3))
    types.push_back(operand.getType());
  return success();
}

LogicalResult AttentionBiasGradientOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, ValueRange operands,
                                                        DictionaryAttr, OpaqueProperties, RegionRange,
                                                        SmallVectorImpl<Type> &types) {
  if (failed(verifyGradient<AttentionBiasGradientOp>(location, operands)))
    return failure();
  if (operands.size() < 7) // attention_bias_gradient_c1
    return emitInferenceError<AttentionBiasGradientOp>(location, "expected a bias");
  types.push_back(operands[6].getType());
  return success();
}

//===--- interfaces -----------------------------------------------------------------------------------------------===//

GroupKind AttentionOp::getGroupKind() { return GroupKind::Attention; }
GroupKind AttentionBackwardOp::getGroupKind() { return GroupKind::Attention; }

/// Multiply-adds of `products` matrix products over query and key size each, and of one over the value size more.
static int64_t countFlops(Value query, Value key, Value value, bool causal, int64_t products) {
  auto scores = ShapedType::getNumElements(scoreShape(tensorType(query), tensorType(key)));
  int64_t flops = 2 * scores * products * (shapeOf(query).back() + shapeOf(value).back());
  return causal ? flops / 2 : flops;
}

int64_t AttentionOp::getFlops() { return countFlops(getQuery(), getKey(), getValue(), getCausal(), 1); }

/// Scores and dS k, dS^T q over the query's size, dy v^T and P^T dy over the value's.
int64_t AttentionBackwardOp::getFlops() {
  int64_t both = countFlops(getQuery(), getKey(), getValue(), getCausal(), 2);
  auto scores = ShapedType::getNumElements(scoreShape(tensorType(getQuery()), tensorType(getKey())));
  return both + 2 * scores * shapeOf(getQuery()).back() / (getCausal() ? 2 : 1);
}

//===--- the reference --------------------------------------------------------------------------------------------===//

namespace {
/// One batch element of attention, in double.
class Reference {
public:
  Reference(const HostTensor &query, const HostTensor &key, const HostTensor &value, const HostTensor *bias, double scale,
            bool causal)
      : query(query), key(key), value(value), bias(bias), scale(scale), causal(causal), size(query.shape().back()),
        valueSize(value.shape().back()), queries(query.shape().drop_back().back()), keys(key.shape().drop_back().back()) {
    batches = query.size() / (queries * size);
    if (bias)
      findBiasStrides();
  }

  /// Which element of the bias a score takes.
  int64_t biasPosition(int64_t batch, int64_t i, int64_t j) const {
    int64_t position = i * biasStrides[biasStrides.size() - 2] + j * biasStrides.back();
    for (size_t dimension = biasStrides.size() - 2; dimension-- > 0;) {
      position += batch % query.shape()[dimension] * biasStrides[dimension];
      batch /= query.shape()[dimension];
    }
    return position;
  }

  double score(int64_t batch, int64_t i, int64_t j) const {
    if (causal && j > i)
      return -std::numeric_limits<double>::infinity();
    double sum = 0;
    for (int64_t d = 0; d < size; ++d)
      sum += query.floats[(batch * queries + i) * size + d] * key.floats[(batch * keys + j) * size + d];
    return sum * scale + (bias ? bias->floats[biasPosition(batch, i, j)] : 0.0);
  }

  const HostTensor &query, &key, &value, *bias;
  double scale;
  bool causal;
  int64_t size, valueSize, queries, keys, batches;

private:
  void findBiasStrides() {
    biasStrides = rowMajorStrides(bias->shape());
    for (auto [stride, dimension] : llvm::zip_equal(biasStrides, bias->shape()))
      if (dimension == 1)
        stride = 0;
  }

  SmallVector<int64_t> biasStrides;
};

/// What the gradients have in common: P and dS of one query and key.
class GradientReference : public Reference {
public:
  GradientReference(Inputs inputs, double scale, bool causal)
      : Reference(inputs[0], inputs[1], inputs[2], inputs.size() > 6 ? &inputs[6] : nullptr, scale, causal),
        lse(inputs[3]), delta(inputs[4]), cotangent(inputs[5]) {}

  double probability(int64_t batch, int64_t i, int64_t j) const {
    return std::exp(score(batch, i, j) - lse.floats[batch * queries + i]);
  }

  double scoreGradient(int64_t batch, int64_t i, int64_t j) const {
    double product = 0;
    for (int64_t e = 0; e < valueSize; ++e)
      product += cotangent.floats[(batch * queries + i) * valueSize + e] * value.floats[(batch * keys + j) * valueSize + e];
    return probability(batch, i, j) * (product - delta.floats[batch * queries + i]);
  }

  void forEachScore(function_ref<void(int64_t, int64_t, int64_t)> visit) const {
    for (int64_t batch = 0; batch < batches; ++batch)
      for (int64_t i = 0; i < queries; ++i)
        for (int64_t j = 0; j < keys; ++j)
          visit(batch, i, j);
  }

  const HostTensor &lse, &delta, &cotangent;
};
} // namespace

/// One query: its log-sum-exp and its mean of the values.
static double attend(const Reference &attention, int64_t batch, int64_t i, MutableArrayRef<double> result) {
  std::vector<double> scores(attention.keys);
  double maximum = -std::numeric_limits<double>::infinity(), sum = 0;
  for (int64_t j = 0; j < attention.keys; ++j)
    maximum = std::max(maximum, scores[j] = attention.score(batch, i, j));
  double reference = std::isinf(maximum) ? 0.0 : maximum;
  for (double &score : scores)
    sum += score = std::exp(score - reference);
  for (int64_t j = 0; j < attention.keys; ++j)
    for (int64_t e = 0; e < attention.valueSize; ++e)
      result[e] += scores[j] / sum * attention.value.floats[(batch * attention.keys + j) * attention.valueSize + e];
  return reference + std::log(sum);
}

void AttentionOp::evaluate(Inputs inputs, Outputs outputs) {
  Reference attention(inputs[0], inputs[1], inputs[2], inputs.size() > 3 ? &inputs[3] : nullptr,
                      getScale().convertToFloat(), getCausal());
  for (int64_t row = 0; row < attention.batches * attention.queries; ++row) {
    auto result = MutableArrayRef(outputs[0].floats).slice(row * attention.valueSize, attention.valueSize);
    double lse = attend(attention, row / attention.queries, row % attention.queries, result);
    bool isEmpty = std::isinf(lse) && lse < 0;
    if (isEmpty && getEmptyRowsZero()) {
      llvm::fill(result, 0.0);
      lse = std::numeric_limits<double>::infinity(); // e^(score - lse) is 0 then
    }
    outputs[1].floats[row] = lse;
  }
}

void AttentionBackwardOp::evaluate(Inputs inputs, Outputs outputs) {
  GradientReference attention(inputs, getScale().convertToFloat(), getCausal());
  int64_t size = attention.size, valueSize = attention.valueSize;
  attention.forEachScore([&](int64_t batch, int64_t i, int64_t j) {
    double probability = attention.probability(batch, i, j);
    double gradient = attention.scoreGradient(batch, i, j) * attention.scale;
    int64_t row = batch * attention.queries + i, column = batch * attention.keys + j;
    for (int64_t d = 0; d < size; ++d) {
      outputs[0].floats[row * size + d] += gradient * attention.key.floats[column * size + d];
      outputs[1].floats[column * size + d] += gradient * attention.query.floats[row * size + d];
    }
    for (int64_t e = 0; e < valueSize; ++e)
      outputs[2].floats[column * valueSize + e] += probability * attention.cotangent.floats[row * valueSize + e];
  });
}

void AttentionBiasGradientOp::evaluate(Inputs inputs, Outputs outputs) {
  GradientReference attention(inputs, getScale().convertToFloat(), getCausal());
  attention.forEachScore([&](int64_t batch, int64_t i, int64_t j) {
    outputs[0].floats[attention.biasPosition(batch, i, j)] += attention.scoreGradient(batch, i, j);
  });
}

//===--- gradients ------------------------------------------------------------------------------------------------===//

/// D - dlse for each query.
static Value buildDelta(TensorBuilder &build, AttentionOp op, ValueRange cotangents) {
  Type accumulator = elementOf(op.getLse());
  Value delta;
  if (cotangents[0])
    delta = build.sumRows(build.mul(build.cast(cotangents[0], accumulator), build.cast(op.getResult(), accumulator)));
  else
    delta = build.splatLike(op.getLse(), 0.0);
  return cotangents[1] ? build.sub(delta, cotangents[1]) : delta;
}

void AttentionOp::buildVjp(OpBuilder &builder, ValueRange cotangents, SmallVectorImpl<Value> &gradients) {
  TensorBuilder build(builder, getLoc());
  if (!cotangents[0] && !cotangents[1])
    return;
  Value delta = buildDelta(build, *this, cotangents);
  Value cotangent = cotangents[0] ? cotangents[0] : build.splatLike(getResult(), 0.0);
  auto backward = AttentionBackwardOp::create(builder, getLoc(), getQuery(), getKey(), getValue(), getLse(), delta, cotangent,
                                              getBias(), getScaleAttr(), getCausalAttr());
  llvm::copy(backward.getResults(), gradients.begin());
  if (getBias())
    gradients[3] = AttentionBiasGradientOp::create(builder, getLoc(), getQuery(), getKey(), getValue(), getLse(), delta,
                                                   cotangent, getBias(), getScaleAttr(), getCausalAttr());
}

/// Scores of the whole matrix, as the blocks compute them.
static Value buildScores(TensorBuilder &build, AttentionBiasGradientOp op, ArrayRef<int64_t> shape) {
  Value scores = build.matmul(op.getQuery(), build.transposeMatrix(op.getKey()));
  scores = build.add(build.mul(scores, op.getScale().convertToFloat()), build.broadcast(op.getBias(), shape));
  if (!op.getCausal())
    return scores;
  auto indices = RankedTensorType::get(shape, IntegerType::get(op.getContext(), 64));
  int64_t rank = shape.size();
  Value isSeen = build.compare(Predicate::LessOrEqual, build.iota(indices, rank - 1), build.iota(indices, rank - 2));
  return build.select(isSeen, scores, build.splatLike(scores, -std::numeric_limits<double>::infinity()));
}

SmallVector<Value> AttentionBiasGradientOp::decompose(OpBuilder &builder) {
  TensorBuilder build(builder, getLoc());
  SmallVector<int64_t> shape = scoreShape(tensorType(getQuery()), tensorType(getKey()));
  Value scores = build.cast(buildScores(build, *this, shape), elementOf(getLse()));
  Value probabilities = build.exp(build.sub(scores, build.spreadRows(getLse(), shape)));
  Value products = build.cast(build.matmul(getCotangent(), build.transposeMatrix(getValue())), elementOf(getLse()));
  Value gradient = build.mul(probabilities, build.sub(products, build.spreadRows(getDelta(), shape)));
  SmallVector<int64_t> repeated;
  for (auto [dimension, sizes] : llvm::enumerate(llvm::zip_equal(shapeOf(getBias()), shape)))
    if (std::get<0>(sizes) != std::get<1>(sizes))
      repeated.push_back(dimension);
  if (!repeated.empty())
    gradient = build.reshape(build.sum(gradient, repeated), shapeOf(getBias()));
  return {build.cast(gradient, elementOf(getBias()))};
}
