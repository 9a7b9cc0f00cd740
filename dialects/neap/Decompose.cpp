// Compound ops in terms of primitive ones. Broadcasts are explicit: a row's statistic is reshaped to [..., 1] and
// stretched. Arithmetic is in the accumulator type; operands in fewer bits are cast on the way in, results on the way
// out.
#include "neap/dialects/neap/Inference.h"
#include "neap/dialects/neap/TensorBuilder.h"

using namespace mlir;
using namespace neap;

static FloatType accumulatorOf(Value value) { return getAccumulatorType(elementOf(value)); }

/// x in its accumulator type.
static Value widen(TensorBuilder &build, Value x) { return build.cast(x, accumulatorOf(x)); }

static int64_t lastAxis(Value x) { return shapeOf(x).size() - 1; }

/// e^(x - statistic of the row).
static Value buildExpAround(TensorBuilder &build, Value x, Value statistic) {
  return build.exp(build.sub(x, build.spreadRows(statistic, shapeOf(x))));
}

//===--- softmax --------------------------------------------------------------------------------------------------===//

SmallVector<Value> SoftmaxOp::decompose(OpBuilder &builder) {
  TensorBuilder build(builder, getLoc());
  Value x = widen(build, getOperand());
  Value exponentials = buildExpAround(build, x, build.reduce(Reduction::Maximum, x, {lastAxis(x)}));
  Value sum = build.spreadRows(build.sumRows(exponentials), shapeOf(x));
  return {build.cast(build.div(exponentials, sum), elementOf(getResult()))};
}

SmallVector<Value> SoftmaxBackwardOp::decompose(OpBuilder &builder) {
  TensorBuilder build(builder, getLoc());
  Value y = widen(build, getOutput()), dy = widen(build, getCotangent());
  Value sum = build.spreadRows(build.sumRows(build.mul(dy, y)), shapeOf(y));
  return {build.cast(build.mul(y, build.sub(dy, sum)), elementOf(getResult()))};
}

//===--- layer norm -----------------------------------------------------------------------------------------------===//

/// Mean along the last axis.
static Value buildMean(TensorBuilder &build, Value x) { return build.mul(build.sumRows(x), 1.0 / shapeOf(x).back()); }

/// 1 / sqrt(mean(centered^2) + epsilon)
static Value buildRstd(TensorBuilder &build, Value centered, double epsilon) {
  Value variance = buildMean(build, build.mul(centered, centered));
  Value shifted = build.add(variance, build.splatLike(variance, epsilon));
  return build.make<ReciprocalOp>(build.make<SqrtOp>(shifted));
}

SmallVector<Value> LayerNormOp::decompose(OpBuilder &builder) {
  TensorBuilder build(builder, getLoc());
  Value x = widen(build, getOperand());
  ArrayRef<int64_t> shape = shapeOf(x);
  Value mean = buildMean(build, x);
  Value centered = build.sub(x, build.spreadRows(mean, shape));
  Value rstd = buildRstd(build, centered, getEpsilon().convertToFloat());
  Value normalized = build.mul(centered, build.spreadRows(rstd, shape));
  Value scaled = build.mul(normalized, build.broadcast(widen(build, getScale()), shape));
  Value shifted = build.add(scaled, build.broadcast(widen(build, getBias()), shape));
  return {build.cast(shifted, elementOf(getResult())), mean, rstd};
}

SmallVector<Value> LayerNormBackwardOp::decompose(OpBuilder &builder) {
  TensorBuilder build(builder, getLoc());
  Value x = widen(build, getOperand()), dy = widen(build, getCotangent());
  ArrayRef<int64_t> shape = shapeOf(x);
  auto leading = llvm::to_vector(llvm::seq<int64_t>(0, lastAxis(x)));
  Value rstd = build.spreadRows(getRstd(), shape);
  Value h = build.mul(build.sub(x, build.spreadRows(getMean(), shape)), rstd);
  Value g = build.mul(dy, build.broadcast(widen(build, getScale()), shape));
  Value meanG = build.spreadRows(buildMean(build, g), shape);
  Value meanGh = build.spreadRows(buildMean(build, build.mul(g, h)), shape);
  Value dx = build.mul(rstd, build.sub(build.sub(g, meanG), build.mul(h, meanGh)));
  Type element = elementOf(getOperand());
  return {build.cast(dx, element), build.cast(build.sum(build.mul(dy, h), leading), element),
          build.cast(build.sum(dy, leading), element)};
}

//===--- cross-entropy --------------------------------------------------------------------------------------------===//

/// Where a column is the row's label, as bools of the logits' shape.
static Value buildOneHot(TensorBuilder &build, Value logits, Value labels) {
  auto type = RankedTensorType::get(shapeOf(logits), elementOf(labels));
  return build.compare(Predicate::Equal, build.iota(type, 1), build.spreadRows(labels, type.getShape()));
}

static Value buildIsIgnored(TensorBuilder &build, Value labels, int64_t ignoreIndex) {
  return build.compare(Predicate::Equal, labels, build.splatLike(labels, ignoreIndex));
}

/// The divisor of the mean: the count, or 1 where nothing counts, so that 0 / 0 is 0.
static Value buildDivisor(TensorBuilder &build, Value count) {
  return build.make<MaximumOp>(count, build.splatLike(count, 1.0));
}

static Value buildLse(TensorBuilder &build, Value logits) {
  Value maximum = build.reduce(Reduction::Maximum, logits, {1});
  Value sum = build.sumRows(buildExpAround(build, logits, maximum));
  return build.add(maximum, build.make<LogOp>(sum));
}

SmallVector<Value> CrossEntropyOp::decompose(OpBuilder &builder) {
  TensorBuilder build(builder, getLoc());
  Value logits = widen(build, getLogits());
  Value lse = buildLse(build, logits);
  Value isLabel = buildOneHot(build, logits, getLabels());
  Value picked = build.sumRows(build.select(isLabel, logits, build.splatLike(logits, 0.0)));
  Value zero = build.splatLike(lse, 0.0), one = build.splatLike(lse, 1.0);
  Value isIgnored = buildIsIgnored(build, getLabels(), getIgnoreIndex());
  Value sum = build.sum(build.select(isIgnored, zero, build.sub(lse, picked)), {0});
  Value count = build.sum(build.select(isIgnored, zero, one), {0});
  return {build.div(sum, buildDivisor(build, count)), lse, count};
}

SmallVector<Value> CrossEntropyBackwardOp::decompose(OpBuilder &builder) {
  TensorBuilder build(builder, getLoc());
  Value logits = widen(build, getLogits());
  ArrayRef<int64_t> shape = shapeOf(logits);
  Value softmax = buildExpAround(build, logits, getLse());
  Value oneHot = build.cast(buildOneHot(build, logits, getLabels()), elementOf(logits));
  Value scale = build.div(getCotangent(), buildDivisor(build, getCount()));
  Value zero = build.splatLike(getLse(), 0.0);
  Value isIgnored = buildIsIgnored(build, getLabels(), getIgnoreIndex());
  Value rowScale = build.select(isIgnored, zero, build.broadcast(scale, shapeOf(getLse())));
  Value gradient = build.mul(build.sub(softmax, oneHot), build.spreadRows(rowScale, shape));
  return {build.cast(gradient, elementOf(getLogits()))};
}
