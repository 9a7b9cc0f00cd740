// Composition of linear accesses.
#include "neap/passes/fuse/Access.h"

#include "neap/dialects/neap/HostTensor.h"

#include "mlir/IR/AffineExpr.h"

using namespace mlir;

namespace neap {

LinearForm LinearForm::loop(size_t loops, size_t index) {
  LinearForm form = zero(loops);
  form.coefficients[index] = 1;
  return form;
}

LinearForm operator+(const LinearForm &a, const LinearForm &b) {
  LinearForm sum = a;
  sum.constant += b.constant;
  for (auto [coefficient, other] : llvm::zip_equal(sum.coefficients, b.coefficients))
    coefficient += other;
  return sum;
}

LinearForm operator*(const LinearForm &form, int64_t factor) {
  LinearForm product = form;
  product.constant *= factor;
  for (int64_t &coefficient : product.coefficients)
    coefficient *= factor;
  return product;
}

Access identityAccess(ArrayRef<int64_t> loopSizes) {
  Access access;
  for (size_t i = 0; i < loopSizes.size(); ++i)
    access.push_back(loopSizes[i] == 1 ? LinearForm::zero(loopSizes.size()) : LinearForm::loop(loopSizes.size(), i));
  return access;
}

/// Splits a form into quotient * divisor + remainder with the remainder in [0, divisor) at every loop point.
static FailureOr<std::pair<LinearForm, LinearForm>> divide(const LinearForm &form, int64_t divisor,
                                                           ArrayRef<int64_t> loopSizes) {
  LinearForm quotient = LinearForm::zero(loopSizes.size()), remainder = quotient;
  int64_t constantRemainder = ((form.constant % divisor) + divisor) % divisor;
  quotient.constant = (form.constant - constantRemainder) / divisor;
  remainder.constant = constantRemainder;
  int64_t smallest = constantRemainder, largest = constantRemainder;
  for (auto [i, coefficient] : llvm::enumerate(form.coefficients)) {
    if (coefficient % divisor == 0) {
      quotient.coefficients[i] = coefficient / divisor;
      continue;
    }
    remainder.coefficients[i] = coefficient;
    (coefficient < 0 ? smallest : largest) += coefficient * (loopSizes[i] - 1);
  }
  if (smallest < 0 || largest >= divisor)
    return failure();
  return std::pair(quotient, remainder);
}

static FailureOr<LinearForm> composeExpression(AffineExpr expression, const Access &dimensions,
                                               ArrayRef<int64_t> loopSizes) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expression))
    return LinearForm{constant.getValue(), SmallVector<int64_t>(loopSizes.size(), 0)};
  if (auto dimension = dyn_cast<AffineDimExpr>(expression))
    return dimensions[dimension.getPosition()];
  auto binary = dyn_cast<AffineBinaryOpExpr>(expression);
  if (!binary)
    return failure();
  auto lhs = composeExpression(binary.getLHS(), dimensions, loopSizes);
  if (failed(lhs))
    return failure();
  if (binary.getKind() == AffineExprKind::Add) {
    auto rhs = composeExpression(binary.getRHS(), dimensions, loopSizes);
    return failed(rhs) ? rhs : FailureOr<LinearForm>(*lhs + *rhs);
  }
  auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS());
  if (!factor)
    return failure();
  if (binary.getKind() == AffineExprKind::Mul)
    return *lhs * factor.getValue();
  auto parts = divide(*lhs, factor.getValue(), loopSizes);
  if (failed(parts) || binary.getKind() == AffineExprKind::CeilDiv)
    return failure();
  return binary.getKind() == AffineExprKind::FloorDiv ? parts->first : parts->second;
}

FailureOr<Access> composeAccess(AffineMap map, const Access &result, ArrayRef<int64_t> loopSizes) {
  Access access;
  for (AffineExpr expression : map.getResults()) {
    auto form = composeExpression(expression, result, loopSizes);
    if (failed(form))
      return failure();
    access.push_back(*form);
  }
  return access;
}

LinearForm linearPosition(const Access &access, ArrayRef<int64_t> shape, size_t loops) {
  LinearForm position = LinearForm::zero(loops);
  for (auto [form, stride] : llvm::zip_equal(access, rowMajorStrides(shape)))
    position = position + form * stride;
  return position;
}

FailureOr<Access> reshapeAccess(const Access &access, ArrayRef<int64_t> from, ArrayRef<int64_t> to,
                                ArrayRef<int64_t> loopSizes) {
  LinearForm rest = linearPosition(access, from, loopSizes.size());
  Access result;
  for (int64_t stride : rowMajorStrides(to)) {
    auto parts = divide(rest, stride, loopSizes);
    if (failed(parts))
      return failure();
    result.push_back(parts->first);
    rest = parts->second;
  }
  return result;
}

bool isBijective(const Access &access, ArrayRef<int64_t> shape, ArrayRef<int64_t> loopSizes) {
  LinearForm position = linearPosition(access, shape, loopSizes.size());
  SmallVector<std::pair<int64_t, int64_t>> strides;
  for (auto [coefficient, size] : llvm::zip_equal(position.coefficients, loopSizes)) {
    if (coefficient < 0)
      return false;
    if (coefficient > 0 && size > 1)
      strides.push_back({coefficient, size});
  }
  llvm::sort(strides);
  int64_t covered = 1;
  for (auto [stride, size] : strides) {
    if (stride != covered)
      return false;
    covered *= size;
  }
  return position.constant == 0 && covered == ShapedType::getNumElements(shape);
}

} // namespace neap
