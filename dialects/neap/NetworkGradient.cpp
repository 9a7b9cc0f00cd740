// Vector-Jacobian products of reductions, products and compound ops, by the formulas of NeapNetworkOps.td.
#include "neap/dialects/neap/TensorBuilder.h"

using namespace mlir;
using namespace neap;

using Gradients = SmallVectorImpl<Value>;

/// dy to the elements that equal the extremum, in equal shares.
static Value buildExtremumGradient(TensorBuilder &build, ReduceOp op, Value dy) {
  ArrayRef<int64_t> shape = shapeOf(op.getOperand());
  Value extremum = build.spread(op.getResult(), op.getAxes(), shape);
  Value isExtremum = build.compare(Predicate::Equal, op.getOperand(), extremum);
  Value share = build.cast(isExtremum, elementOf(dy));
  Value count = build.sum(share, op.getAxes());
  return build.mul(share, build.spread(build.div(dy, count), op.getAxes(), shape));
}

void ReduceOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (!cotangents[0] || !isFloatTensor(getOperand()))
    return;
  gradients[0] = getReduction() == Reduction::Sum ? build.spread(cotangents[0], getAxes(), shapeOf(getOperand()))
                                                  : buildExtremumGradient(build, *this, cotangents[0]);
  if (getInitial())
    gradients[1] = cotangents[0];
}

void MatmulOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (!cotangents[0])
    return;
  gradients[0] = build.matmul(cotangents[0], build.transposeMatrix(getRhs()));
  gradients[1] = build.matmul(build.transposeMatrix(getLhs()), cotangents[0]);
  if (getInitial())
    gradients[2] = cotangents[0];
}

void SoftmaxOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  if (cotangents[0])
    gradients[0] = SoftmaxBackwardOp::create(builder, getLoc(), getResult(), cotangents[0]);
}

/// The gradient through y: all three at once.
static void buildNormalizedGradients(OpBuilder &builder, LayerNormOp op, Value dy, Gradients &gradients) {
  auto backward =
      LayerNormBackwardOp::create(builder, op.getLoc(), op.getOperand(), op.getScale(), op.getMean(), op.getRstd(), dy);
  gradients.assign(backward.result_begin(), backward.result_end());
}

/// The gradient through the statistics, which few programs use: dmean / C - drstd * rstd^3 * (x - mean) / C.
static Value buildStatisticsGradient(TensorBuilder &build, LayerNormOp op, Value dmean, Value drstd) {
  ArrayRef<int64_t> shape = shapeOf(op.getOperand());
  Type element = elementOf(op.getMean());
  double reciprocal = 1.0 / shape.back();
  Value gradient = build.splat(RankedTensorType::get(shape, element), 0.0);
  if (dmean)
    gradient = build.spreadRows(build.mul(dmean, reciprocal), shape);
  if (drstd) {
    Value cube = build.mul(build.mul(op.getRstd(), op.getRstd()), op.getRstd());
    Value slope = build.mul(build.mul(drstd, cube), -reciprocal);
    Value centered = build.sub(build.cast(op.getOperand(), element), build.spreadRows(op.getMean(), shape));
    gradient = build.add(gradient, build.mul(centered, build.spreadRows(slope, shape)));
  }
  return build.cast(gradient, elementOf(op.getOperand()));
}

void LayerNormOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (cotangents[0])
    buildNormalizedGradients(builder, *this, cotangents[0], gradients);
  if (!cotangents[1] && !cotangents[2])
    return;
  Value more = buildStatisticsGradient(build, *this, cotangents[1], cotangents[2]);
  gradients[0] = gradients[0] ? build.add(gradients[0], more) : more;
}

/// d lse / dx = e^(x - lse), times the cotangent of each row.
static Value buildLseGradient(TensorBuilder &build, CrossEntropyOp op, Value dlse) {
  ArrayRef<int64_t> shape = shapeOf(op.getLogits());
  Value logits = build.cast(op.getLogits(), elementOf(op.getLse()));
  Value softmax = build.exp(build.sub(logits, build.spreadRows(op.getLse(), shape)));
  return build.cast(build.mul(softmax, build.spreadRows(dlse, shape)), elementOf(op.getLogits()));
}

void CrossEntropyOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (cotangents[0])
    gradients[0] = CrossEntropyBackwardOp::create(builder, getLoc(), getLogits(), getLabels(), getLse(), getCount(),
                                                  cotangents[0], getIgnoreIndex());
  if (!cotangents[1])
    return;
  Value more = buildLseGradient(build, *this, cotangents[1]);
  gradients[0] = gradients[0] ? build.add(gradients[0], more) : more;
}
