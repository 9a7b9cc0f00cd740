// See GraphBuilder.h.
#include "neap/passes/support/GraphBuilder.h"

using namespace mlir;
using namespace neap;

RankedTensorType neap::tensorType(Value value) { return cast<RankedTensorType>(value.getType()); }
int64_t neap::rankOf(Value value) { return tensorType(value).getRank(); }

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

Value GraphBuilder::constant(ElementsAttr value) { return ConstantOp::create(builder, location, value); }

Value GraphBuilder::integers(ArrayRef<int64_t> values) {
  auto type = RankedTensorType::get({static_cast<int64_t>(values.size())}, builder.getI64Type());
  return constant(DenseElementsAttr::get(type, values));
}

Value GraphBuilder::moveDimension(Value value, int64_t from, int64_t to) {
  auto permutation = llvm::to_vector(llvm::seq<int64_t>(0, rankOf(value)));
  permutation.erase(permutation.begin() + from);
  permutation.insert(permutation.begin() + to, from);
  return transpose(value, permutation);
}

Value GraphBuilder::sliceDimension(Value value, int64_t dimension, int64_t start, int64_t size) {
  SmallVector<int64_t> starts(rankOf(value), 0), sizes(shapeOf(value)), strides(rankOf(value), 1);
  starts[dimension] = start;
  sizes[dimension] = size;
  return sizes == shapeOf(value) ? value : make<SliceOp>(value, starts, sizes, strides);
}

Value GraphBuilder::collapseToRows(Value value) {
  ArrayRef<int64_t> shape = shapeOf(value);
  return reshape(value, {ShapedType::getNumElements(shape.drop_back()), shape.back()});
}

Value GraphBuilder::reduceAll(Reduction reduction, Value value) {
  if (rankOf(value) == 0)
    return value;
  Value rows = reduce(reduction, value, {rankOf(value) - 1});
  if (rankOf(rows) == 0)
    return rows;
  Value column = reshape(rows, {tensorType(rows).getNumElements()});
  return reduce(reduction, column, {0});
}
