// sin, cos, powf, remf, and rounding to bf16, in arithmetic. What decides whether such a function is exact is never its
// polynomial but what comes before: the distance to a multiple of pi/2, the product of exponent and logarithm, a remainder of
// numbers far apart. These are computed in double, which holds every fp32 number and the products of two exactly.
//
// All coefficients are interpolations at Chebyshev nodes, computed with 60 digits.
#include "neap/passes/lower/MathFunctions.h"

#include "neap/dialects/neap/Body.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/TypeUtilities.h"

#include <numbers>

using namespace mlir;
using arith::CmpFPredicate;

namespace neap::lower {
namespace {

/// Writes functions of fp32 numbers, or of vectors of them as wide as `like`.
class FunctionWriter {
public:
  FunctionWriter(OpBuilder &builder, Location location, Value like)
      : builder(builder), location(location), body(builder, location), single(like.getType()),
        wide(matchWidth(builder.getF64Type(), like.getType())), bits(matchWidth(builder.getI64Type(), like.getType())),
        words(matchWidth(builder.getI32Type(), like.getType())) {}

  Value sine(Value x);
  Value cosine(Value x);
  Value power(Value x, Value y);
  Value remainder(Value x, Value y);
  Value roundToBf16(Value x);

private:
  /// x = (quarters + fraction) * pi / 2 with |fraction| <= 1/2, quarters reduced by some multiple of 4.
  struct QuarterTurns {
    Value quarters, fraction;
  };
  QuarterTurns reduce(Value x);
  Value sineOfQuarters(Value quarters, Value fraction);
  Value log2(Value x);
  Value exp2(Value x);
  Value exponentOf(Value number);
  Value isOdd(Value x);

  /// sum of coefficients[i] * x^i
  Value polynomial(Value x, ArrayRef<double> coefficients) {
    Value sum = body.like(x, coefficients.back());
    for (double coefficient : llvm::reverse(coefficients.drop_back()))
      sum = fma(sum, x, body.like(x, coefficient));
    return sum;
  }
  /// What a magnitude picks: a value for every limit that it reaches, the last one that it does counts.
  Value pick(Value magnitude, double below, ArrayRef<std::pair<double, double>> fromLimit) {
    Value picked = body.like(magnitude, below);
    for (auto [limit, value] : fromLimit)
      picked = body.select(body.compare(CmpFPredicate::OGE, magnitude, body.like(magnitude, limit)),
                           body.like(magnitude, value), picked);
    return picked;
  }

  Value fma(Value a, Value b, Value c) { return body.make<math::FmaOp>(a, b, c); }
  Value widen(Value x) { return body.make<arith::ExtFOp>(wide, x); }
  Value round(Value x) { return body.make<arith::TruncFOp>(single, x); }
  Value abs(Value x) { return body.make<math::AbsFOp>(x); }
  Value negate(Value x) { return body.make<arith::NegFOp>(x); }
  Value nearest(Value x) { return body.make<math::RoundEvenOp>(x); }
  Value both(Value a, Value b) { return body.make<arith::AndIOp>(a, b); }
  Value either(Value a, Value b) { return body.make<arith::OrIOp>(a, b); }
  Value toBits(Value x) { return body.make<arith::BitcastOp>(bits, x); }
  Value fromBits(Value x) { return body.make<arith::BitcastOp>(wide, x); }

  OpBuilder &builder;
  Location location;
  Body body;
  /// fp32, double, and integers of 64 and 32 bits.
  Type single, wide, bits, words;
};

//===--- sine and cosine ------------------------------------------------------------------------------------------===//

/// Multiplies by 2 / pi and takes the nearest integer away. Three doubles hold the factor to 160 bits, and a fused multiply-add
/// that cancels is exact, so nothing is lost to cancellation. From 2^50 on an fp32 number is a multiple of 2^26: it is divided
/// by that and the factor multiplied, of which multiples of 4 may be left out. And so on, up to 2^128.
FunctionWriter::QuarterTurns FunctionWriter::reduce(Value x) {
  Value number = widen(x), magnitude = abs(number);
  Value scale = pick(magnitude, 1, {{0x1p50, 0x1p-26}, {0x1p76, 0x1p-52}, {0x1p102, 0x1p-78}});
  Value high = pick(magnitude, 0x1.45f306dc9c883p-1,
                    {{0x1p50, 0x1.b9391054a7f0ap+0}, {0x1p76, 0x1.529fc2757d1f5p+0}, {0x1p102, 0x1.d5f47d4d37703p+0}});
  Value middle =
      pick(magnitude, -0x1.6b01ec5417056p-55,
           {{0x1p50, -0x1.505c1596447e5p-55}, {0x1p76, 0x1.a6ee06db14acdp-55}, {0x1p102, 0x1.b6295993c4390p-54}});
  Value low =
      pick(magnitude, -0x1.6447e493ad4cep-109,
           {{0x1p50, 0x1.b14acc9e21c82p-109}, {0x1p76, -0x1.8778df7c035d4p-109}, {0x1p102, 0x1.07f9458eaf7afp-108}});
  Value scaled = body.mul(number, scale);
  Value quarters = nearest(body.mul(scaled, high));
  Value fraction = fma(scaled, high, negate(quarters));
  fraction = fma(scaled, low, fma(scaled, middle, fraction));
  // The product of a large number was rounded, so its nearest integer may be the next but one.
  Value missed = nearest(fraction);
  return {body.add(quarters, missed), body.sub(fraction, missed)};
}

/// Whether a number is an odd integer.
Value FunctionWriter::isOdd(Value x) {
  Value half = body.mul(x, body.like(x, 0.5));
  Value isInteger = body.compare(CmpFPredicate::OEQ, body.make<math::FloorOp>(x), x);
  return both(isInteger, body.compare(CmpFPredicate::UNE, body.make<math::FloorOp>(half), half));
}

/// The sine of (quarters + fraction) * pi / 2: plus or minus the sine or the cosine of the fraction.
Value FunctionWriter::sineOfQuarters(Value quarters, Value fraction) {
  Value exact = body.mul(fraction, body.like(fraction, std::numbers::pi / 2));
  Value angle = round(exact), rest = round(body.sub(exact, widen(angle)));
  Value square = body.mul(angle, angle);
  Value odd = body.mul(body.mul(angle, square),
                       polynomial(square, {-0.166666666636, 0.00833333178522, -0.000198400388726, 2.72437814095e-6}));
  Value sine = body.add(angle, body.add(odd, rest));
  Value cosine = polynomial(square, {1, -0.5, 0.0416666645363, -0.00138882793306, 2.45428711109e-5});
  Value value = body.select(isOdd(quarters), cosine, sine);
  Value halves = body.make<math::FloorOp>(body.mul(quarters, body.like(quarters, 0.5)));
  return body.select(isOdd(halves), negate(value), value);
}

Value FunctionWriter::sine(Value x) {
  auto [quarters, fraction] = reduce(x);
  Value value = sineOfQuarters(quarters, fraction);
  // Exact enough as it is, and the sign of zero survives.
  return body.select(body.compare(CmpFPredicate::OLT, abs(x), body.like(x, 0x1p-12)), x, value);
}

Value FunctionWriter::cosine(Value x) {
  auto [quarters, fraction] = reduce(x);
  return sineOfQuarters(body.add(quarters, body.like(quarters, 1)), fraction);
}

//===--- powers ---------------------------------------------------------------------------------------------------===//

/// The exponent of a positive normal double whose significand is taken from [sqrt(1/2), sqrt(2)), as a 64-bit integer.
Value FunctionWriter::exponentOf(Value number) {
  Value distance = body.make<arith::SubIOp>(toBits(number), toBits(body.like(number, std::numbers::sqrt2 / 2)));
  return body.make<arith::ShRSIOp>(distance, body.number(bits, 52));
}

/// Of a non-negative fp32 number that was widened, so that it is normal: with s = (m - 1) / (m + 1) for its significand m, the
/// logarithm of m is an odd series in s. 0 and infinity give what they should.
Value FunctionWriter::log2(Value x) {
  Value exponent = exponentOf(x);
  Value shifted = body.make<arith::ShLIOp>(exponent, body.number(bits, 52));
  Value significand = fromBits(body.make<arith::SubIOp>(toBits(x), shifted));
  Value one = body.like(x, 1);
  Value s = body.div(body.sub(significand, one), body.add(significand, one));
  Value series = polynomial(body.mul(s, s), {2.8853900817779268115, 0.96179669392598973881, 0.57707801634551408177,
                                             0.41219858584229418696, 0.32059853476504814154, 0.26233436060329547249,
                                             0.22091286734180157085, 0.21366122502798327273});
  Value whole = body.make<arith::SIToFPOp>(wide, body.make<arith::TruncIOp>(words, exponent));
  Value value = fma(s, series, whole);
  Value isZero = body.compare(CmpFPredicate::OEQ, x, body.like(x, 0));
  value = body.select(isZero, body.like(x, -std::numeric_limits<double>::infinity()), value);
  Value isFinite = body.compare(CmpFPredicate::OLT, x, body.like(x, std::numeric_limits<double>::infinity()));
  return body.select(isFinite, value, x); // NaN stays NaN
}

/// Beyond fp32's range on either side the limits do; rounding then makes 0 or infinity of it. NaN becomes some number.
Value FunctionWriter::exp2(Value x) {
  Value low = body.like(x, -200), high = body.like(x, 200);
  Value bounded = body.select(body.compare(CmpFPredicate::OGT, x, low), x, low);
  bounded = body.select(body.compare(CmpFPredicate::OLT, bounded, high), bounded, high);
  Value whole = nearest(bounded);
  Value series =
      polynomial(body.sub(bounded, whole), {0.99999999995956175074, 0.69314718055683241353, 0.24022651213498092661,
                                            0.055504109063258666119, 0.0096180256133180342494, 0.0013333478473685415281,
                                            0.00015469729214118297093, 0.000015303700711365693939});
  Value exponent = body.make<arith::ExtSIOp>(bits, body.make<arith::FPToSIOp>(words, whole));
  exponent = body.make<arith::ShLIOp>(exponent, body.number(bits, 52));
  Value scale = fromBits(body.make<arith::AddIOp>(exponent, toBits(body.like(x, 1))));
  return body.mul(series, scale);
}

/// 2^(y log2 |x|) with the sign and the exceptions of C's powf.
Value FunctionWriter::power(Value x, Value y) {
  Value zero = body.like(x, 0), one = body.like(x, 1), magnitude = abs(x);
  Value exponent = body.mul(widen(y), log2(widen(magnitude)));
  // x^0 and 1^y are 1 for all x and y, NaN and infinity included; (-1)^infinity is, too.
  Value isOne = either(body.compare(CmpFPredicate::OEQ, y, zero), body.compare(CmpFPredicate::OEQ, magnitude, one));
  exponent = body.select(isOne, body.like(exponent, 0), exponent);
  Value value = round(exp2(exponent));
  Value signOfX = body.make<math::CopySignOp>(value, x);
  value = body.select(isOdd(y), signOfX, value);
  // A root of a negative number. Minus infinity has one, by C's rules.
  Value isNegative = both(body.compare(CmpFPredicate::OLT, x, zero),
                          body.compare(CmpFPredicate::OGT, x, body.like(x, -std::numeric_limits<double>::infinity())));
  Value isNoInteger = body.compare(CmpFPredicate::UNE, body.make<math::FloorOp>(y), y);
  Value isInvalid = either(both(isNegative, isNoInteger), body.compare(CmpFPredicate::UNO, exponent, exponent));
  return body.select(isInvalid, body.like(x, std::numeric_limits<double>::quiet_NaN()), value);
}

//===--- remainders -----------------------------------------------------------------------------------------------===//

/// Long division: |x| modulo |y| 2^260, |y| 2^208, ..., |y|. Every quotient is below 2^52 and its product with the divisor is
/// taken away exactly.
Value FunctionWriter::remainder(Value x, Value y) {
  Value divisor = widen(abs(y)), zero = body.like(divisor, 0);
  auto index = [&](int64_t value) { return arith::ConstantIndexOp::create(builder, location, value); };
  auto step = [&](OpBuilder &inner, Location, Value, ValueRange carried) {
    FunctionWriter writer(inner, location, x);
    Body &code = writer.body;
    Value rest = carried[0], scaled = carried[1];
    Value quotient = code.make<math::FloorOp>(code.div(rest, scaled));
    rest = writer.fma(writer.negate(quotient), scaled, rest);
    // The division rounds, so a quotient just below an integer may have become that integer.
    rest = code.select(code.compare(CmpFPredicate::OLT, rest, zero), code.add(rest, scaled), rest);
    scf::YieldOp::create(inner, location, ValueRange{rest, code.mul(scaled, code.like(scaled, 0x1p-52))});
  };
  Value largest = body.mul(divisor, body.like(divisor, 0x1p260));
  auto loop =
      scf::ForOp::create(builder, location, index(0), index(6), index(1), ValueRange{widen(abs(x)), largest}, step);
  Value value = body.make<math::CopySignOp>(round(loop.getResult(0)), x);
  // Any finite number is its own remainder by infinity; the loop would give NaN, as it does for infinite x and y = 0.
  Value infinity = body.like(x, std::numeric_limits<double>::infinity());
  Value isItself =
      both(body.compare(CmpFPredicate::OEQ, abs(y), infinity), body.compare(CmpFPredicate::OLT, abs(x), infinity));
  return body.select(isItself, x, value);
}

//===--- bf16 -----------------------------------------------------------------------------------------------------===//

/// To nearest, ties to even: half of the last bit that stays, less one, and that bit itself, are added to what goes. A NaN is
/// replaced before, in 32 bits: a choice between 16-bit words would leave LLVM with pairs, for CUDA, of which one word is
/// nothing.
Value FunctionWriter::roundToBf16(Value x) {
  Value number = body.make<arith::BitcastOp>(words, x), sixteen = body.like(number, 16);
  number = body.select(body.compare(CmpFPredicate::UNO, x, x), body.like(number, 0x7fc00000), number);
  Value last = body.make<arith::AndIOp>(body.make<arith::ShRUIOp>(number, sixteen), body.like(number, 1));
  Value rounded = body.make<arith::AddIOp>(number, body.make<arith::AddIOp>(last, body.like(number, 0x7fff)));
  Value half = body.make<arith::TruncIOp>(matchWidth(builder.getI16Type(), x.getType()),
                                          body.make<arith::ShRUIOp>(rounded, sixteen));
  return body.make<arith::BitcastOp>(matchWidth(builder.getBF16Type(), x.getType()), half);
}

//===--- patterns -------------------------------------------------------------------------------------------------===//

template <typename OpTy, Value (FunctionWriter::*write)(Value)> struct RewriteUnary : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    if (!getElementTypeOrSelf(op.getType()).isF32())
      return rewriter.notifyMatchFailure(op, "is not fp32");
    FunctionWriter writer(rewriter, op.getLoc(), op.getOperand());
    rewriter.replaceOp(op, (writer.*write)(op.getOperand()));
    return success();
  }
};

template <typename OpTy, Value (FunctionWriter::*write)(Value, Value)> struct RewriteBinary : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    if (!getElementTypeOrSelf(op.getType()).isF32())
      return rewriter.notifyMatchFailure(op, "is not fp32");
    FunctionWriter writer(rewriter, op.getLoc(), op.getLhs());
    rewriter.replaceOp(op, (writer.*write)(op.getLhs(), op.getRhs()));
    return success();
  }
};

struct RewriteRounding : OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::TruncFOp op, PatternRewriter &rewriter) const override {
    bool isKnown = getElementTypeOrSelf(op.getIn().getType()).isF32() && getElementTypeOrSelf(op.getType()).isBF16();
    if (!isKnown || op.getRoundingmode())
      return rewriter.notifyMatchFailure(op, "is not from fp32 to the nearest bf16");
    FunctionWriter writer(rewriter, op.getLoc(), op.getIn());
    rewriter.replaceOp(op, writer.roundToBf16(op.getIn()));
    return success();
  }
};

} // namespace

void populateMathFunctionPatterns(RewritePatternSet &patterns) {
  patterns.add<RewriteUnary<math::SinOp, &FunctionWriter::sine>, RewriteUnary<math::CosOp, &FunctionWriter::cosine>,
               RewriteBinary<math::PowFOp, &FunctionWriter::power>,
               RewriteBinary<arith::RemFOp, &FunctionWriter::remainder>>(patterns.getContext());
  patterns.add<RewriteRounding>(patterns.getContext(), /*benefit=*/2); // upstream has a pattern too
}

} // namespace neap::lower
