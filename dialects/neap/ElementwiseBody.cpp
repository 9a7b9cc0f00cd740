// Loop bodies of the elementwise ops in arith and math, as PyTorch's CPU kernels compute them where it matters.
#include "neap/dialects/neap/Body.h"
#include "neap/dialects/neap/TensorBuilder.h"

#include <numbers>

using namespace mlir;
using namespace neap;
using arith::CmpFPredicate;
using arith::CmpIPredicate;

/// A body of one op, with the float and the integer form of the same operation.
template <typename FloatOp, typename IntegerOp>
static Value buildNumeric(Body body, Type element, ValueRange elements) {
  if (isa<FloatType>(element))
    return body.make<FloatOp>(elements[0], elements[1]);
  return body.make<IntegerOp>(elements[0], elements[1]);
}

//===--- unary ops ------------------------------------------------------------------------------------------------===//

Value NegateOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  Body body(builder, location);
  if (isFloatTensor(getOperand()))
    return body.make<arith::NegFOp>(elements[0]);
  return body.make<arith::SubIOp>(body.like(elements[0], 0), elements[0]);
}

Value AbsOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  Body body(builder, location);
  if (isFloatTensor(getOperand()))
    return body.make<math::AbsFOp>(elements[0]);
  return isUnsigned(elementOf(getOperand())) ? elements[0] : body.make<math::AbsIOp>(elements[0]);
}

/// NaN stays NaN, and -0 becomes 0.
static Value buildFloatSign(Body body, Value x) {
  Value zero = body.like(x, 0);
  Value unordered = body.select(body.compare(CmpFPredicate::UNO, x, x), x, zero);
  Value negative = body.select(body.compare(CmpFPredicate::OLT, x, zero), body.like(x, -1), unordered);
  return body.select(body.compare(CmpFPredicate::OGT, x, zero), body.like(x, 1), negative);
}

static Value buildIntegerSign(Body body, Value x, bool isUnsigned) {
  Value zero = body.like(x, 0), one = body.like(x, 1);
  if (isUnsigned)
    return body.select(body.compare(CmpIPredicate::ne, x, zero), one, zero);
  Value negative = body.select(body.compare(CmpIPredicate::slt, x, zero), body.like(x, -1), zero);
  return body.select(body.compare(CmpIPredicate::sgt, x, zero), one, negative);
}

Value SignOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  Body body(builder, location);
  if (isFloatTensor(getOperand()))
    return buildFloatSign(body, elements[0]);
  return buildIntegerSign(body, elements[0], isUnsigned(elementOf(getOperand())));
}

Value ExpOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return math::ExpOp::create(builder, location, elements[0]);
}

Value LogOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return math::LogOp::create(builder, location, elements[0]);
}

Value SqrtOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return math::SqrtOp::create(builder, location, elements[0]);
}

Value ReciprocalOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  Body body(builder, location);
  return body.div(body.like(elements[0], 1), elements[0]);
}

Value TanhOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return math::TanhOp::create(builder, location, elements[0]);
}

/// Far negative x makes e^-x infinite and the quotient 0, which is right.
Value SigmoidOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  Body body(builder, location);
  Value one = body.like(elements[0], 1);
  return body.div(one, body.add(one, body.exp(body.make<arith::NegFOp>(elements[0]))));
}

Value ErfOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return math::ErfOp::create(builder, location, elements[0]);
}

Value SinOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return math::SinOp::create(builder, location, elements[0]);
}

Value CosOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return math::CosOp::create(builder, location, elements[0]);
}

Value FloorOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return math::FloorOp::create(builder, location, elements[0]);
}

Value CeilOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return math::CeilOp::create(builder, location, elements[0]);
}

Value RoundOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return math::RoundEvenOp::create(builder, location, elements[0]);
}

/// "Ordered and not above zero" is false for NaN, which therefore passes.
Value ReluOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  Body body(builder, location);
  Value zero = body.like(elements[0], 0);
  return body.select(body.compare(CmpFPredicate::OLE, elements[0], zero), zero, elements[0]);
}

Value NotOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  Body body(builder, location);
  return body.make<arith::XOrIOp>(elements[0], body.like(elements[0], 1));
}

Value IsNanOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return Body(builder, location).compare(CmpFPredicate::UNO, elements[0], elements[0]);
}

//===--- casts ----------------------------------------------------------------------------------------------------===//

static Value castFloatToFloat(Body body, Value x, Type from, Type to) {
  unsigned fromBits = from.getIntOrFloatBitWidth(), toBits = to.getIntOrFloatBitWidth();
  if (fromBits < toBits)
    return body.make<arith::ExtFOp>(matchWidth(to, x.getType()), x);
  if (fromBits > toBits)
    return body.make<arith::TruncFOp>(matchWidth(to, x.getType()), x);
  if (from == to)
    return x;
  // f16 and bf16 convert through f32, which holds both.
  Type wide = matchWidth(Float32Type::get(to.getContext()), x.getType());
  return body.make<arith::TruncFOp>(matchWidth(to, x.getType()), body.make<arith::ExtFOp>(wide, x));
}

static Value castFloatToInteger(Body body, Value x, Type to) {
  if (to.isInteger(1))
    return body.compare(CmpFPredicate::UNE, x, body.like(x, 0));
  Type type = matchWidth(toBodyElement(to), x.getType());
  return to.isUnsignedInteger() ? body.make<arith::FPToUIOp>(type, x) : body.make<arith::FPToSIOp>(type, x);
}

static Value castIntegerToInteger(Body body, Value x, Type from, Type to) {
  if (to.isInteger(1))
    return body.compare(CmpIPredicate::ne, x, body.like(x, 0));
  unsigned fromBits = from.getIntOrFloatBitWidth(), toBits = to.getIntOrFloatBitWidth();
  Type type = matchWidth(toBodyElement(to), x.getType());
  if (fromBits > toBits)
    return body.make<arith::TruncIOp>(type, x);
  if (fromBits == toBits)
    return x;
  return isUnsigned(from) ? body.make<arith::ExtUIOp>(type, x) : body.make<arith::ExtSIOp>(type, x);
}

static Value castIntegerToFloat(Body body, Value x, Type from, Type to) {
  Type type = matchWidth(to, x.getType());
  return isUnsigned(from) ? body.make<arith::UIToFPOp>(type, x) : body.make<arith::SIToFPOp>(type, x);
}

Value CastOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  Body body(builder, location);
  Type from = elementOf(getOperand()), to = elementOf(getResult());
  if (from == to)
    return elements[0];
  if (isa<FloatType>(from))
    return isa<FloatType>(to) ? castFloatToFloat(body, elements[0], from, to)
                              : castFloatToInteger(body, elements[0], to);
  return isa<FloatType>(to) ? castIntegerToFloat(body, elements[0], from, to)
                            : castIntegerToInteger(body, elements[0], from, to);
}

Value StashOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return castFloatToFloat(Body(builder, location), elements[0], elementOf(getOperand()), elementOf(getResult()));
}

bool StashOp::mustBeStored() { return true; }

//===--- GELU -----------------------------------------------------------------------------------------------------===//

/// (1 + erf(x / sqrt(2))), twice the normal distribution function.
static Value buildOnePlusErf(Body body, Value x) {
  Value scaled = body.mul(x, body.like(x, 1.0 / std::numbers::sqrt2));
  return body.add(body.like(x, 1), body.make<math::ErfOp>(scaled));
}

static constexpr double tanhScale = std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
static constexpr double tanhCubic = 0.044715;

/// tanh(sqrt(2 / pi) * (x + 0.044715 x^3))
static Value buildInnerTanh(Body body, Value x) {
  Value cube = body.mul(body.mul(x, x), x);
  Value inner = body.add(x, body.mul(body.like(x, tanhCubic), cube));
  return body.make<math::TanhOp>(body.mul(body.like(x, tanhScale), inner));
}

Value GeluOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  Body body(builder, location);
  Value x = elements[0];
  Value half = body.mul(body.like(x, 0.5), x);
  if (getApproximation() == Approximation::None)
    return body.mul(half, buildOnePlusErf(body, x));
  return body.mul(half, body.add(body.like(x, 1), buildInnerTanh(body, x)));
}

/// Phi(x) + x * phi(x)
static Value buildErfDerivative(Body body, Value x) {
  Value cdf = body.mul(body.like(x, 0.5), buildOnePlusErf(body, x));
  Value exponent = body.mul(body.mul(x, x), body.like(x, -0.5));
  Value pdf = body.mul(body.exp(exponent), body.like(x, std::numbers::inv_sqrtpi / std::numbers::sqrt2));
  return body.add(cdf, body.mul(x, pdf));
}

/// With t the inner tanh: (1 + t) / 2 + x / 2 * (1 - t^2) * sqrt(2 / pi) * (1 + 3 * 0.044715 x^2)
static Value buildTanhDerivative(Body body, Value x) {
  Value one = body.like(x, 1), half = body.like(x, 0.5);
  Value tanh = buildInnerTanh(body, x);
  Value square = body.mul(body.like(x, 3 * tanhCubic), body.mul(x, x));
  Value innerDerivative = body.mul(body.like(x, tanhScale), body.add(one, square));
  Value tanhDerivative = body.sub(one, body.mul(tanh, tanh));
  Value left = body.mul(half, body.add(one, tanh));
  return body.add(left, body.mul(body.mul(body.mul(half, x), tanhDerivative), innerDerivative));
}

Value GeluBackwardOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  Body body(builder, location);
  Value derivative = getApproximation() == Approximation::None ? buildErfDerivative(body, elements[0])
                                                               : buildTanhDerivative(body, elements[0]);
  return body.mul(elements[1], derivative);
}

//===--- binary ops -----------------------------------------------------------------------------------------------===//

Value AddOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return buildNumeric<arith::AddFOp, arith::AddIOp>(Body(builder, location), elementOf(getResult()), elements);
}

Value SubOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return buildNumeric<arith::SubFOp, arith::SubIOp>(Body(builder, location), elementOf(getResult()), elements);
}

Value MulOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return buildNumeric<arith::MulFOp, arith::MulIOp>(Body(builder, location), elementOf(getResult()), elements);
}

/// Replaces the divisors for which x86 raises a trap, 0 and -1, by 1.
static Value makeDivisorSafe(Body body, Value y, Value isZero, Value isMinusOne) {
  return body.select(body.make<arith::OrIOp>(isZero, isMinusOne), body.like(y, 1), y);
}

/// Integer quotient that is 0 for a divisor of 0 and wraps for the smallest number over -1.
static Value buildSignedQuotient(Body body, Value x, Value y) {
  Value zero = body.like(y, 0);
  Value isZero = body.compare(CmpIPredicate::eq, y, zero);
  Value isMinusOne = body.compare(CmpIPredicate::eq, y, body.like(y, -1));
  Value quotient = body.make<arith::DivSIOp>(x, makeDivisorSafe(body, y, isZero, isMinusOne));
  Value negated = body.make<arith::SubIOp>(zero, x);
  return body.select(isZero, zero, body.select(isMinusOne, negated, quotient));
}

static Value buildUnsignedQuotient(Body body, Value x, Value y) {
  Value zero = body.like(y, 0);
  Value isZero = body.compare(CmpIPredicate::eq, y, zero);
  Value quotient = body.make<arith::DivUIOp>(x, body.select(isZero, body.like(y, 1), y));
  return body.select(isZero, zero, quotient);
}

Value DivOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  Body body(builder, location);
  if (isFloatTensor(getResult()))
    return body.div(elements[0], elements[1]);
  return isUnsigned(elementOf(getResult())) ? buildUnsignedQuotient(body, elements[0], elements[1])
                                            : buildSignedQuotient(body, elements[0], elements[1]);
}

/// Moves a remainder of the dividend's sign to the divisor's.
static Value moveToDivisorSign(Body body, Value remainder, Value y, bool isFloat) {
  Value zero = body.like(y, 0);
  auto isBelowZero = [&](Value value) {
    return isFloat ? body.compare(CmpFPredicate::OLT, value, zero) : body.compare(CmpIPredicate::slt, value, zero);
  };
  Value isNonZero =
      isFloat ? body.compare(CmpFPredicate::UNE, remainder, zero) : body.compare(CmpIPredicate::ne, remainder, zero);
  Value signsDiffer = body.make<arith::XOrIOp>(isBelowZero(remainder), isBelowZero(y));
  Value moved = isFloat ? body.add(remainder, y) : body.make<arith::AddIOp>(remainder, y);
  return body.select(body.make<arith::AndIOp>(isNonZero, signsDiffer), moved, remainder);
}

static Value buildIntegerRemainder(Body body, Value x, Value y, bool isUnsigned) {
  Value quotient = isUnsigned ? buildUnsignedQuotient(body, x, y) : buildSignedQuotient(body, x, y);
  Value remainder = body.make<arith::SubIOp>(x, body.make<arith::MulIOp>(quotient, y));
  Value zero = body.like(y, 0);
  return body.select(body.compare(CmpIPredicate::eq, y, zero), zero, remainder);
}

Value ModOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  Body body(builder, location);
  bool isFloat = isFloatTensor(getResult()), unsignedNumbers = isUnsigned(elementOf(getResult()));
  Value remainder = isFloat ? body.make<arith::RemFOp>(elements[0], elements[1])
                            : buildIntegerRemainder(body, elements[0], elements[1], unsignedNumbers);
  return getFmod() || unsignedNumbers ? remainder : moveToDivisorSign(body, remainder, elements[1], isFloat);
}

Value PowOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return math::PowFOp::create(builder, location, elements[0], elements[1]);
}

Value MaximumOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return buildExtremum(builder, location, elementOf(getResult()), /*larger=*/true, elements[0], elements[1]);
}

Value MinimumOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return buildExtremum(builder, location, elementOf(getResult()), /*larger=*/false, elements[0], elements[1]);
}

Value AndOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return arith::AndIOp::create(builder, location, elements[0], elements[1]);
}

Value OrOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return arith::OrIOp::create(builder, location, elements[0], elements[1]);
}

Value XorOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return arith::XOrIOp::create(builder, location, elements[0], elements[1]);
}

/// A NaN is unequal to everything and neither below nor above anything.
static CmpFPredicate getFloatPredicate(Predicate predicate) {
  switch (predicate) {
  case Predicate::Equal: return CmpFPredicate::OEQ;
  case Predicate::NotEqual: return CmpFPredicate::UNE;
  case Predicate::Less: return CmpFPredicate::OLT;
  case Predicate::LessOrEqual: return CmpFPredicate::OLE;
  case Predicate::Greater: return CmpFPredicate::OGT;
  case Predicate::GreaterOrEqual: return CmpFPredicate::OGE;
  }
  llvm_unreachable("no such predicate");
}

static CmpIPredicate getIntegerPredicate(Predicate predicate, bool isUnsigned) {
  switch (predicate) {
  case Predicate::Equal: return CmpIPredicate::eq;
  case Predicate::NotEqual: return CmpIPredicate::ne;
  case Predicate::Less: return isUnsigned ? CmpIPredicate::ult : CmpIPredicate::slt;
  case Predicate::LessOrEqual: return isUnsigned ? CmpIPredicate::ule : CmpIPredicate::sle;
  case Predicate::Greater: return isUnsigned ? CmpIPredicate::ugt : CmpIPredicate::sgt;
  case Predicate::GreaterOrEqual: return isUnsigned ? CmpIPredicate::uge : CmpIPredicate::sge;
  }
  llvm_unreachable("no such predicate");
}

Value CompareOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  Body body(builder, location);
  if (isFloatTensor(getLhs()))
    return body.compare(getFloatPredicate(getPredicate()), elements[0], elements[1]);
  bool unsignedNumbers = isUnsigned(elementOf(getLhs()));
  return body.compare(getIntegerPredicate(getPredicate(), unsignedNumbers), elements[0], elements[1]);
}

Value SelectOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return arith::SelectOp::create(builder, location, elements[0], elements[1], elements[2]);
}

Value FmaOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  return math::FmaOp::create(builder, location, elements[0], elements[1], elements[2]);
}
