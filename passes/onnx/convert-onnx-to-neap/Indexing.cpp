// Ops that read elements at indices. neap.gather reads rows along the first dimension; the others are written with it.
#include "neap/passes/onnx/convert-onnx-to-neap/OpTable.h"
#include "neap/passes/support/Indices.h"

using namespace mlir;
using namespace neap;
using namespace neap::conversion;

/// Indices in [-size, size) as indices in [0, size). Constants are checked, computed ones get a select; what they are when
/// the program runs is for neap-bound-indices.
static FailureOr<Value> normalizeIndices(Node &node, Value indices, int64_t size) {
  if (std::optional<HostTensor> constant = getConstant(indices)) {
    for (int64_t &index : constant->integers) {
      if (index < -size || index >= size)
        return node.invalid() << "expected indices in [" << -size << ", " << size - 1 << "], got " << index;
      index += index < 0 ? size : 0;
    }
    return node.constant(constant->toAttribute());
  }
  Value negative = node.make<CompareOp>(Predicate::Less, indices, node.splatLike(indices, 0));
  Value fromEnd = node.make<AddOp>(indices, node.splatLike(indices, size));
  return node.make<SelectOp>(negative, fromEnd, indices);
}

/// Along another dimension than the first: that dimension is moved to the front, and the indices' dimensions back to it.
static Value gatherAlong(Node &node, Value data, Value indices, int64_t axis) {
  int64_t indexRank = rankOf(indices);
  Value gathered = node.make<GatherOp>(node.moveDimension(data, axis, 0), indices);
  SmallVector<int64_t> permutation;
  for (int64_t i = 0; i < axis; ++i)
    permutation.push_back(indexRank + i);
  for (int64_t i = 0; i < indexRank; ++i)
    permutation.push_back(i);
  for (int64_t i = indexRank + axis; i < rankOf(gathered); ++i)
    permutation.push_back(i);
  return node.transpose(gathered, permutation);
}

static Outputs convertGather(Node &node) {
  if (failed(node.requireInteger(1)))
    return failure();
  FailureOr<int64_t> axis = node.getAxis(0, node.rank(0));
  if (failed(axis))
    return failure();
  // Inputs are left alone: the runtime refuses data outside [0, size) before the step.
  FailureOr<Value> indices = isa<BlockArgument>(findIndexSource(node.input(1))) ? FailureOr<Value>(node.input(1))
                                                    : normalizeIndices(node, node.input(1), node.shape(0)[*axis]);
  if (failed(indices))
    return failure();
  // A single constant index is a slice, whose gradient needs no scatter.
  if (std::optional<HostTensor> constant = getConstant(*indices); constant && constant->type.getRank() == 0) {
    Value slice = node.sliceDimension(node.input(0), *axis, constant->integers.front(), 1);
    SmallVector<int64_t> shape(node.shape(0));
    shape.erase(shape.begin() + *axis);
    return one(node.reshape(slice, shape));
  }
  return one(gatherAlong(node, node.input(0), *indices, *axis));
}

/// The flat position in `data` of each index tuple of a constant; tuples may count from the end.
static FailureOr<Value> linearizeTuples(Node &node, const HostTensor &tuples, ArrayRef<int64_t> indexed) {
  int64_t length = indexed.size();
  SmallVector<int64_t> strides = rowMajorStrides(indexed);
  HostTensor flat =
      HostTensor::zeros(RankedTensorType::get(tuples.shape().drop_back(), node.getBuilder().getI64Type()));
  for (int64_t tuple = 0; tuple < flat.size(); ++tuple) {
    for (int64_t i = 0; i < length; ++i) {
      int64_t index = tuples.integers[tuple * length + i];
      if (index < -indexed[i] || index >= indexed[i])
        return node.invalid() << "expected indices in [" << -indexed[i] << ", " << indexed[i] - 1 << "], got " << index;
      flat.integers[tuple] += (index < 0 ? index + indexed[i] : index) * strides[i];
    }
  }
  return node.constant(flat.toAttribute());
}

/// The same for indices that are computed: one multiply and add per dimension.
static FailureOr<Value> linearizeTuples(Node &node, Value tuples, ArrayRef<int64_t> indexed) {
  SmallVector<int64_t> strides = rowMajorStrides(indexed);
  SmallVector<int64_t> shape(shapeOf(tuples).drop_back());
  Value position;
  for (auto [i, size] : llvm::enumerate(indexed)) {
    Value column = node.reshape(node.sliceDimension(tuples, rankOf(tuples) - 1, i, 1), shape);
    FailureOr<Value> index = normalizeIndices(node, column, size);
    if (failed(index))
      return failure();
    Value scaled = node.make<MulOp>(*index, node.splatLike(*index, strides[i]));
    position = position ? node.make<AddOp>(position, scaled) : scaled;
  }
  return position;
}

/// Leading dimensions of the data are joined into one, and each tuple becomes a position along it.
static Outputs convertGatherND(Node &node) {
  if (failed(node.requireInteger(1)))
    return failure();
  if (int64_t batch = node.getInt("batch_dims", 0); batch != 0)
    return node.unsupported() << "expected batch_dims 0, got " << batch;
  int64_t length = node.rank(1) == 0 ? 0 : node.shape(1).back();
  if (length < 1 || length > node.rank(0))
    return node.invalid() << "expected index tuples of 1 to " << node.rank(0) << " elements, got " << length;
  ArrayRef<int64_t> indexed = node.shape(0).take_front(length);
  std::optional<HostTensor> constant = getConstant(node.input(1));
  FailureOr<Value> positions =
      constant ? linearizeTuples(node, *constant, indexed) : linearizeTuples(node, node.input(1), indexed);
  if (failed(positions))
    return failure();
  SmallVector<int64_t> tableShape{ShapedType::getNumElements(indexed)};
  llvm::append_range(tableShape, node.shape(0).drop_front(length));
  return one(node.make<GatherOp>(node.reshape(node.input(0), tableShape), *positions));
}

/// Each constant index stands for a position in the flat data: its own place, with the index along the axis.
static Outputs convertGatherElements(Node &node) {
  if (failed(node.requireInteger(1)))
    return failure();
  FailureOr<int64_t> axis = node.getAxis(0, node.rank(0));
  FailureOr<HostTensor> indices = node.constantInput(1, "a tensor of indices");
  if (failed(axis) || failed(indices))
    return failure();
  ArrayRef<int64_t> shape = node.shape(0), places = node.shape(1);
  bool fits = shape.size() == places.size();
  for (size_t i = 0; fits && i < shape.size(); ++i)
    fits = static_cast<int64_t>(i) == *axis || places[i] <= shape[i];
  if (!fits)
    return node.invalid() << "expected indices that fit into " << describeShape(shape) << ", got "
                          << describeShape(places);
  HostTensor positions = HostTensor::zeros(RankedTensorType::get(places, node.getBuilder().getI64Type()));
  SmallVector<int64_t> strides = rowMajorStrides(shape);
  int64_t next = 0;
  std::optional<int64_t> outside;
  forEachIndex(places, [&](ArrayRef<int64_t> place) {
    SmallVector<int64_t> source(place);
    int64_t index = indices->integers[next];
    if (index < -shape[*axis] || index >= shape[*axis])
      outside = index;
    source[*axis] = index < 0 ? index + shape[*axis] : index;
    positions.integers[next++] = linearize(source, strides);
  });
  if (outside)
    return node.invalid() << "expected indices in [" << -shape[*axis] << ", " << shape[*axis] - 1 << "], got "
                          << *outside;
  Value flat = node.reshape(node.input(0), {node.type(0).getNumElements()});
  return one(node.make<GatherOp>(flat, node.constant(positions.toAttribute())));
}

static Outputs convertCumSum(Node &node) {
  if (failed(node.requireNumber(0)))
    return failure();
  FailureOr<int64_t> wanted = node.constantInt(1, "axis");
  if (failed(wanted))
    return failure();
  FailureOr<int64_t> axis = node.normalizeAxis(*wanted, node.rank(0));
  if (failed(axis))
    return failure();
  return one(
      node.make<CumsumOp>(node.input(0), *axis, node.getInt("exclusive", 0) != 0, node.getInt("reverse", 0) != 0));
}

/// A mask is made on the host: 8192 x 8192.
static constexpr int64_t maxMaskElements = int64_t(1) << 26;

/// Position along the last two dimensions as a constant mask; row + k >= column is what the lower part keeps.
static Outputs convertTrilu(Node &node) {
  if (node.rank(0) < 2)
    return node.invalid() << "expected an input of rank 2 or more, got " << node.type(0);
  int64_t k = 0;
  if (node.hasInput(1)) {
    FailureOr<int64_t> wanted = node.constantInt(1, "k");
    if (failed(wanted))
      return failure();
    k = *wanted;
  }
  ArrayRef<int64_t> matrix = node.shape(0).take_back(2);
  if (ShapedType::getNumElements(matrix) > maxMaskElements)
    return node.unsupported() << "expected a matrix of at most " << maxMaskElements << " elements, got "
                              << describeShape(matrix);
  bool upper = node.getInt("upper", 1) != 0;
  HostTensor mask = HostTensor::zeros(RankedTensorType::get(matrix, node.getBuilder().getI1Type()));
  int64_t columns = mask.shape().back();
  for (int64_t i = 0; i < mask.size(); ++i) {
    int64_t diagonal = i % columns - i / columns;
    mask.integers[i] = upper ? diagonal >= k : diagonal <= k;
  }
  Value kept = node.broadcast(node.constant(mask.toAttribute()), node.shape(0));
  return one(node.make<SelectOp>(kept, node.input(0), node.splatLike(node.input(0), 0.0)));
}

ArrayRef<OpConversion> conversion::getIndexConversions() {
  static const OpConversion table[] = {
      {"", "Gather", 11, 25, 2, 2, convertGather},     {"", "GatherElements", 11, 25, 2, 2, convertGatherElements},
      {"", "GatherND", 11, 25, 2, 2, convertGatherND}, {"", "CumSum", 11, 25, 2, 2, convertCumSum},
      {"", "Trilu", 14, 25, 1, 2, convertTrilu},
  };
  return table;
}
