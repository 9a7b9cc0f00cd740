// Ops whose elements come from places known at compile time: reshape, transpose, broadcast, slice, unslice, concat. Result
// types, constraints, folds, evaluation and index maps; those that compute positions are in Indexing.cpp.
// Gradients are in ShapeGradient.cpp, rewrites in Canonicalize.cpp.
#include "neap/dialects/neap/ElementMoves.h"
#include "neap/dialects/neap/Inference.h"
#include "neap/dialects/neap/TensorBuilder.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace neap;

using Inputs = ArrayRef<HostTensor>;
using Outputs = MutableArrayRef<HostTensor>;

//===--- moving elements on the host ------------------------------------------------------------------------------===//

/// Fills a tensor: its element at index i is the source's at `offset` + i . `strides`.
static void copyStrided(const HostTensor &from, int64_t offset, ArrayRef<int64_t> strides, HostTensor &to) {
  int64_t target = 0;
  forEachIndex(to.shape(), [&](ArrayRef<int64_t> index) {
    copyElement(from, offset + neap::linearize(index, strides), to, target++);
  });
}

static bool isZeroSplat(Attribute attribute) {
  auto splat = dyn_cast_or_null<SplatElementsAttr>(attribute);
  if (!splat)
    return false;
  return isa<FloatType>(splat.getElementType()) ? splat.getSplatValue<APFloat>().isPosZero()
                                                : splat.getSplatValue<APInt>().isZero();
}

//===--- reshape --------------------------------------------------------------------------------------------------===//

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

//===--- transpose ------------------------------------------------------------------------------------------------===//

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

//===--- broadcast ------------------------------------------------------------------------------------------------===//

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

//===--- slice and unslice ----------------------------------------------------------------------------------------===//

GroupKind UnsliceOp::getGroupKind() { return GroupKind::Concat; }

unsigned UnsliceOp::countBatchDimensions() {
  unsigned count = 0;
  while (count < getStarts().size() && getStarts()[count] == 0 && getStrides()[count] == 1 &&
         getOperand().getType().getDimSize(count) == getType().getDimSize(count))
    ++count;
  return count;
}

/// Why start + i * stride for i < size does not lie inside a dimension; empty if it does.
static std::string describeBadRange(int64_t dimension, int64_t start, int64_t size, int64_t stride, int64_t limit) {
  if (size < 0)
    return "expected sizes of 0 or more, got " + std::to_string(size);
  int64_t span, last;
  bool overflows = llvm::MulOverflow(size - 1, stride, span) || llvm::AddOverflow(start, span, last);
  if (size == 0 || (!overflows && start >= 0 && start < limit && last >= 0 && last < limit))
    return {};
  if (overflows)
    return "expected indices below " + std::to_string(limit) + " in dimension " + std::to_string(dimension) +
           ", got a stride of " + std::to_string(stride);
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

int64_t UnsliceOp::getFlops() { return 0; } // moves elements

void UnsliceOp::evaluate(Inputs inputs, Outputs outputs) {
  int64_t offset = neap::linearize(getStarts(), rowMajorStrides(outputs[0].shape())), source = 0;
  auto strides = scaleStrides(outputs[0].shape(), getStrides());
  forEachIndex(inputs[0].shape(), [&](ArrayRef<int64_t> index) {
    copyElement(inputs[0], source++, outputs[0], offset + neap::linearize(index, strides));
  });
}

//===--- concat ---------------------------------------------------------------------------------------------------===//

GroupKind ConcatOp::getGroupKind() { return GroupKind::Concat; }

unsigned ConcatOp::countBatchDimensions() { return getAxis(); }

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
    if (llvm::AddOverflow(size, type.getDimSize(axis), size)) // concat_c4
      return emitInferenceError<ConcatOp>(location, "expected sizes that can be added up");
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

/// Takes away the operands without elements, of which the first stays if there are no others.
static bool dropEmptyOperands(ConcatOp op) {
  auto isEmpty = [](Value operand) { return llvm::is_contained(shapeOf(operand), 0); };
  auto kept =
      llvm::to_vector(llvm::make_filter_range(op.getInputs(), [&](Value operand) { return !isEmpty(operand); }));
  if (kept.empty())
    kept.push_back(op.getInputs().front());
  if (kept.size() == op.getInputs().size())
    return false;
  op.getInputsMutable().assign(kept);
  return true;
}

OpFoldResult ConcatOp::fold(FoldAdaptor adaptor) {
  if (getInputs().size() == 1)
    return getInputs().front().getType() == getType() ? OpFoldResult(getInputs().front()) : OpFoldResult();
  if (dropEmptyOperands(*this))
    return getResult();
  if (Attribute splat = foldEqualSplats(adaptor.getInputs(), getType()))
    return splat;
  return foldByEvaluation(*this, adaptor.getOperands());
}

int64_t ConcatOp::getFlops() { return 0; } // moves elements

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
