// Conversions between constants and host tensors, and index arithmetic on dense shapes.
#include "neap/dialects/neap/HostTensor.h"

#include "neap/dialects/TensorLimits.h"

#include "llvm/ADT/APFloat.h"

using namespace mlir;

namespace neap {

HostTensor HostTensor::zeros(RankedTensorType type) {
  HostTensor tensor{type, {}, {}};
  if (tensor.isFloat())
    tensor.floats.assign(type.getNumElements(), 0.0);
  else
    tensor.integers.assign(type.getNumElements(), 0);
  return tensor;
}

static double toDouble(APFloat value) {
  bool losesInfo = false;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
  return value.convertToDouble();
}

static int64_t toInteger(const APInt &value, Type type) {
  return value.getBitWidth() == 1 || type.isUnsignedInteger() ? static_cast<int64_t>(value.getZExtValue())
                                                              : value.getSExtValue();
}

std::optional<HostTensor> HostTensor::fromAttribute(ElementsAttr attribute) {
  auto type = dyn_cast_or_null<RankedTensorType>(attribute ? attribute.getShapedType() : ShapedType());
  if (!type || !type.hasStaticShape() || !type.getElementType().isIntOrFloat())
    return std::nullopt;
  if (attribute.isSplat() && (!isWithinLimits(type.getShape()) || type.getNumElements() > maxHostElements))
    return std::nullopt;
  HostTensor tensor{type, {}, {}};
  if (tensor.isFloat()) {
    auto values = attribute.tryGetValues<APFloat>();
    if (!values)
      return std::nullopt;
    for (const APFloat &value : *values)
      tensor.floats.push_back(toDouble(value));
  } else {
    auto values = attribute.tryGetValues<APInt>();
    if (!values)
      return std::nullopt;
    for (const APInt &value : *values)
      tensor.integers.push_back(toInteger(value, type.getElementType()));
  }
  return tensor;
}

static APFloat roundTo(double value, FloatType type) {
  APFloat rounded(value);
  bool losesInfo = false;
  rounded.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven, &losesInfo);
  return rounded;
}

static APInt wrapTo(int64_t value, Type type) {
  return APInt(64, static_cast<uint64_t>(value)).trunc(type.getIntOrFloatBitWidth());
}

DenseElementsAttr HostTensor::toAttribute() const {
  if (auto floatType = dyn_cast<FloatType>(type.getElementType())) {
    auto values = llvm::map_to_vector(floats, [&](double value) { return roundTo(value, floatType); });
    return DenseElementsAttr::get(type, values);
  }
  auto values = llvm::map_to_vector(integers, [&](int64_t value) { return wrapTo(value, type.getElementType()); });
  return DenseElementsAttr::get(type, values);
}

void HostTensor::round() {
  if (auto floatType = dyn_cast<FloatType>(type.getElementType()))
    for (double &value : floats)
      value = toDouble(roundTo(value, floatType));
  else
    for (int64_t &value : integers)
      value = toInteger(wrapTo(value, type.getElementType()), type.getElementType());
}

SmallVector<int64_t> rowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  return strides;
}

void forEachIndex(ArrayRef<int64_t> shape, function_ref<void(ArrayRef<int64_t>)> visit) {
  if (llvm::is_contained(shape, 0))
    return;
  SmallVector<int64_t> index(shape.size(), 0);
  while (true) {
    visit(index);
    size_t dimension = shape.size();
    while (dimension > 0 && ++index[dimension - 1] == shape[dimension - 1])
      index[--dimension] = 0;
    if (dimension == 0)
      return;
  }
}

int64_t linearize(ArrayRef<int64_t> indices, ArrayRef<int64_t> strides) {
  int64_t position = 0;
  for (auto [index, stride] : llvm::zip_equal(indices, strides))
    position += index * stride;
  return position;
}

} // namespace neap
