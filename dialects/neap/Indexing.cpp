// Ops whose elements depend on indices or on their own position: gather, scatter, cumsum, iota. Result types, constraints,
// folds, evaluation, index maps and bodies. Gradients are in ShapeGradient.cpp.
#include "neap/dialects/neap/Body.h"
#include "neap/dialects/neap/ElementMoves.h"
#include "neap/dialects/neap/Inference.h"
#include "neap/dialects/neap/TensorBuilder.h"

using namespace mlir;
using namespace neap;

using Inputs = ArrayRef<HostTensor>;
using Outputs = MutableArrayRef<HostTensor>;

//===--- gather and scatter ---------------------------------------------------------------------------------------===//

GroupKind ScatterAddOp::getGroupKind() { return GroupKind::Scatter; }

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

OpOperand &GatherOp::getIndexOperand() { return getIndicesMutable(); }
int64_t GatherOp::getIndexLimit() { return shapeOf(getTable())[0]; }

/// Rows of the table that are read, if all indices differ.
int64_t GatherOp::countElementsRead(unsigned operand) {
  int64_t all = countElements(getOperand(operand).getType());
  return operand == 0 ? std::min(all, getType().getNumElements()) : all;
}

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

int64_t ScatterAddOp::getFlops() { return getUpdates().getType().getNumElements(); }

/// Rows of the base that are added to, if all indices differ: it runs on the base's own bytes.
int64_t ScatterAddOp::countElementsRead(unsigned operand) {
  int64_t all = countElements(getOperand(operand).getType());
  return operand == 0 ? std::min(all, getUpdates().getType().getNumElements()) : all;
}

/// All of them where the base is in no memory and the result starts from it.
int64_t ScatterAddOp::countElementsWritten(unsigned) {
  bool isNowhere = matchPattern(getBase(), m_Constant());
  return isNowhere ? getType().getNumElements() : countElementsRead(0);
}

OpOperand &ScatterAddOp::getIndexOperand() { return getIndicesMutable(); }
int64_t ScatterAddOp::getIndexLimit() { return shapeOf(getBase())[0]; }

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

//===--- cumsum and iota ------------------------------------------------------------------------------------------===//

GroupKind CumsumOp::getGroupKind() { return GroupKind::Scan; }

unsigned CumsumOp::countBatchDimensions() { return getAxis(); }

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
