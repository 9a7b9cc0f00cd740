// See TensorBuilder.h.
#include "neap/passes/support/TensorBuilder.h"

using namespace mlir;
using namespace neap;

RankedTensorType neap::tensorType(Value value) { return cast<RankedTensorType>(value.getType()); }
ArrayRef<int64_t> neap::shapeOf(Value value) { return tensorType(value).getShape(); }
int64_t neap::rankOf(Value value) { return tensorType(value).getRank(); }
Type neap::elementTypeOf(Value value) { return tensorType(value).getElementType(); }

std::optional<SmallVector<int64_t>> neap::broadcastShapes(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  if (a.size() < b.size())
    std::swap(a, b);
  SmallVector<int64_t> shape(a);
  size_t offset = a.size() - b.size();
  for (auto [i, size] : llvm::enumerate(b)) {
    int64_t &joined = shape[offset + i];
    if (joined == 1)
      joined = size;
    else if (size != 1 && size != joined)
      return std::nullopt;
  }
  return shape;
}

std::optional<HostTensor> neap::getConstant(Value value) {
  ElementsAttr elements;
  if (!value || !matchPattern(value, m_Constant(&elements)))
    return std::nullopt;
  return HostTensor::fromAttribute(elements);
}

Value TensorBuilder::constant(ElementsAttr value) const { return ConstantOp::create(builder, location, value); }

Value TensorBuilder::splat(RankedTensorType type, double value) const {
  Type element = type.getElementType();
  Attribute attribute = isa<FloatType>(element) ? Attribute(builder.getFloatAttr(element, value))
                                                : builder.getIntegerAttr(element, static_cast<int64_t>(value));
  return constant(DenseElementsAttr::get(type, attribute));
}

Value TensorBuilder::integers(ArrayRef<int64_t> values) const {
  auto type = RankedTensorType::get({static_cast<int64_t>(values.size())}, builder.getI64Type());
  return constant(DenseElementsAttr::get(type, values));
}

Value TensorBuilder::reshape(Value value, ArrayRef<int64_t> shape) const {
  return shape == shapeOf(value) ? value : make<ReshapeOp>(tensorType(value).clone(shape), value);
}

Value TensorBuilder::broadcast(Value value, ArrayRef<int64_t> shape) const {
  return shape == shapeOf(value) ? value : make<BroadcastOp>(tensorType(value).clone(shape), value);
}

Value TensorBuilder::transpose(Value value, ArrayRef<int64_t> permutation) const {
  return llvm::is_sorted(permutation) ? value : make<TransposeOp>(value, permutation);
}

Value TensorBuilder::cast(Value value, Type elementType) const {
  return elementType == elementTypeOf(value) ? value : make<CastOp>(tensorType(value).clone(elementType), value);
}

Value TensorBuilder::moveDimension(Value value, int64_t from, int64_t to) const {
  auto permutation = llvm::to_vector(llvm::seq<int64_t>(0, rankOf(value)));
  permutation.erase(permutation.begin() + from);
  permutation.insert(permutation.begin() + to, from);
  return transpose(value, permutation);
}

Value TensorBuilder::sliceDimension(Value value, int64_t dimension, int64_t start, int64_t size) const {
  SmallVector<int64_t> starts(rankOf(value), 0), sizes(shapeOf(value)), strides(rankOf(value), 1);
  starts[dimension] = start;
  sizes[dimension] = size;
  return sizes == shapeOf(value) ? value : make<SliceOp>(value, starts, sizes, strides);
}

Value TensorBuilder::collapseToRows(Value value) const {
  ArrayRef<int64_t> shape = shapeOf(value);
  return reshape(value, {ShapedType::getNumElements(shape.drop_back()), shape.back()});
}

Value TensorBuilder::sumAll(Value value) const {
  if (rankOf(value) == 0)
    return value;
  Value rows = make<ReduceOp>(Reduction::Sum, value, ArrayRef<int64_t>{rankOf(value) - 1});
  if (rankOf(rows) == 0)
    return rows;
  Value column = reshape(rows, {tensorType(rows).getNumElements()});
  return make<ReduceOp>(Reduction::Sum, column, ArrayRef<int64_t>{0});
}
