// Ops that move elements: result types, constraints, folds, evaluation and index maps.
// Their gradients are in ShapeGradient.cpp, rewrites in Canonicalize.cpp.
#include "neap/dialects/neap/Body.h"
#include "neap/dialects/neap/Inference.h"
#include "neap/dialects/neap/TensorBuilder.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace neap;

using Inputs = ArrayRef<HostTensor>;
using Outputs = MutableArrayRef<HostTensor>;

//===--- moving elements on the host
//---------------------------------------------------------------------------------===//

static void copyElement(const HostTensor &from, int64_t source, HostTensor &to, int64_t target) {
  if (from.isFloat())
    to.floats[target] = from.floats[source];
  else
    to.integers[target] = from.integers[source];
}

static void copyAll(const HostTensor &from, HostTensor &to) {
  to.floats = from.floats;
  to.integers = from.integers;
}

/// Fills a tensor: its element at index i is the source's at `offset` + i . `strides`.
static void copyStrided(const HostTensor &from, int64_t offset, ArrayRef<int64_t> strides, HostTensor &to) {
  int64_t target = 0;
  forEachIndex(to.shape(), [&](ArrayRef<int64_t> index) {
    copyElement(from, offset + neap::linearize(index, strides), to, target++);
  });
}

/// The folded result of a view of a constant; null if the operand is none or has several values.
static Attribute foldSplatView(Attribute operand, RankedTensorType type) {
  auto splat = dyn_cast_or_null<SplatElementsAttr>(operand);
  return splat ? splat.resizeSplat(type) : Attribute();
}

static bool isZeroSplat(Attribute attribute) {
  auto splat = dyn_cast_or_null<SplatElementsAttr>(attribute);
  if (!splat)
    return false;
  return isa<FloatType>(splat.getElementType()) ? splat.getSplatValue<APFloat>().isPosZero()
                                                : splat.getSplatValue<APInt>().isZero();
}

//===--- reshape
//-----------------------------------------------------------------------------------------------------===//

LogicalResult ReshapeOp::verify() {
  auto from = getOperand().getType(), to = getType();
  if (from.getElementType() != to.getElementType()) // reshape_c1
    return emitOpError("expected element type ") << from.getElementType() << ", got " << to.getElementType();
  if (from.getNumElements() != to.getNumElements()) // reshape_c2
    return emitOpError("expected ") << from.getNumElements() << " elements, got " << to.getNumElements();
  return success();
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getOperand().getType() == getType())
    return getOperand();
  if (auto constant = dyn_cast_or_null<DenseElementsAttr>(adaptor.getOperand()))
    return constant.reshape(getType());
  auto inner = getOperand().getDefiningOp<ReshapeOp>();
  if (!inner)
    return {};
  if (inner.getOperand().getType() == getType())
    return inner.getOperand();
  getOperandMutable().assign(inner.getOperand());
  return getResult();
}

void ReshapeOp::evaluate(Inputs inputs, Outputs outputs) { copyAll(inputs[0], outputs[0]); }

namespace {
/// A run of dimensions [begin, end) of each of two shapes that hold the same number of elements.
struct DimensionGroup {
  size_t fromBegin, fromEnd, toBegin, toEnd;
};
} // namespace

/// Splits two shapes of one size into the smallest runs of dimensions of equal size.
static SmallVector<DimensionGroup> groupDimensions(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  SmallVector<DimensionGroup> groups;
  size_t i = 0, j = 0;
  while (i < from.size() || j < to.size()) {
    DimensionGroup group{i, i, j, j};
    int64_t fromSize = i < from.size() ? from[i++] : 1;
    int64_t toSize = j < to.size() ? to[j++] : 1;
    while (fromSize != toSize)
      (fromSize < toSize ? fromSize *= from[i++] : toSize *= to[j++]);
    group.fromEnd = i;
    group.toEnd = j;
    groups.push_back(group);
  }
  return groups;
}

/// Loop dimensions [begin, end) of a shape as one row-major position.
static AffineExpr flatten(ArrayRef<int64_t> shape, size_t begin, size_t end, MLIRContext *context) {
  AffineExpr position = getAffineConstantExpr(0, context);
  for (size_t i = begin; i < end; ++i)
    if (shape[i] != 1)
      position = position * shape[i] + getAffineDimExpr(i, context);
  return position;
}

/// The indices of a row-major position in dimensions [begin, end) of a shape. The outermost needs no remainder, a
/// dimension of size 1 has index 0.
static void unflatten(AffineExpr position, ArrayRef<int64_t> shape, size_t begin, size_t end,
                      SmallVectorImpl<AffineExpr> &indices) {
  int64_t stride = ShapedType::getNumElements(shape.slice(begin, end - begin)), covered = stride;
  for (size_t i = begin; i < end; ++i) {
    stride /= shape[i];
    AffineExpr index = position.floorDiv(stride);
    if (shape[i] * stride != covered)
      index = index % shape[i];
    indices.push_back(shape[i] == 1 ? getAffineConstantExpr(0, position.getContext()) : index);
  }
}

AffineMap ReshapeOp::getOperandMap(unsigned) {
  ArrayRef<int64_t> from = shapeOf(getOperand()), to = getType().getShape();
  if (getType().getNumElements() == 0)
    return AffineMap::get(to.size(), 0, SmallVector<AffineExpr>(from.size(), getAffineConstantExpr(0, getContext())),
                          getContext());
  SmallVector<AffineExpr> indices;
  for (const DimensionGroup &group : groupDimensions(from, to)) {
    AffineExpr position = flatten(to, group.toBegin, group.toEnd, getContext());
    unflatten(position, from, group.fromBegin, group.fromEnd, indices);
  }
  return AffineMap::get(to.size(), 0, indices, getContext());
}

//===--- transpose
//---------------------------------------------------------------------------------------------------===//

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, ValueRange operands,
                                            DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
                                            SmallVectorImpl<Type> &types) {
  Adaptor adaptor(operands, attributes, properties, regions);
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  if (adaptor.getPermutation().size() != static_cast<size_t>(type.getRank()) ||
      !isPermutationVector(adaptor.getPermutation())) // transpose_c1
    return emitInferenceError<TransposeOp>(location, "expected a permutation of ", type.getRank(), " dimensions, got [",
                                           adaptor.getPermutation(), "]");
  types.push_back(type.clone(applyPermutation(type.getShape(), adaptor.getPermutation())));
  return success();
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  if (isIdentityPermutation(getPermutation()))
    return getOperand();
  if (Attribute splat = foldSplatView(adaptor.getOperand(), getType()))
    return splat;
  if (auto inner = getOperand().getDefiningOp<TransposeOp>()) {
    setPermutation(applyPermutation(inner.getPermutation(), getPermutation()));
    getOperandMutable().assign(inner.getOperand());
    return getResult();
  }
  return foldByEvaluation(*this, adaptor.getOperands());
}

void TransposeOp::evaluate(Inputs inputs, Outputs outputs) {
  auto strides = applyPermutation(rowMajorStrides(inputs[0].shape()), getPermutation());
  copyStrided(inputs[0], 0, strides, outputs[0]);
}

AffineMap TransposeOp::getOperandMap(unsigned) {
  return inversePermutation(AffineMap::getPermutationMap(getPermutation(), getContext()));
}

//===--- broadcast
//---------------------------------------------------------------------------------------------------===//

LogicalResult BroadcastOp::verify() {
  auto from = getOperand().getType(), to = getType();
  if (from.getElementType() != to.getElementType()) // broadcast_c1
    return emitOpError("expected element type ") << from.getElementType() << ", got " << to.getElementType();
  if (from.getRank() > to.getRank()) // broadcast_c2
    return emitOpError("expected a result of rank ") << from.getRank() << " or more, got " << to.getRank();
  for (auto [size, target] : llvm::zip(llvm::reverse(from.getShape()), llvm::reverse(to.getShape())))
    if (size != 1 && size != target) // broadcast_c3
      return emitOpError("expected dimensions equal or 1, got ") << from << " to " << to;
  return success();
}

/// Strides with which a broadcast reads its operand: zero where it stretches.
static SmallVector<int64_t> getBroadcastStrides(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  SmallVector<int64_t> strides(to.size() - from.size(), 0);
  for (auto [size, stride] : llvm::zip_equal(from, rowMajorStrides(from)))
    strides.push_back(size == 1 ? 0 : stride);
  return strides;
}

/// Whether a reshape only adds leading dimensions of size 1, as a broadcast does by itself.
static bool addsLeadingUnits(ReshapeOp op) {
  ArrayRef<int64_t> from = shapeOf(op.getOperand()), to = op.getType().getShape();
  return to.size() > from.size() && to.take_back(from.size()) == from;
}

/// The source whose broadcast to the same shape is the same: what an inner broadcast or leading unit dimensions were
/// applied to.
static Value skipBroadcast(Value operand) {
  if (auto inner = operand.getDefiningOp<BroadcastOp>())
    return inner.getOperand();
  auto reshape = operand.getDefiningOp<ReshapeOp>();
  return reshape && addsLeadingUnits(reshape) ? reshape.getOperand() : Value();
}

/// Floats and bools may be masks or tables that the program reads: stretching those costs memory, reading them
/// stretched does not. Integers are shape arithmetic.
static bool shouldFoldBroadcast(RankedTensorType type) {
  constexpr int64_t smallConstant = 1024;
  bool isInteger = isa<IntegerType>(type.getElementType()) && !type.getElementType().isInteger(1);
  return isInteger || type.getNumElements() <= smallConstant;
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (getOperand().getType() == getType())
    return getOperand();
  if (Attribute splat = foldSplatView(adaptor.getOperand(), getType()))
    return splat;
  if (Value source = skipBroadcast(getOperand())) {
    getOperandMutable().assign(source);
    return getResult();
  }
  return shouldFoldBroadcast(getType()) ? foldByEvaluation(*this, adaptor.getOperands()) : OpFoldResult();
}

void BroadcastOp::evaluate(Inputs inputs, Outputs outputs) {
  copyStrided(inputs[0], 0, getBroadcastStrides(inputs[0].shape(), outputs[0].shape()), outputs[0]);
}

AffineMap BroadcastOp::getOperandMap(unsigned) {
  ArrayRef<int64_t> from = shapeOf(getOperand());
  int64_t added = getType().getRank() - from.size();
  SmallVector<AffineExpr> indices;
  for (auto [dimension, size] : llvm::enumerate(from))
    indices.push_back(size == 1 ? getAffineConstantExpr(0, getContext())
                                : getAffineDimExpr(added + dimension, getContext()));
  return AffineMap::get(getType().getRank(), 0, indices, getContext());
}

//===--- slice and unslice
//-------------------------------------------------------------------------------------------===//

/// Why start + i * stride for i < size does not lie inside a dimension; empty if it does.
static std::string describeBadRange(int64_t dimension, int64_t start, int64_t size, int64_t stride, int64_t limit) {
  if (size < 0)
    return "expected sizes of 0 or more, got " + std::to_string(size);
  int64_t last = start + (size - 1) * stride;
  if (size == 0 || (start >= 0 && start < limit && last >= 0 && last < limit))
    return {};
  return "expected indices below " + std::to_string(limit) + " in dimension " + std::to_string(dimension) + ", got " +
         std::to_string(start) + " to " + std::to_string(last);
}

/// Why a strided range does not lie inside a shape; empty if it does.
static std::string describeBadRanges(ArrayRef<int64_t> starts, ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides,
                                     ArrayRef<int64_t> limits) {
  if (starts.size() != limits.size() || sizes.size() != limits.size() || strides.size() != limits.size())
    return "expected one start, size and stride for each of " + std::to_string(limits.size()) + " dimensions";
  for (size_t i = 0; i < limits.size(); ++i)
    if (std::string reason = describeBadRange(i, starts[i], sizes[i], strides[i], limits[i]); !reason.empty())
      return reason;
  return {};
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, ValueRange operands,
                                        DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
                                        SmallVectorImpl<Type> &types) {
  Adaptor adaptor(operands, attributes, properties, regions);
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  std::string reason =
      describeBadRanges(adaptor.getStarts(), adaptor.getSizes(), adaptor.getStrides(), type.getShape());
  if (!reason.empty()) // slice_c1
    return emitInferenceError<SliceOp>(location, reason);
  types.push_back(type.clone(adaptor.getSizes()));
  return success();
}

static bool isUnitStrided(ArrayRef<int64_t> strides) {
  return llvm::all_of(strides, [](int64_t stride) { return stride == 1; });
}

/// Composes a slice with the slice it reads from.
static void mergeSlices(SliceOp outer, SliceOp inner) {
  SmallVector<int64_t> starts, strides;
  for (size_t i = 0; i < outer.getStarts().size(); ++i) {
    starts.push_back(inner.getStarts()[i] + outer.getStarts()[i] * inner.getStrides()[i]);
    strides.push_back(inner.getStrides()[i] * outer.getStrides()[i]);
  }
  outer.setStarts(starts);
  outer.setStrides(strides);
  outer.getOperandMutable().assign(inner.getOperand());
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  if (getOperand().getType() == getType() && isUnitStrided(getStrides()))
    return getOperand();
  if (Attribute splat = foldSplatView(adaptor.getOperand(), getType()))
    return splat;
  if (auto inner = getOperand().getDefiningOp<SliceOp>()) {
    mergeSlices(*this, inner);
    return getResult();
  }
  return foldByEvaluation(*this, adaptor.getOperands());
}

/// Strides of elements in a buffer that a strided range of a shape steps by.
static SmallVector<int64_t> scaleStrides(ArrayRef<int64_t> shape, ArrayRef<int64_t> strides) {
  auto scaled = rowMajorStrides(shape);
  for (auto [stride, factor] : llvm::zip_equal(scaled, strides))
    stride *= factor;
  return scaled;
}

void SliceOp::evaluate(Inputs inputs, Outputs outputs) {
  int64_t offset = neap::linearize(getStarts(), rowMajorStrides(inputs[0].shape()));
  copyStrided(inputs[0], offset, scaleStrides(inputs[0].shape(), getStrides()), outputs[0]);
}

AffineMap SliceOp::getOperandMap(unsigned) {
  SmallVector<AffineExpr> indices;
  for (auto [dimension, start, stride] : llvm::enumerate(getStarts(), getStrides()))
    indices.push_back(getAffineDimExpr(dimension, getContext()) * stride + start);
  return AffineMap::get(getType().getRank(), 0, indices, getContext());
}

LogicalResult UnsliceOp::verify() {
  auto from = getOperand().getType(), to = getType();
  if (from.getElementType() != to.getElementType()) // unslice_c1
    return emitOpError("expected element type ") << from.getElementType() << ", got " << to.getElementType();
  if (from.getRank() != to.getRank()) // unslice_c2
    return emitOpError("expected a result of rank ") << from.getRank() << ", got " << to.getRank();
  std::string reason = describeBadRanges(getStarts(), from.getShape(), getStrides(), to.getShape());
  if (!reason.empty()) // unslice_c3
    return emitOpError(reason);
  return success();
}

OpFoldResult UnsliceOp::fold(FoldAdaptor adaptor) {
  if (getOperand().getType() == getType() && isUnitStrided(getStrides()))
    return getOperand();
  return isZeroSplat(adaptor.getOperand()) ? foldSplatView(adaptor.getOperand(), getType()) : Attribute();
}

void UnsliceOp::evaluate(Inputs inputs, Outputs outputs) {
  int64_t offset = neap::linearize(getStarts(), rowMajorStrides(outputs[0].shape())), source = 0;
  auto strides = scaleStrides(outputs[0].shape(), getStrides());
  forEachIndex(inputs[0].shape(), [&](ArrayRef<int64_t> index) {
    copyElement(inputs[0], source++, outputs[0], offset + neap::linearize(index, strides));
  });
}

//===--- concat
//------------------------------------------------------------------------------------------------------===//

/// Whether two types agree but for the size of one dimension.
static bool matchesExcept(RankedTensorType x, RankedTensorType y, int64_t axis) {
  if (x.getRank() != y.getRank() || x.getElementType() != y.getElementType())
    return false;
  for (int64_t i = 0; i < x.getRank(); ++i)
    if (i != axis && x.getDimSize(i) != y.getDimSize(i))
      return false;
  return true;
}

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, ValueRange operands,
                                         DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
                                         SmallVectorImpl<Type> &types) {
  Adaptor adaptor(operands, attributes, properties, regions);
  if (operands.empty()) // concat_c1
    return emitInferenceError<ConcatOp>(location, "expected at least one operand, got none");
  auto first = cast<RankedTensorType>(operands[0].getType());
  int64_t axis = adaptor.getAxis();
  if (axis < 0 || axis >= first.getRank()) // concat_c2
    return emitInferenceError<ConcatOp>(location, "expected an axis below ", first.getRank(), ", got ", axis);
  int64_t size = 0;
  for (Value operand : operands) {
    auto type = cast<RankedTensorType>(operand.getType());
    if (!matchesExcept(first, type, axis)) // concat_c3
      return emitInferenceError<ConcatOp>(location, "expected ", first, " but for dimension ", axis, ", got ", type);
    size += type.getDimSize(axis);
  }
  auto shape = llvm::to_vector(first.getShape());
  shape[axis] = size;
  types.push_back(first.clone(shape));
  return success();
}

/// The one value that all operands have everywhere, at the size of the result.
static Attribute foldEqualSplats(ArrayRef<Attribute> operands, RankedTensorType type) {
  Attribute common = foldSplatView(operands.front(), type);
  bool allEqual = llvm::all_of(operands, [&](Attribute operand) { return foldSplatView(operand, type) == common; });
  return allEqual ? common : Attribute();
}

OpFoldResult ConcatOp::fold(FoldAdaptor adaptor) {
  if (getInputs().size() == 1)
    return getInputs().front();
  if (Attribute splat = foldEqualSplats(adaptor.getInputs(), getType()))
    return splat;
  return foldByEvaluation(*this, adaptor.getOperands());
}

void ConcatOp::evaluate(Inputs inputs, Outputs outputs) {
  auto strides = rowMajorStrides(outputs[0].shape());
  int64_t begin = 0;
  for (const HostTensor &input : inputs) {
    int64_t source = 0;
    forEachIndex(input.shape(), [&](ArrayRef<int64_t> index) {
      copyElement(input, source++, outputs[0], begin * strides[getAxis()] + neap::linearize(index, strides));
    });
    begin += input.shape()[getAxis()];
  }
}

//===--- gather and scatter
//------------------------------------------------------------------------------------------===//

LogicalResult GatherOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, ValueRange operands,
                                         DictionaryAttr, OpaqueProperties, RegionRange, SmallVectorImpl<Type> &types) {
  auto table = cast<RankedTensorType>(operands[0].getType());
  if (table.getRank() == 0) // gather_c1
    return emitInferenceError<GatherOp>(location, "expected a table of rank 1 or more, got ", table);
  auto shape = llvm::to_vector(cast<RankedTensorType>(operands[1].getType()).getShape());
  llvm::append_range(shape, table.getShape().drop_front());
  types.push_back(table.clone(shape));
  return success();
}

static bool areInside(const HostTensor &indices, int64_t limit) {
  return llvm::all_of(indices.integers, [&](int64_t index) { return index >= 0 && index < limit; });
}

/// Indices outside the table stay, for whoever checks them when the program runs.
OpFoldResult GatherOp::fold(FoldAdaptor adaptor) {
  if (!adaptor.getTable())
    return {};
  auto indices = HostTensor::fromAttribute(dyn_cast_or_null<ElementsAttr>(adaptor.getIndices()));
  if (!indices || !areInside(*indices, getTable().getType().getDimSize(0)))
    return {};
  if (Attribute splat = foldSplatView(adaptor.getTable(), getType()))
    return splat;
  return foldByEvaluation(*this, adaptor.getOperands());
}

/// Elements in one row of a table.
static int64_t getRowSize(ArrayRef<int64_t> shape) { return ShapedType::getNumElements(shape.drop_front()); }

/// A row outside the table reads as zeros.
void GatherOp::evaluate(Inputs inputs, Outputs outputs) {
  int64_t row = getRowSize(inputs[0].shape()), rows = inputs[0].shape()[0];
  for (auto [i, index] : llvm::enumerate(inputs[1].integers))
    for (int64_t j = 0; index >= 0 && index < rows && j < row; ++j)
      copyElement(inputs[0], index * row + j, outputs[0], i * row + j);
}

IterationSpace GatherOp::getIterationSpace() { return elementwiseSpace(*this); }

AffineMap GatherOp::getOperandMap(unsigned operand) {
  unsigned rank = getType().getRank(), indexRank = getIndices().getType().getRank();
  AffineMap identity = AffineMap::getMultiDimIdentityMap(rank, getContext());
  if (operand == 1)
    return AffineMap::get(rank, 0, identity.getResults().take_front(indexRank), getContext());
  SmallVector<AffineExpr> exprs{getAffineSymbolExpr(0, getContext())};
  llvm::append_range(exprs, identity.getResults().drop_front(indexRank));
  return AffineMap::get(rank, 1, exprs, getContext());
}

std::optional<unsigned> GatherOp::getIndirectIndex() { return 1; }

Value GatherOp::buildBody(OpBuilder &, Location, ValueRange elements, ValueRange) { return elements.front(); }

LogicalResult ScatterAddOp::verify() {
  auto base = getBase().getType();
  if (base.getRank() == 0) // scatter_add_c1
    return emitOpError("expected a base of rank 1 or more, got ") << base;
  auto shape = llvm::to_vector(getIndices().getType().getShape());
  llvm::append_range(shape, base.getShape().drop_front());
  if (getUpdates().getType() != base.clone(shape)) // scatter_add_c2
    return emitOpError("expected updates of type ") << base.clone(shape) << ", got " << getUpdates().getType();
  return success();
}

void ScatterAddOp::evaluate(Inputs inputs, Outputs outputs) {
  copyAll(inputs[0], outputs[0]);
  int64_t row = getRowSize(inputs[0].shape()), rows = inputs[0].shape()[0];
  for (auto [i, index] : llvm::enumerate(inputs[1].integers))
    for (int64_t j = 0; index >= 0 && index < rows && j < row; ++j)
      outputs[0].floats[index * row + j] += inputs[2].floats[i * row + j];
}

/// The result's shape of a gather_nd: batch and outer indices, then what the index tuples leave of the data.
static SmallVector<int64_t> getGatherNdShape(GatherNdOp op) {
  ArrayRef<int64_t> indices = shapeOf(op.getIndices());
  auto shape = llvm::to_vector(indices.drop_back());
  llvm::append_range(shape, shapeOf(op.getData()).drop_front(op.getBatchDims() + indices.back()));
  return shape;
}

LogicalResult GatherNdOp::verify() {
  ArrayRef<int64_t> data = shapeOf(getData()), indices = shapeOf(getIndices());
  int64_t batch = getBatchDims();
  if (batch < 0 || indices.empty() || batch >= static_cast<int64_t>(indices.size())) // gather_nd_c1
    return emitOpError("expected indices of rank above the batch dimensions, got ") << getIndices().getType();
  if (indices.back() < 0 || batch + indices.back() > static_cast<int64_t>(data.size())) // gather_nd_c2
    return emitOpError("expected index tuples of at most ")
           << static_cast<int64_t>(data.size()) - batch << " elements, got " << indices.back();
  if (data.take_front(batch) != indices.take_front(batch)) // gather_nd_c3
    return emitOpError("expected equal batch dimensions, got ")
           << getData().getType() << " and " << getIndices().getType();
  auto expected = getData().getType().clone(getGatherNdShape(*this));
  if (getType() != expected) // gather_nd_c4
    return emitOpError("expected result ") << expected << ", got " << getType();
  return success();
}

/// Position in the data of the slice that index tuple number `tuple` names; nothing if it lies outside.
static std::optional<int64_t> findSlice(GatherNdOp op, const HostTensor &indices, int64_t tuple) {
  ArrayRef<int64_t> data = shapeOf(op.getData());
  int64_t batch = op.getBatchDims(), width = indices.shape().back();
  auto strides = rowMajorStrides(data);
  int64_t tuplesPerBatch = ShapedType::getNumElements(indices.shape().drop_back().drop_front(batch));
  int64_t batchElements = ShapedType::getNumElements(data.drop_front(batch));
  int64_t position = tuple / tuplesPerBatch * batchElements;
  for (int64_t i = 0; i < width; ++i) {
    int64_t index = indices.integers[tuple * width + i];
    if (index < 0 || index >= data[batch + i])
      return std::nullopt;
    position += index * strides[batch + i];
  }
  return position;
}

static int64_t countTuples(const HostTensor &indices) {
  return ShapedType::getNumElements(indices.shape().drop_back());
}

OpFoldResult GatherNdOp::fold(FoldAdaptor adaptor) {
  if (!adaptor.getData())
    return {};
  auto indices = HostTensor::fromAttribute(dyn_cast_or_null<ElementsAttr>(adaptor.getIndices()));
  if (!indices)
    return {};
  for (int64_t tuple = 0; tuple < countTuples(*indices); ++tuple)
    if (!findSlice(*this, *indices, tuple))
      return {};
  if (Attribute splat = foldSplatView(adaptor.getData(), getType()))
    return splat;
  return foldByEvaluation(*this, adaptor.getOperands());
}

/// A slice outside the data reads as zeros.
void GatherNdOp::evaluate(Inputs inputs, Outputs outputs) {
  int64_t tuples = countTuples(inputs[1]), size = tuples ? outputs[0].size() / tuples : 0;
  for (int64_t tuple = 0; tuple < tuples; ++tuple)
    if (auto position = findSlice(*this, inputs[1], tuple))
      for (int64_t j = 0; j < size; ++j)
        copyElement(inputs[0], *position + j, outputs[0], tuple * size + j);
}

//===--- cumsum and iota
//---------------------------------------------------------------------------------------------===//

LogicalResult CumsumOp::verify() {
  int64_t rank = getType().getRank(), axis = getAxis();
  if (axis < 0 || axis >= rank) // cumsum_c1
    return emitOpError("expected an axis below ") << rank << ", got " << axis;
  return success();
}

OpFoldResult CumsumOp::fold(FoldAdaptor adaptor) { return foldByEvaluation(*this, adaptor.getOperands()); }

/// The element before this one in the running order of `axis`, as a position; nothing at the beginning.
static std::optional<int64_t> findPredecessor(ArrayRef<int64_t> index, ArrayRef<int64_t> shape, int64_t axis,
                                              bool reverse) {
  if (index[axis] == (reverse ? shape[axis] - 1 : 0))
    return std::nullopt;
  auto strides = rowMajorStrides(shape);
  return neap::linearize(index, strides) + (reverse ? strides[axis] : -strides[axis]);
}

/// results[i] = results[i - 1] + values[i], or values[i - 1] for an exclusive sum.
template <typename Number>
static void runSum(CumsumOp op, const std::vector<Number> &values, std::vector<Number> &results) {
  ArrayRef<int64_t> shape = op.getType().getShape();
  auto strides = rowMajorStrides(shape);
  auto visit = [&](ArrayRef<int64_t> index) {
    int64_t position = neap::linearize(index, strides);
    auto before = findPredecessor(index, shape, op.getAxis(), op.getReverse());
    Number sum = before ? results[*before] : Number(0);
    if (!op.getExclusive())
      results[position] = sum + values[position];
    else
      results[position] = before ? sum + values[*before] : Number(0);
  };
  auto mirrored = [&](ArrayRef<int64_t> index) {
    auto mirror = llvm::to_vector(index);
    mirror[op.getAxis()] = shape[op.getAxis()] - 1 - index[op.getAxis()];
    visit(mirror);
  };
  op.getReverse() ? forEachIndex(shape, mirrored) : forEachIndex(shape, visit);
}

void CumsumOp::evaluate(Inputs inputs, Outputs outputs) {
  if (inputs[0].isFloat())
    runSum(*this, inputs[0].floats, outputs[0].floats);
  else
    runSum(*this, inputs[0].integers, outputs[0].integers);
}

LogicalResult IotaOp::verify() {
  int64_t rank = getType().getRank(), axis = getAxis();
  if (axis < 0 || axis >= rank) // iota_c1
    return emitOpError("expected an axis below ") << rank << ", got " << axis;
  return success();
}

void IotaOp::evaluate(Inputs, Outputs outputs) {
  int64_t position = 0;
  forEachIndex(outputs[0].shape(),
               [&](ArrayRef<int64_t> index) { outputs[0].integers[position++] = index[getAxis()]; });
}

IterationSpace IotaOp::getIterationSpace() { return elementwiseSpace(*this); }

AffineMap IotaOp::getOperandMap(unsigned) { llvm_unreachable("iota has no operands"); }

/// The loop index itself. It is a scalar where the loop over the axis is not the vectorised one.
Value IotaOp::buildBody(OpBuilder &builder, Location location, ValueRange, ValueRange indices) {
  Body body(builder, location);
  Value index = indices[getAxis()];
  Type element = getElementTypeOrSelf(index.getType()), wanted = toBodyElement(getType().getElementType());
  if (element == wanted)
    return index;
  Type type = matchWidth(wanted, index.getType());
  if (element.isIndex())
    return body.make<arith::IndexCastOp>(type, index);
  return element.getIntOrFloatBitWidth() > wanted.getIntOrFloatBitWidth() ? body.make<arith::TruncIOp>(type, index)
                                                                          : body.make<arith::ExtSIOp>(type, index);
}
