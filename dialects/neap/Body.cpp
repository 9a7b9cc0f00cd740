// Types and constants of loop bodies.
#include "neap/dialects/neap/Body.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace neap {

Type toBodyElement(Type element) {
  auto integer = dyn_cast<IntegerType>(element);
  return integer ? IntegerType::get(integer.getContext(), integer.getWidth()) : element;
}

Type matchWidth(Type element, Type like) {
  auto vector = dyn_cast<VectorType>(like);
  return vector ? vector.clone(element) : element;
}

bool isUnsigned(Type element) { return element.isUnsignedInteger() || element.isInteger(1); }

static TypedAttr getNumber(Type element, double value) {
  if (auto type = dyn_cast<FloatType>(element))
    return FloatAttr::get(type, value);
  return IntegerAttr::get(element, static_cast<int64_t>(value));
}

Value Body::number(Type type, double value) {
  TypedAttr attribute = getNumber(getElementTypeOrSelf(type), value);
  if (auto vector = dyn_cast<VectorType>(type))
    attribute = DenseElementsAttr::get(vector, Attribute(attribute));
  return make<arith::ConstantOp>(attribute);
}

Value buildExtremum(OpBuilder &builder, Location location, Type element, bool larger, Value x, Value y) {
  Body body(builder, location);
  if (isa<FloatType>(element))
    return larger ? body.make<arith::MaximumFOp>(x, y) : body.make<arith::MinimumFOp>(x, y);
  if (isUnsigned(element))
    return larger ? body.make<arith::MaxUIOp>(x, y) : body.make<arith::MinUIOp>(x, y);
  return larger ? body.make<arith::MaxSIOp>(x, y) : body.make<arith::MinSIOp>(x, y);
}

} // namespace neap
