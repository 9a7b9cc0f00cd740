// Vector-Jacobian products of the elementwise ops, by the formulas of NeapElementwiseOps.td.
// Integers and bools have no gradient: their slots stay null.
#include "neap/dialects/neap/TensorBuilder.h"

#include <numbers>

using namespace mlir;
using namespace neap;

using Gradients = SmallVectorImpl<Value>;

/// Whether there is something to propagate to an operand.
static bool flows(ValueRange cotangents, Value operand) { return cotangents[0] && isFloatTensor(operand); }

//===--- no gradient ----------------------------------------------------------------------------------------------===//

void SignOp::buildVjp(OpBuilder &, ValueRange, Gradients &) {}
void FloorOp::buildVjp(OpBuilder &, ValueRange, Gradients &) {}
void CeilOp::buildVjp(OpBuilder &, ValueRange, Gradients &) {}
void RoundOp::buildVjp(OpBuilder &, ValueRange, Gradients &) {}
void NotOp::buildVjp(OpBuilder &, ValueRange, Gradients &) {}
void AndOp::buildVjp(OpBuilder &, ValueRange, Gradients &) {}
void OrOp::buildVjp(OpBuilder &, ValueRange, Gradients &) {}
void XorOp::buildVjp(OpBuilder &, ValueRange, Gradients &) {}
void CompareOp::buildVjp(OpBuilder &, ValueRange, Gradients &) {}
void IsNanOp::buildVjp(OpBuilder &, ValueRange, Gradients &) {}

//===--- unary ops ------------------------------------------------------------------------------------------------===//

void NegateOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  if (flows(cotangents, getOperand()))
    gradients[0] = TensorBuilder(builder, getLoc()).negate(cotangents[0]);
}

void AbsOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (flows(cotangents, getOperand()))
    gradients[0] = build.mul(cotangents[0], build.make<SignOp>(getOperand()));
}

void ExpOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  if (cotangents[0])
    gradients[0] = TensorBuilder(builder, getLoc()).mul(cotangents[0], getResult());
}

void LogOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  if (cotangents[0])
    gradients[0] = TensorBuilder(builder, getLoc()).div(cotangents[0], getOperand());
}

void SqrtOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (cotangents[0])
    gradients[0] = build.div(cotangents[0], build.mul(getResult(), 2.0));
}

void ReciprocalOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (cotangents[0])
    gradients[0] = build.mul(build.negate(cotangents[0]), build.mul(getResult(), getResult()));
}

void TanhOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (!cotangents[0])
    return;
  Value one = build.splatLike(getResult(), 1.0);
  gradients[0] = build.mul(cotangents[0], build.sub(one, build.mul(getResult(), getResult())));
}

void SigmoidOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (!cotangents[0])
    return;
  Value one = build.splatLike(getResult(), 1.0);
  gradients[0] = build.mul(cotangents[0], build.mul(getResult(), build.sub(one, getResult())));
}

void ErfOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (!cotangents[0])
    return;
  Value bell = build.exp(build.negate(build.mul(getOperand(), getOperand())));
  gradients[0] = build.mul(build.mul(cotangents[0], 2.0 * std::numbers::inv_sqrtpi), bell);
}

void SinOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (cotangents[0])
    gradients[0] = build.mul(cotangents[0], build.make<CosOp>(getOperand()));
}

void CosOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (cotangents[0])
    gradients[0] = build.mul(build.negate(cotangents[0]), build.make<SinOp>(getOperand()));
}

/// Asks y rather than x, which then need not be kept.
void ReluOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (!cotangents[0])
    return;
  Value zero = build.splatLike(getResult(), 0.0);
  Value isPositive = build.compare(Predicate::Greater, getResult(), zero);
  gradients[0] = build.select(isPositive, cotangents[0], zero);
}

void GeluOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  if (cotangents[0])
    gradients[0] = GeluBackwardOp::create(builder, getLoc(), getOperand(), cotangents[0], getApproximation());
}

void CastOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  if (isFloatTensor(getResult()) && flows(cotangents, getOperand()))
    gradients[0] = TensorBuilder(builder, getLoc()).cast(cotangents[0], elementOf(getOperand()));
}

//===--- binary ops -----------------------------------------------------------------------------------------------===//

void AddOp::buildVjp(OpBuilder &, ValueRange cotangents, Gradients &gradients) {
  if (flows(cotangents, getLhs()))
    gradients[0] = gradients[1] = cotangents[0];
}

void SubOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  if (!flows(cotangents, getLhs()))
    return;
  gradients[0] = cotangents[0];
  gradients[1] = TensorBuilder(builder, getLoc()).negate(cotangents[0]);
}

void MulOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (!flows(cotangents, getLhs()))
    return;
  gradients[0] = build.mul(cotangents[0], getRhs());
  gradients[1] = build.mul(cotangents[0], getLhs());
}

void DivOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (!flows(cotangents, getLhs()))
    return;
  gradients[0] = build.div(cotangents[0], getRhs());
  gradients[1] = build.negate(build.mul(gradients[0], getResult()));
}

void ModOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (!flows(cotangents, getLhs()))
    return;
  gradients[0] = cotangents[0];
  Value quotient = build.make<RoundOp>(build.div(build.sub(getLhs(), getResult()), getRhs()));
  gradients[1] = build.negate(build.mul(cotangents[0], quotient));
}

/// dz * y * x^(y - 1), and 0 where y is 0 even if x is.
static Value buildBaseGradient(TensorBuilder &build, Value x, Value y, Value dz) {
  Value zero = build.splatLike(y, 0.0);
  Value power = build.make<PowOp>(x, build.sub(y, build.splatLike(y, 1.0)));
  Value gradient = build.mul(dz, build.mul(y, power));
  return build.select(build.compare(Predicate::Equal, y, zero), zero, gradient);
}

/// dz * z * log(x), and 0 where x is 0, at which a positive power is flat in y.
static Value buildExponentGradient(TensorBuilder &build, Value x, Value z, Value dz) {
  Value zero = build.splatLike(x, 0.0);
  Value gradient = build.mul(dz, build.mul(z, build.make<LogOp>(x)));
  return build.select(build.compare(Predicate::Equal, x, zero), zero, gradient);
}

void PowOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (!cotangents[0])
    return;
  gradients[0] = buildBaseGradient(build, getLhs(), getRhs(), cotangents[0]);
  gradients[1] = buildExponentGradient(build, getLhs(), getResult(), cotangents[0]);
}

/// dz where `wins` holds between an operand and the other, half of it on a tie.
static Value buildWinnerGradient(TensorBuilder &build, Predicate wins, Value x, Value y, Value dz) {
  Value zero = build.splatLike(dz, 0.0);
  Value shared = build.select(build.compare(Predicate::Equal, x, y), build.mul(dz, 0.5), zero);
  return build.select(build.compare(wins, x, y), dz, shared);
}

void MaximumOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (!flows(cotangents, getLhs()))
    return;
  gradients[0] = buildWinnerGradient(build, Predicate::Greater, getLhs(), getRhs(), cotangents[0]);
  gradients[1] = buildWinnerGradient(build, Predicate::Greater, getRhs(), getLhs(), cotangents[0]);
}

void MinimumOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (!flows(cotangents, getLhs()))
    return;
  gradients[0] = buildWinnerGradient(build, Predicate::Less, getLhs(), getRhs(), cotangents[0]);
  gradients[1] = buildWinnerGradient(build, Predicate::Less, getRhs(), getLhs(), cotangents[0]);
}

void SelectOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (!flows(cotangents, getResult()))
    return;
  Value zero = build.splatLike(cotangents[0], 0.0);
  gradients[1] = build.select(getCondition(), cotangents[0], zero);
  gradients[2] = build.select(getCondition(), zero, cotangents[0]);
}
