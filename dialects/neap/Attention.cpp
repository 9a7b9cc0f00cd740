// Attention and its gradients: types, the reference evaluator, vector-Jacobian products. See NeapAttentionOps.td.
#include "neap/dialects/neap/Dropout.h"
#include "neap/dialects/neap/Inference.h"
#include "neap/dialects/neap/Philox.h"
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
static LogicalResult verifyOperands(std::optional<Location> location, Value queryValue, Value keyValue,
                                    Value valueValue) {
  RankedTensorType query = tensorType(queryValue), key = tensorType(keyValue), value = tensorType(valueValue);
  Type element = query.getElementType();
  int64_t rank = query.getRank();
  if (rank < 2 || key.getRank() != rank || value.getRank() != rank || key.getElementType() != element ||
      value.getElementType() != element || key.getShape().drop_back(2) != query.getShape().drop_back(2) ||
      value.getShape().drop_back(2) != query.getShape().drop_back(2)) // attention_c1
    return emitInferenceError<OpTy>(location,
                                    "expected query, key and value of equal element type and batch dimensions, got ",
                                    query, ", ", key, " and ", value);
  if (key.getShape().back() != query.getShape().back()) // attention_c2
    return emitInferenceError<OpTy>(location, "expected keys of ", query.getShape().back(), " elements, got ", key);
  if (key.getShape()[rank - 2] != value.getShape()[rank - 2]) // attention_c3
    return emitInferenceError<OpTy>(location, "expected ", key.getShape()[rank - 2], " values, got ", value);
  return success();
}

template <typename OpTy>
static LogicalResult verifyBias(std::optional<Location> location, Value query, Value key, Value bias) {
  if (!bias)
    return success();
  RankedTensorType type = tensorType(bias);
  SmallVector<int64_t> scores = scoreShape(tensorType(query), tensorType(key));
  auto fits = [](std::tuple<int64_t, int64_t> sizes) {
    return std::get<0>(sizes) == 1 || std::get<0>(sizes) == std::get<1>(sizes);
  };
  if (type.getElementType() != elementOf(query) || type.getShape().size() != scores.size() ||
      !llvm::all_of(llvm::zip_equal(type.getShape(), scores), fits)) // attention_c4
    return emitInferenceError<OpTy>(location, "expected a bias that stretches to ",
                                    RankedTensorType::get(scores, elementOf(query)), ", got ", type);
  return success();
}

/// A ratio that is not written is not there yet while an op is parsed.
template <typename OpTy>
static LogicalResult verifyDropout(std::optional<Location> location, size_t words, FloatAttr attribute) {
  double ratio = attribute ? attribute.getValueAsDouble() : 0.0;
  bool isKey = words == 0 || words == 4 || words == 5;
  if (!isKey || !isDropoutRatio(ratio)) // attention_c5
    return emitInferenceError<OpTy>(location, "expected a dropout key of 4 or 5 words and a ratio in [0, 1), got ",
                                    words, " words and ", ratio);
  return success();
}

/// Of queries that each have a mean of values.
static RankedTensorType getResultType(Value query, Value value) {
  auto shape = llvm::to_vector(shapeOf(query));
  shape.back() = shapeOf(value).back();
  return tensorType(query).clone(shape);
}

LogicalResult AttentionOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, ValueRange operands,
                                            DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
                                            SmallVectorImpl<Type> &types) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(verifyOperands<AttentionOp>(location, op.getQuery(), op.getKey(), op.getValue())) ||
      failed(verifyBias<AttentionOp>(location, op.getQuery(), op.getKey(), op.getBias())) ||
      failed(verifyDropout<AttentionOp>(location, op.getDropoutKey().size(), op.getDropoutRatioAttr())))
    return failure();
  types.append({getResultType(op.getQuery(), op.getValue()), getRowType(tensorType(op.getQuery()))});
  return success();
}

/// Shared by the gradients' ops.
template <typename OpTy>
static LogicalResult verifyGradient(std::optional<Location> location, typename OpTy::Adaptor op) {
  if (failed(verifyOperands<OpTy>(location, op.getQuery(), op.getKey(), op.getValue())) ||
      failed(verifyBias<OpTy>(location, op.getQuery(), op.getKey(), op.getBias())) ||
      failed(verifyDropout<OpTy>(location, op.getDropoutKey().size(), op.getDropoutRatioAttr())))
    return failure();
  RankedTensorType row = getRowType(tensorType(op.getQuery()));
  for (Value statistic : {op.getLse(), op.getDelta(), op.getReciprocal()})
    if (statistic && statistic.getType() != row) // attention_backward_c1
      return emitInferenceError<OpTy>(location, "expected one number for each query, ", row, ", got ",
                                      statistic.getType());
  RankedTensorType result = getResultType(op.getQuery(), op.getValue());
  if (op.getCotangent().getType() != result) // attention_backward_c2
    return emitInferenceError<OpTy>(location, "expected a cotangent of type ", result, ", got ",
                                    op.getCotangent().getType());
  if (!op.getDelta() != !op.getReciprocal()) // attention_backward_c3
    return emitInferenceError<OpTy>(location, "expected both of delta and reciprocal, or none");
  return success();
}

LogicalResult AttentionDeltaOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, ValueRange operands,
                                                 DictionaryAttr attributes, OpaqueProperties properties,
                                                 RegionRange regions, SmallVectorImpl<Type> &types) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(verifyGradient<AttentionDeltaOp>(location, op)))
    return failure();
  types.append(2, getRowType(tensorType(op.getQuery())));
  return success();
}

LogicalResult AttentionDeltaOp::verify() {
  if (getDelta()) // attention_delta_c1
    return emitOpError("expected no delta");
  return success();
}

LogicalResult AttentionBackwardOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                                    ValueRange operands, DictionaryAttr attributes,
                                                    OpaqueProperties properties, RegionRange regions,
                                                    SmallVectorImpl<Type> &types) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(verifyGradient<AttentionBackwardOp>(location, op)))
    return failure();
  types.append({op.getQuery().getType(), op.getKey().getType(), op.getValue().getType()});
  return success();
}

LogicalResult AttentionBiasGradientOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                                        ValueRange operands, DictionaryAttr attributes,
                                                        OpaqueProperties properties, RegionRange regions,
                                                        SmallVectorImpl<Type> &types) {
  Adaptor op(operands, attributes, properties, regions);
  if (failed(verifyGradient<AttentionBiasGradientOp>(location, op)))
    return failure();
  if (!op.getDelta() || !op.getBias()) // attention_bias_gradient_c1
    return emitInferenceError<AttentionBiasGradientOp>(location, "expected a delta and a bias");
  types.push_back(op.getBias().getType());
  return success();
}

//===--- interfaces -----------------------------------------------------------------------------------------------===//

GroupKind AttentionOp::getGroupKind() { return GroupKind::Attention; }
GroupKind AttentionDeltaOp::getGroupKind() { return GroupKind::Attention; }
GroupKind AttentionBackwardOp::getGroupKind() { return GroupKind::Attention; }

unsigned AttentionOp::countBatchDimensions() { return getQuery().getType().getRank() - 2; }
unsigned AttentionDeltaOp::countBatchDimensions() { return getQuery().getType().getRank() - 2; }
unsigned AttentionBackwardOp::countBatchDimensions() { return getQuery().getType().getRank() - 2; }

/// Those of a neap.dropout of the probabilities.
template <typename Op> static int64_t countDropoutBlocks(Op op) {
  if (op.getDropoutKey().empty())
    return 0;
  SmallVector<int64_t> scores(shapeOf(op.getQuery()).drop_back());
  scores.push_back(shapeOf(op.getKey()).drop_back().back());
  return countRandomBlocks(scores);
}
int64_t AttentionOp::countBlocks() { return countDropoutBlocks(*this); }
int64_t AttentionDeltaOp::countBlocks() { return countDropoutBlocks(*this); }
int64_t AttentionBackwardOp::countBlocks() { return countDropoutBlocks(*this); }
bool AttentionOp::skipsBlocks() { return getDropoutKey().size() > 4; }
bool AttentionDeltaOp::skipsBlocks() { return getDropoutKey().size() > 4; }
bool AttentionBackwardOp::skipsBlocks() { return getDropoutKey().size() > 4; }
void AttentionOp::skipBlocks(Value blocks) { getDropoutKeyMutable().append(blocks); }
void AttentionDeltaOp::skipBlocks(Value blocks) { getDropoutKeyMutable().append(blocks); }
void AttentionBackwardOp::skipBlocks(Value blocks) { getDropoutKeyMutable().append(blocks); }

/// Of `products` matrix products over the size of queries and keys, and as many over that of values.
static int64_t countFlops(Value query, Value key, Value value, bool causal, int64_t products) {
  auto scores = ShapedType::getNumElements(scoreShape(tensorType(query), tensorType(key)));
  int64_t flops = 2 * scores * products * (shapeOf(query).back() + shapeOf(value).back());
  return causal ? flops / 2 : flops;
}

int64_t AttentionOp::getFlops() { return countFlops(getQuery(), getKey(), getValue(), getCausal(), 1); }

int64_t AttentionDeltaOp::getFlops() { return countFlops(getQuery(), getKey(), getValue(), getCausal(), 1); }

/// Scores and dS k, dS^T q over the query's size, dy v^T and P^T dy over the value's.
int64_t AttentionBackwardOp::getFlops() {
  int64_t both = countFlops(getQuery(), getKey(), getValue(), getCausal(), 2);
  auto scores = ShapedType::getNumElements(scoreShape(tensorType(getQuery()), tensorType(getKey())));
  return both + 2 * scores * shapeOf(getQuery()).back() / (getCausal() ? 2 : 1);
}

//===--- the reference --------------------------------------------------------------------------------------------===//

namespace {
/// The values of an op's operands; null for those that it does not have.
struct OperandValues {
  template <typename OpTy> OperandValues(OpTy op, Inputs inputs) : query(inputs[0]), key(inputs[1]), value(inputs[2]) {
    if (op.getBias())
      bias = &inputs[op.getBiasMutable().begin()->getOperandNumber()];
    if (!op.getDropoutKey().empty())
      dropoutKey = inputs.slice(op.getDropoutKeyMutable().begin()->getOperandNumber(), op.getDropoutKey().size());
  }
  const HostTensor &query, &key, &value, *bias = nullptr;
  Inputs dropoutKey;
};

/// Attention in double.
class Reference {
public:
  template <typename OpTy>
  Reference(OpTy op, const OperandValues &operands)
      : query(operands.query), key(operands.key), value(operands.value), bias(operands.bias),
        scale(op.getScale().convertToFloat()), dropoutRatio(op.getDropoutRatio().convertToDouble()),
        causal(op.getCausal()), size(query.shape().back()), valueSize(value.shape().back()),
        queries(query.shape().drop_back().back()), keys(key.shape().drop_back().back()) {
    batches = query.size() / (queries * size);
    wordStrides = randomWordStrides(scoreShape(query.type, key.type));
    if (bias)
      findBiasStrides();
    if (!operands.dropoutKey.empty()) {
      auto word = [](const HostTensor &scalar) { return static_cast<uint32_t>(scalar.integers.front()); };
      stream = streamOf<uint32_t>(llvm::map_to_vector(operands.dropoutKey, word));
    }
  }

  /// What a probability is multiplied by.
  double keepFactor(int64_t batch, int64_t i, int64_t j) const {
    if (!stream)
      return 1.0;
    uint32_t word = randomWord(*stream, position(wordStrides, batch, i, j));
    return word >= dropThreshold(dropoutRatio) ? neap::keepFactor(dropoutRatio) : 0.0;
  }

  /// Which element of the bias a score takes.
  int64_t biasPosition(int64_t batch, int64_t i, int64_t j) const { return position(biasStrides, batch, i, j); }

  double score(int64_t batch, int64_t i, int64_t j) const {
    if (causal && j > i)
      return -std::numeric_limits<double>::infinity();
    double sum = 0;
    for (int64_t d = 0; d < size; ++d)
      sum += query.floats[(batch * queries + i) * size + d] * key.floats[(batch * keys + j) * size + d];
    return sum * scale + (bias ? bias->floats[biasPosition(batch, i, j)] : 0.0);
  }

  const HostTensor &query, &key, &value, *bias;
  double scale, dropoutRatio;
  bool causal;
  int64_t size, valueSize, queries, keys, batches;

private:
  /// Of score (batch, i, j) in a tensor of these strides.
  int64_t position(ArrayRef<int64_t> strides, int64_t batch, int64_t i, int64_t j) const {
    int64_t position = i * strides[strides.size() - 2] + j * strides.back();
    for (size_t dimension = strides.size() - 2; dimension-- > 0;) {
      position += batch % query.shape()[dimension] * strides[dimension];
      batch /= query.shape()[dimension];
    }
    return position;
  }

  void findBiasStrides() {
    biasStrides = rowMajorStrides(bias->shape());
    for (auto [stride, dimension] : llvm::zip_equal(biasStrides, bias->shape()))
      if (dimension == 1)
        stride = 0;
  }

  std::optional<RandomStream<uint32_t>> stream;
  SmallVector<int64_t> wordStrides, biasStrides;
};

/// What the gradients have in common: P and dS of one query and key.
class GradientReference : public Reference {
public:
  template <typename OpTy>
  GradientReference(OpTy op, Inputs inputs) : Reference(op, {op, inputs}), lse(inputs[3]), cotangent(inputs[4]) {
    if (!op.getDelta()) {
      sumRows();
      return;
    }
    deltas = inputs[op.getDeltaMutable().begin()->getOperandNumber()].floats;
    reciprocals = inputs[op.getReciprocalMutable().begin()->getOperandNumber()].floats;
  }

  double probability(int64_t batch, int64_t i, int64_t j) const {
    return weight(batch, i, j) * reciprocals[batch * queries + i];
  }

  /// M dy v^T
  double product(int64_t batch, int64_t i, int64_t j) const {
    double sum = 0;
    for (int64_t e = 0; e < valueSize; ++e)
      sum += cotangent.floats[(batch * queries + i) * valueSize + e] * value.floats[(batch * keys + j) * valueSize + e];
    return sum * keepFactor(batch, i, j);
  }

  double scoreGradient(int64_t batch, int64_t i, int64_t j) const {
    return probability(batch, i, j) * (product(batch, i, j) - deltas[batch * queries + i]);
  }

  void forEachScore(function_ref<void(int64_t, int64_t, int64_t)> visit) const {
    for (int64_t batch = 0; batch < batches; ++batch)
      for (int64_t i = 0; i < queries; ++i)
        for (int64_t j = 0; j < keys; ++j)
          visit(batch, i, j);
  }

  const HostTensor &lse, &cotangent;
  std::vector<double> deltas, reciprocals;

private:
  double weight(int64_t batch, int64_t i, int64_t j) const {
    return std::exp(score(batch, i, j) - lse.floats[batch * queries + i]);
  }

  void sumRows() {
    deltas.assign(batches * queries, 0.0);
    reciprocals.assign(batches * queries, 0.0);
    forEachScore([&](int64_t batch, int64_t i, int64_t j) {
      reciprocals[batch * queries + i] += weight(batch, i, j);
      deltas[batch * queries + i] += weight(batch, i, j) * product(batch, i, j);
    });
    for (auto [sum, mean] : llvm::zip_equal(reciprocals, deltas)) {
      mean = sum == 0 ? 0 : mean / sum;
      sum = sum == 0 ? 0 : 1 / sum;
    }
  }
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
      result[e] += scores[j] / sum * attention.keepFactor(batch, i, j) *
                   attention.value.floats[(batch * attention.keys + j) * attention.valueSize + e];
  return reference + std::log(sum);
}

void AttentionOp::evaluate(Inputs inputs, Outputs outputs) {
  Reference attention(*this, {*this, inputs});
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

void AttentionDeltaOp::evaluate(Inputs inputs, Outputs outputs) {
  GradientReference attention(*this, inputs);
  outputs[0].floats = attention.deltas;
  outputs[1].floats = attention.reciprocals;
}

void AttentionBackwardOp::evaluate(Inputs inputs, Outputs outputs) {
  GradientReference attention(*this, inputs);
  int64_t size = attention.size, valueSize = attention.valueSize;
  attention.forEachScore([&](int64_t batch, int64_t i, int64_t j) {
    double probability = attention.probability(batch, i, j) * attention.keepFactor(batch, i, j);
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
  GradientReference attention(*this, inputs);
  attention.forEachScore([&](int64_t batch, int64_t i, int64_t j) {
    outputs[0].floats[attention.biasPosition(batch, i, j)] += attention.scoreGradient(batch, i, j);
  });
}

//===--- gradients ------------------------------------------------------------------------------------------------===//

void AttentionOp::buildVjp(OpBuilder &builder, ValueRange cotangents, SmallVectorImpl<Value> &gradients) {
  TensorBuilder build(builder, getLoc());
  if (!cotangents[0] && !cotangents[1])
    return;
  Value cotangent = cotangents[0] ? cotangents[0] : build.splatLike(getResult(), 0.0), delta, reciprocal;
  // Gradients of q, k and v alone sum up rows on their way.
  if (cotangents[1] || getBias()) {
    auto rows = AttentionDeltaOp::create(builder, getLoc(), getQuery(), getKey(), getValue(), getLse(), cotangent,
                                         Value(), Value(), getBias(), getDropoutKey(), getScaleAttr(), getCausalAttr(),
                                         getDropoutRatioAttr());
    delta = cotangents[1] ? build.sub(rows.getResult(), cotangents[1]) : rows.getResult();
    reciprocal = rows.getSumReciprocal();
  }
  auto backward =
      AttentionBackwardOp::create(builder, getLoc(), getQuery(), getKey(), getValue(), getLse(), cotangent,
                                  cotangents[1] ? delta : Value(), cotangents[1] ? reciprocal : Value(), getBias(),
                                  getDropoutKey(), getScaleAttr(), getCausalAttr(), getDropoutRatioAttr());
  llvm::copy(backward.getResults(), gradients.begin());
  if (getBias())
    gradients[getBiasMutable().begin()->getOperandNumber()] = AttentionBiasGradientOp::create(
        builder, getLoc(), getQuery(), getKey(), getValue(), getLse(), cotangent, delta, reciprocal, getBias(),
        getDropoutKey(), getScaleAttr(), getCausalAttr(), getDropoutRatioAttr());
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
  Value weights = build.exp(build.sub(scores, build.spreadRows(getLse(), shape)));
  Value probabilities = build.mul(weights, build.spreadRows(getReciprocal(), shape));
  Value products = build.cast(build.matmul(getCotangent(), build.transposeMatrix(getValue())), elementOf(getLse()));
  if (!getDropoutKey().empty())
    products = DropoutOp::create(builder, getLoc(), products, getDropoutKey(), getDropoutRatioAttr());
  Value gradient = build.mul(probabilities, build.sub(products, build.spreadRows(getDelta(), shape)));
  SmallVector<int64_t> repeated;
  for (auto [dimension, sizes] : llvm::enumerate(llvm::zip_equal(shapeOf(getBias()), shape)))
    if (std::get<0>(sizes) != std::get<1>(sizes))
      repeated.push_back(dimension);
  if (!repeated.empty())
    gradient = build.reshape(build.sum(gradient, repeated), shapeOf(getBias()));
  return {build.cast(gradient, elementOf(getBias()))};
}
