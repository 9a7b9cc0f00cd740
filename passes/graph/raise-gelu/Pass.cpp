// neap-raise-gelu. See Pass.td.
//   1. find 1 + erf(...) or 1 + tanh(...) among the factors of a product
//   2. guess x from its argument, and check the argument against the formula for that x
//   3. check that the rest of the product is x / 2
#include "neap/passes/graph/Passes.h"

#include "neap/dialects/neap/TensorBuilder.h"

#include "mlir/IR/Remarks.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>
#include <numbers>

namespace neap {
#define GEN_PASS_DEF_RAISEGELU
#include "neap/passes/graph/Graph.h.inc"
} // namespace neap

using namespace mlir;
using namespace neap;

namespace {

constexpr double tanhScale = std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
constexpr double tanhCubic = 0.044715;

bool isNear(double x, double expected) { return std::abs(x - expected) <= 1e-6 * std::abs(expected); }

/// A product taken apart: constants multiplied into one, powers of x counted, everything else.
struct Product {
  double coefficient = 1.0;
  unsigned powerOfX = 0;
  SmallVector<Value> factors;
};

/// Takes a product apart. What is x is a factor of its own, whatever it was computed from; x may be null.
void takeApart(Value value, Value x, Product &product) {
  if (value == x) {
    ++product.powerOfX;
  } else if (auto constant = getSplatNumber(value)) {
    product.coefficient *= *constant;
  } else if (auto mul = value.getDefiningOp<MulOp>()) {
    takeApart(mul.getLhs(), x, product);
    takeApart(mul.getRhs(), x, product);
  } else if (auto div = value.getDefiningOp<DivOp>(); div && getSplatNumber(div.getRhs())) {
    product.coefficient /= *getSplatNumber(div.getRhs());
    takeApart(div.getLhs(), x, product);
  } else if (auto pow = value.getDefiningOp<PowOp>();
             pow && x && pow.getLhs() == x && getSplatNumber(pow.getRhs()) == 3.0) {
    product.powerOfX += 3;
  } else {
    product.factors.push_back(value);
  }
}

/// Whether a value is coefficient * x^power.
bool isMonomial(Value value, Value x, double coefficient, unsigned power) {
  Product product;
  takeApart(value, x, product);
  return product.factors.empty() && product.powerOfX == power && isNear(product.coefficient, coefficient);
}

/// The other addend of a sum with this constant; null if the value is none.
Value getAddend(Value value, double constant) {
  auto sum = value.getDefiningOp<AddOp>();
  if (!sum)
    return {};
  if (getSplatNumber(sum.getLhs()) == constant)
    return sum.getRhs();
  return getSplatNumber(sum.getRhs()) == constant ? sum.getLhs() : Value();
}

//===--- the erf form ---------------------------------------------------------------------------------------------===//

/// What a value is a constant times of, without taking it apart further.
Value skipConstantFactor(Value value) {
  if (auto mul = value.getDefiningOp<MulOp>())
    return getSplatNumber(mul.getRhs()) ? mul.getLhs() : getSplatNumber(mul.getLhs()) ? mul.getRhs() : Value();
  auto div = value.getDefiningOp<DivOp>();
  return div && getSplatNumber(div.getRhs()) ? div.getLhs() : Value();
}

/// x of x / sqrt(2).
Value matchErfArgument(Value argument) {
  Value x = skipConstantFactor(argument);
  return x && isMonomial(argument, x, 1.0 / std::numbers::sqrt2, 1) ? x : Value();
}

//===--- the tanh form --------------------------------------------------------------------------------------------===//

/// x of scale * (x + 0.044715 x^3).
Value matchCubicSum(const Product &product) {
  if (!isNear(product.coefficient, tanhScale) || product.factors.size() != 1)
    return {};
  auto sum = product.factors[0].getDefiningOp<AddOp>();
  if (!sum)
    return {};
  for (auto [x, cube] : {std::pair{sum.getLhs(), sum.getRhs()}, std::pair{sum.getRhs(), sum.getLhs()}})
    if (isMonomial(cube, x, tanhCubic, 3))
      return x;
  return {};
}

/// x of scale * x * (1 + 0.044715 x^2), where `argument` is that product.
Value matchFactoredCubic(Value argument, const Product &product) {
  for (Value factor : product.factors) {
    Value square = getAddend(factor, 1.0);
    for (Value x : product.factors) {
      if (!square || x == factor || !isMonomial(square, x, tanhCubic, 2))
        continue;
      Product rest;
      takeApart(argument, x, rest);
      if (rest.powerOfX == 1 && rest.factors.size() == 1 && isNear(rest.coefficient, tanhScale))
        return x;
    }
  }
  return {};
}

Value matchTanhArgument(Value argument) {
  Product product;
  takeApart(argument, {}, product);
  if (Value x = matchCubicSum(product))
    return x;
  return matchFactoredCubic(argument, product);
}

//===--- the product ----------------------------------------------------------------------------------------------===//

struct Match {
  Value x;
  Approximation approximation;
};

/// x of 1 + erf(...) or 1 + tanh(...).
std::optional<Match> matchShiftedBell(Value value) {
  Value bell = getAddend(value, 1.0);
  if (!bell)
    return std::nullopt;
  if (auto erf = bell.getDefiningOp<ErfOp>())
    if (Value x = matchErfArgument(erf.getOperand()))
      return Match{x, Approximation::None};
  if (auto tanh = bell.getDefiningOp<TanhOp>())
    if (Value x = matchTanhArgument(tanh.getOperand()))
      return Match{x, Approximation::Tanh};
  return std::nullopt;
}

/// GELU whose last multiplication this is.
std::optional<Match> matchGelu(MulOp op) {
  Product factors;
  takeApart(op.getResult(), {}, factors);
  for (Value bell : factors.factors) {
    auto match = matchShiftedBell(bell);
    if (!match)
      continue;
    Product rest;
    takeApart(op.getResult(), match->x, rest);
    if (rest.powerOfX == 1 && isNear(rest.coefficient, 0.5) && rest.factors.size() == 1 && rest.factors[0] == bell)
      return match;
  }
  return std::nullopt;
}

struct RaiseProduct : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    auto match = matchGelu(op);
    if (!match)
      return rewriter.notifyMatchFailure(op, "not x / 2 * (1 + erf or tanh of x)");
    remark::passed(op.getLoc(), remark::RemarkOpts::name("RaiseGelu").category("raise-gelu"))
        << (match->approximation == Approximation::Tanh ? "written-out GELU of the tanh form becomes neap.gelu"
                                                        : "written-out GELU of the erf form becomes neap.gelu");
    rewriter.replaceOpWithNewOp<GeluOp>(op, match->x, match->approximation);
    return success();
  }
};

struct RaiseGelu : neap::impl::RaiseGeluBase<RaiseGelu> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<RaiseProduct>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
