// Constants and shape changes of the tensor writer.
#include "neap/dialects/neap/TensorBuilder.h"

using namespace mlir;

namespace neap {

ArrayRef<int64_t> shapeOf(Value value) { return cast<RankedTensorType>(value.getType()).getShape(); }

Type elementOf(Value value) { return cast<RankedTensorType>(value.getType()).getElementType(); }

bool isFloatTensor(Value value) { return isa<FloatType>(elementOf(value)); }

std::optional<double> getSplatNumber(Value value) {
  SplatElementsAttr splat;
  if (!matchPattern(value, m_Constant(&splat)) || !isa<FloatType>(splat.getElementType()))
    return std::nullopt;
  APFloat number = splat.getSplatValue<APFloat>();
  bool losesInfo = false;
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
  return number.convertToDouble();
}

static Attribute getNumber(Type element, double value) {
  if (auto type = dyn_cast<FloatType>(element))
    return FloatAttr::get(type, value);
  return IntegerAttr::get(
      element, APInt(64, static_cast<int64_t>(value), /*isSigned=*/true).sextOrTrunc(element.getIntOrFloatBitWidth()));
}

Value TensorBuilder::splat(RankedTensorType type, double value) {
  return ConstantOp::create(builder, location, DenseElementsAttr::get(type, getNumber(type.getElementType(), value)));
}

Value TensorBuilder::splatLike(Value value, double number) {
  return splat(cast<RankedTensorType>(value.getType()), number);
}

Value TensorBuilder::cast(Value x, Type element) { return make<CastOp>(RankedTensorType::get(shapeOf(x), element), x); }

Value TensorBuilder::reshape(Value x, ArrayRef<int64_t> shape) {
  return make<ReshapeOp>(RankedTensorType::get(shape, elementOf(x)), x);
}

Value TensorBuilder::broadcast(Value x, ArrayRef<int64_t> shape) {
  return make<BroadcastOp>(RankedTensorType::get(shape, elementOf(x)), x);
}

Value TensorBuilder::transposeMatrix(Value x) {
  auto permutation = llvm::to_vector(llvm::seq<int64_t>(0, shapeOf(x).size()));
  std::swap(permutation[permutation.size() - 2], permutation.back());
  return transpose(x, permutation);
}

Value TensorBuilder::spread(Value reduced, ArrayRef<int64_t> axes, ArrayRef<int64_t> shape) {
  SmallVector<int64_t> kept(shape);
  for (int64_t axis : axes)
    kept[axis] = 1;
  return broadcast(reshape(reduced, kept), shape);
}

} // namespace neap
