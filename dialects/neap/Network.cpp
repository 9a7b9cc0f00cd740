// Reductions, products and the compound ops: result types, constraints, evaluation and loops.
// Their gradients are in NetworkGradient.cpp, their decompositions in Decompose.cpp.
#include "neap/dialects/neap/Body.h"
#include "neap/dialects/neap/Inference.h"
#include "neap/dialects/neap/TensorBuilder.h"

#include <cmath>

using namespace mlir;
using namespace neap;

using Inputs = ArrayRef<HostTensor>;
using Outputs = MutableArrayRef<HostTensor>;

//===--- reduce ---------------------------------------------------------------------------------------------------===//

/// Chunks of a sum of rows: their sums fit into the memory that the threads of a CUDA block share.
static constexpr int64_t mostChunks = 64;

/// How many elements are joined to one.
static int64_t countRows(RankedTensorType type, ArrayRef<int64_t> axes) {
  int64_t rows = 1;
  for (int64_t axis : axes)
    rows *= type.getDimSize(axis);
  return rows;
}

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, ValueRange operands,
                                         DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
                                         SmallVectorImpl<Type> &types) {
  Adaptor adaptor(operands, attributes, properties, regions);
  RankedTensorType type = tensorType(adaptor.getOperand());
  ArrayRef<int64_t> axes = adaptor.getAxes();
  bool areInside = llvm::all_of(axes, [&](int64_t axis) { return axis >= 0 && axis < type.getRank(); });
  if (!areInside) // reduce_c1
    return emitInferenceError<ReduceOp>(location, "expected axes below ", type.getRank(), ", got [", axes, "]");
  if (std::adjacent_find(axes.begin(), axes.end(), std::greater_equal<>()) != axes.end()) // reduce_c2
    return emitInferenceError<ReduceOp>(location, "expected increasing axes, got [", axes, "]");
  SmallVector<int64_t> kept;
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    if (!llvm::is_contained(axes, axis))
      kept.push_back(type.getDimSize(axis));
  RankedTensorType result = type.clone(kept);
  Value initial = adaptor.getInitial();
  if (initial && initial.getType() != result) // reduce_c3
    return emitInferenceError<ReduceOp>(location, "expected to start from ", result, ", got ", initial.getType());
  bool isSumOfRows = adaptor.getReduction() == Reduction::Sum && !axes.empty() && axes.back() != type.getRank() - 1;
  if ((initial || adaptor.getChunk()) && !isSumOfRows) // reduce_c4
    return emitInferenceError<ReduceOp>(location, "expected a sum that spares the last axis to have a start or chunks");
  int64_t rows = countRows(type, axes), fewest = llvm::divideCeil(rows, mostChunks);
  if (adaptor.getChunk() && static_cast<int64_t>(*adaptor.getChunk()) < std::max<int64_t>(fewest, 1)) // reduce_c5
    return emitInferenceError<ReduceOp>(location, "expected chunks of ", std::max<int64_t>(fewest, 1),
                                        " rows or more, got ", static_cast<int64_t>(*adaptor.getChunk()));
  types.push_back(result);
  return success();
}

/// Few rows are one chunk, so that their sums are what a plain loop makes of them.
int64_t ReduceOp::getChunkRows() {
  constexpr int64_t fewestRows = 32;
  if (auto chunk = getChunk())
    return *chunk;
  return std::max<int64_t>(fewestRows, llvm::divideCeil(countRows(getOperand().getType(), getAxes()), mostChunks));
}

/// Parts of whole chunks, or of a part of the only one, whose rows are then added to the total one by one.
bool ReduceOp::canAccumulate(int64_t parts) {
  int64_t rank = getOperand().getType().getRank(), rows = countRows(getOperand().getType(), getAxes());
  bool isSumOfRows = getReduction() == Reduction::Sum && !getAxes().empty() && getAxes().back() != rank - 1;
  if (!isSumOfRows || getInitial() || rows % parts != 0)
    return false;
  bool isOneChunk = rows <= getChunkRows() && rows / parts <= mostChunks;
  return rows / parts % getChunkRows() == 0 || isOneChunk;
}

Value ReduceOp::buildPart(OpBuilder &builder, ValueRange operands, Value initial) {
  int64_t rows = countRows(getOperand().getType(), getAxes());
  int64_t chunk = rows <= getChunkRows() ? 1 : getChunkRows();
  return ReduceOp::create(builder, getLoc(), getReduction(), operands.front(), getAxes(), initial,
                          builder.getI64IntegerAttr(chunk));
}

std::optional<unsigned> ReduceOp::getInitialOperand() {
  return getInitial() ? std::optional<unsigned>(1) : std::nullopt;
}

/// Sums of floats are left to the kernel, whose order of additions is part of the op's meaning.
OpFoldResult ReduceOp::fold(FoldAdaptor adaptor) {
  if (getAxes().empty())
    return getOperand();
  if (isFloatTensor(getOperand()) && getReduction() == Reduction::Sum)
    return {};
  return foldByEvaluation(*this, adaptor.getOperands());
}

IterationSpace ReduceOp::getIterationSpace() {
  auto shape = llvm::to_vector(shapeOf(getOperand()));
  SmallVector<LoopKind> kinds(shape.size(), LoopKind::Parallel);
  for (int64_t axis : getAxes())
    kinds[axis] = LoopKind::Reduction;
  return {shape, kinds};
}

AffineMap ReduceOp::getOperandMap(unsigned operand) {
  if (operand == getInitialOperand())
    return getResultMap(0);
  return AffineMap::getMultiDimIdentityMap(tensorType(getOperand()).getRank(), getContext());
}

static TypedAttr getNeutralFloat(Reduction reduction, FloatType type) {
  if (reduction == Reduction::Sum)
    return FloatAttr::get(type, 0.0);
  bool negative = reduction == Reduction::Maximum;
  return FloatAttr::get(type, APFloat::getInf(type.getFloatSemantics(), negative));
}

static TypedAttr getNeutralInteger(Reduction reduction, Type element) {
  unsigned bits = element.getIntOrFloatBitWidth();
  APInt smallest = isUnsigned(element) ? APInt::getMinValue(bits) : APInt::getSignedMinValue(bits);
  APInt largest = isUnsigned(element) ? APInt::getMaxValue(bits) : APInt::getSignedMaxValue(bits);
  APInt neutral = reduction == Reduction::Sum       ? APInt::getZero(bits)
                  : reduction == Reduction::Maximum ? smallest
                                                    : largest;
  return IntegerAttr::get(toBodyElement(element), neutral);
}

TypedAttr ReduceOp::getNeutralElement() {
  Type element = elementOf(getOperand());
  if (auto type = dyn_cast<FloatType>(element))
    return getNeutralFloat(getReduction(), type);
  return getNeutralInteger(getReduction(), element);
}

Value ReduceOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  Body body(builder, location);
  Value element = elements.front(), accumulator = elements.back();
  if (getReduction() != Reduction::Sum)
    return buildExtremum(builder, location, elementOf(getOperand()), getReduction() == Reduction::Maximum, accumulator,
                         element);
  return isFloatTensor(getOperand()) ? body.add(accumulator, element) : body.make<arith::AddIOp>(accumulator, element);
}

/// Joins two elements; a NaN wins every comparison.
template <typename Number> static Number join(Reduction reduction, Number x, Number y) {
  switch (reduction) {
  case Reduction::Sum: return x + y;
  case Reduction::Maximum: return x > y || x != x ? x : y;
  case Reduction::Minimum: return x < y || x != x ? x : y;
  }
  llvm_unreachable("no such reduction");
}

/// Joins the values to `results`, which hold what they start from.
template <typename Number>
static void reduceInto(ReduceOp op, const std::vector<Number> &values, std::vector<Number> &results) {
  AffineMap map = op.getResultMap(0);
  auto resultStrides = rowMajorStrides(op.getType().getShape());
  SmallVector<int64_t> strides(op.getIterationSpace().sizes.size(), 0);
  for (auto [result, stride] : llvm::zip_equal(map.getResults(), resultStrides))
    strides[cast<AffineDimExpr>(result).getPosition()] = stride;
  size_t source = 0;
  forEachIndex(shapeOf(op.getOperand()), [&](ArrayRef<int64_t> index) {
    Number &result = results[linearize(index, strides)];
    result = join(op.getReduction(), result, values[source++]);
  });
}

void ReduceOp::evaluate(Inputs inputs, Outputs outputs) {
  auto &floats = outputs[0].floats;
  auto &integers = outputs[0].integers;
  if (getInitial()) {
    floats = inputs[1].floats;
    integers = inputs[1].integers;
  } else if (auto neutral = dyn_cast<FloatAttr>(getNeutralElement())) {
    floats.assign(floats.size(), neutral.getValueAsDouble());
  } else {
    APInt value = cast<IntegerAttr>(getNeutralElement()).getValue();
    integers.assign(integers.size(), isUnsigned(elementOf(getOperand())) ? value.getZExtValue() : value.getSExtValue());
  }
  inputs[0].isFloat() ? reduceInto(*this, inputs[0].floats, floats) : reduceInto(*this, inputs[0].integers, integers);
}

//===--- matmul ---------------------------------------------------------------------------------------------------===//

LogicalResult MatmulOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, ValueRange operands,
                                         DictionaryAttr, OpaqueProperties, RegionRange, SmallVectorImpl<Type> &types) {
  RankedTensorType lhs = tensorType(operands[0]), rhs = tensorType(operands[1]);
  if (lhs.getElementType() != rhs.getElementType()) // matmul_c1
    return emitInferenceError<MatmulOp>(location, "expected equal element types, got ", lhs, " and ", rhs);
  if (lhs.getRank() < 2 || lhs.getRank() != rhs.getRank()) // matmul_c2
    return emitInferenceError<MatmulOp>(location, "expected equal ranks of 2 or more, got ", lhs, " and ", rhs);
  if (lhs.getShape().drop_back(2) != rhs.getShape().drop_back(2)) // matmul_c3
    return emitInferenceError<MatmulOp>(location, "expected equal batch dimensions, got ", lhs, " and ", rhs);
  if (lhs.getShape().back() != rhs.getShape().drop_back().back()) // matmul_c4
    return emitInferenceError<MatmulOp>(location, "expected ", lhs.getShape().back(), " rows on the right, got ", rhs);
  auto shape = llvm::to_vector(lhs.getShape().drop_back());
  shape.push_back(rhs.getShape().back());
  RankedTensorType result = lhs.clone(shape);
  if (operands.size() > 2 && operands[2].getType() != result) // matmul_c5
    return emitInferenceError<MatmulOp>(location, "expected to start from ", result, ", got ", operands[2].getType());
  types.push_back(result);
  return success();
}

std::optional<unsigned> MatmulOp::getInitialOperand() {
  return getInitial() ? std::optional<unsigned>(2) : std::nullopt;
}

/// Batch dimensions, m, n, and k innermost.
IterationSpace MatmulOp::getIterationSpace() {
  auto sizes = llvm::to_vector(getType().getShape());
  sizes.push_back(shapeOf(getLhs()).back());
  SmallVector<LoopKind> kinds(sizes.size() - 1, LoopKind::Parallel);
  kinds.push_back(LoopKind::Reduction);
  return {sizes, kinds};
}

AffineMap MatmulOp::getOperandMap(unsigned operand) {
  if (operand == getInitialOperand())
    return getResultMap(0);
  unsigned loops = getType().getRank() + 1, m = loops - 3, n = loops - 2, k = loops - 1;
  SmallVector<AffineExpr> indices;
  for (unsigned batch = 0; batch < m; ++batch)
    indices.push_back(getAffineDimExpr(batch, getContext()));
  indices.push_back(getAffineDimExpr(operand == 0 ? m : k, getContext()));
  indices.push_back(getAffineDimExpr(operand == 0 ? k : n, getContext()));
  return AffineMap::get(loops, 0, indices, getContext());
}

TypedAttr MatmulOp::getNeutralElement() { return FloatAttr::get(neap::getAccumulatorType(elementOf(getLhs())), 0.0); }

/// Widens an element to the accumulator's type.
static Value widen(OpBuilder &builder, Location location, Value element, Value accumulator) {
  if (element.getType() == accumulator.getType())
    return element;
  return arith::ExtFOp::create(builder, location, accumulator.getType(), element);
}

Value MatmulOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  Value accumulator = elements[2];
  Value lhs = widen(builder, location, elements[0], accumulator);
  Value rhs = widen(builder, location, elements[1], accumulator);
  return math::FmaOp::create(builder, location, lhs, rhs, accumulator);
}

bool MatmulOp::canAccumulate(int64_t) { return !getInitial(); }

Value MatmulOp::buildPart(OpBuilder &builder, ValueRange operands, Value initial) {
  return MatmulOp::create(builder, getLoc(), operands[0], operands[1], initial);
}

int64_t MatmulOp::getFlops() { return 2 * getType().getNumElements() * shapeOf(getLhs()).back(); }

void MatmulOp::evaluate(Inputs inputs, Outputs outputs) {
  int64_t m = shapeOf(getResult()).drop_back().back(), n = shapeOf(getResult()).back(), k = shapeOf(getLhs()).back();
  int64_t batches = ShapedType::getNumElements(getType().getShape().drop_back(2));
  if (getInitial())
    outputs[0].floats = inputs[2].floats;
  for (int64_t b = 0; b < batches; ++b)
    for (int64_t i = 0; i < m; ++i)
      for (int64_t j = 0; j < n; ++j)
        for (int64_t p = 0; p < k; ++p)
          outputs[0].floats[(b * m + i) * n + j] +=
              inputs[0].floats[(b * m + i) * k + p] * inputs[1].floats[(b * k + p) * n + j];
}

//===--- softmax --------------------------------------------------------------------------------------------------===//

bool SoftmaxOp::mustStayFp32() { return true; }

/// Calls `visit(begin)` with the first position of every row along the last dimension.
static void forEachRow(const HostTensor &tensor, function_ref<void(int64_t)> visit) {
  int64_t columns = tensor.shape().back();
  for (int64_t begin = 0; begin < tensor.size(); begin += columns)
    visit(begin);
}

static ArrayRef<double> rowOf(const HostTensor &tensor, int64_t begin) {
  return ArrayRef(tensor.floats).slice(begin, tensor.shape().back());
}

/// The largest element; NaN if there is one.
static double maximumOf(ArrayRef<double> row) {
  double maximum = -std::numeric_limits<double>::infinity();
  for (double x : row)
    maximum = join(Reduction::Maximum, maximum, x);
  return maximum;
}

/// log(sum(e^x)), computed around the maximum.
static double logSumExp(ArrayRef<double> row) {
  double maximum = maximumOf(row), sum = 0;
  for (double x : row)
    sum += std::exp(x - maximum);
  return maximum + std::log(sum);
}

LogicalResult SoftmaxOp::verify() {
  if (getType().getRank() == 0) // softmax_c1
    return emitOpError("expected an operand of rank 1 or more, got ") << getType();
  return success();
}

void SoftmaxOp::evaluate(Inputs inputs, Outputs outputs) {
  forEachRow(inputs[0], [&](int64_t begin) {
    ArrayRef<double> row = rowOf(inputs[0], begin);
    double maximum = maximumOf(row), sum = 0;
    for (auto [j, x] : llvm::enumerate(row))
      sum += outputs[0].floats[begin + j] = std::exp(x - maximum);
    for (size_t j = 0; j < row.size(); ++j)
      outputs[0].floats[begin + j] /= sum;
  });
}

LogicalResult SoftmaxBackwardOp::verify() {
  if (getType().getRank() == 0) // softmax_backward_c1
    return emitOpError("expected operands of rank 1 or more, got ") << getType();
  return success();
}

void SoftmaxBackwardOp::evaluate(Inputs inputs, Outputs outputs) {
  forEachRow(inputs[0], [&](int64_t begin) {
    double sum = 0;
    for (auto [y, dy] : llvm::zip_equal(rowOf(inputs[0], begin), rowOf(inputs[1], begin)))
      sum += y * dy;
    for (auto [j, y] : llvm::enumerate(rowOf(inputs[0], begin)))
      outputs[0].floats[begin + j] = y * (inputs[1].floats[begin + j] - sum);
  });
}

//===--- layer norm -----------------------------------------------------------------------------------------------===//

bool LayerNormOp::mustStayFp32() { return true; }

/// One statistic per row.
static RankedTensorType getStatisticsType(RankedTensorType type) {
  return RankedTensorType::get(type.getShape().drop_back(), getAccumulatorType(type.getElementType()));
}

LogicalResult LayerNormOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, ValueRange operands,
                                            DictionaryAttr, OpaqueProperties, RegionRange,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType type = tensorType(operands[0]), scale = tensorType(operands[1]), bias = tensorType(operands[2]);
  if (type.getRank() == 0) // layer_norm_c1
    return emitInferenceError<LayerNormOp>(location, "expected an operand of rank 1 or more, got ", type);
  auto expected = type.clone(type.getShape().take_back());
  if (scale != expected || bias != expected) // layer_norm_c2
    return emitInferenceError<LayerNormOp>(location, "expected scale and bias of type ", expected, ", got ", scale,
                                           " and ", bias);
  types.push_back(type);
  types.append(2, getStatisticsType(type));
  return success();
}

void LayerNormOp::evaluate(Inputs inputs, Outputs outputs) {
  int64_t row = 0;
  double columns = inputs[0].shape().back(), epsilon = getEpsilon().convertToFloat();
  forEachRow(inputs[0], [&](int64_t begin) {
    double sum = 0, squares = 0;
    for (double x : rowOf(inputs[0], begin))
      sum += x;
    double mean = outputs[1].floats[row] = sum / columns;
    for (double x : rowOf(inputs[0], begin))
      squares += (x - mean) * (x - mean);
    double rstd = outputs[2].floats[row++] = 1.0 / std::sqrt(squares / columns + epsilon);
    for (auto [j, x] : llvm::enumerate(rowOf(inputs[0], begin)))
      outputs[0].floats[begin + j] = (x - mean) * rstd * inputs[1].floats[j] + inputs[2].floats[j];
  });
}

LogicalResult LayerNormBackwardOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                                    ValueRange operands, DictionaryAttr, OpaqueProperties, RegionRange,
                                                    SmallVectorImpl<Type> &types) {
  RankedTensorType type = tensorType(operands[0]), scale = tensorType(operands[1]);
  if (type.getRank() == 0 || scale != type.clone(type.getShape().take_back())) // layer_norm_backward_c1
    return emitInferenceError<LayerNormBackwardOp>(location, "expected a scale for each column of ", type, ", got ",
                                                   scale);
  for (Value statistic : {operands[2], operands[3]})
    if (statistic.getType() != getStatisticsType(type)) // layer_norm_backward_c2
      return emitInferenceError<LayerNormBackwardOp>(location, "expected statistics of type ", getStatisticsType(type),
                                                     ", got ", statistic.getType());
  if (operands[4].getType() != type) // layer_norm_backward_c3
    return emitInferenceError<LayerNormBackwardOp>(location, "expected a cotangent of type ", type, ", got ",
                                                   operands[4].getType());
  types.append({type, scale, scale});
  return success();
}

void LayerNormBackwardOp::evaluate(Inputs inputs, Outputs outputs) {
  auto &x = inputs[0].floats, &scale = inputs[1].floats, &dy = inputs[4].floats;
  int64_t columns = inputs[0].shape().back(), row = 0;
  forEachRow(inputs[0], [&](int64_t begin) {
    double mean = inputs[2].floats[row], rstd = inputs[3].floats[row++], sumG = 0, sumGh = 0;
    auto h = [&](int64_t j) { return (x[begin + j] - mean) * rstd; };
    for (int64_t j = 0; j < columns; ++j) {
      double g = dy[begin + j] * scale[j];
      sumG += g;
      sumGh += g * h(j);
      outputs[1].floats[j] += dy[begin + j] * h(j);
      outputs[2].floats[j] += dy[begin + j];
    }
    for (int64_t j = 0; j < columns; ++j)
      outputs[0].floats[begin + j] = rstd * (dy[begin + j] * scale[j] - sumG / columns - h(j) * sumGh / columns);
  });
}

//===--- cross-entropy --------------------------------------------------------------------------------------------===//

bool CrossEntropyOp::mustStayFp32() { return true; }

OpOperand &CrossEntropyOp::getIndexOperand() { return getLabelsMutable(); }
int64_t CrossEntropyOp::getIndexLimit() { return shapeOf(getLogits()).back(); }
std::optional<int64_t> CrossEntropyOp::getIgnoredIndex() { return getIgnoreIndex(); }

LogicalResult CrossEntropyOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, ValueRange operands,
                                               DictionaryAttr, OpaqueProperties, RegionRange,
                                               SmallVectorImpl<Type> &types) {
  RankedTensorType logits = tensorType(operands[0]), labels = tensorType(operands[1]);
  if (logits.getRank() != 2) // cross_entropy_c1
    return emitInferenceError<CrossEntropyOp>(location, "expected logits of rank 2, got ", logits);
  if (labels.getShape() != logits.getShape().drop_back()) // cross_entropy_c2
    return emitInferenceError<CrossEntropyOp>(location, "expected a label for each row of ", logits, ", got ", labels);
  RankedTensorType rows = getStatisticsType(logits);
  RankedTensorType scalar = rows.clone(ArrayRef<int64_t>());
  types.append({scalar, rows, scalar});
  return success();
}

void CrossEntropyOp::evaluate(Inputs inputs, Outputs outputs) {
  double sum = 0, count = 0;
  int64_t row = 0;
  forEachRow(inputs[0], [&](int64_t begin) {
    int64_t label = inputs[1].integers[row];
    double lse = outputs[1].floats[row++] = logSumExp(rowOf(inputs[0], begin));
    if (label == static_cast<int64_t>(getIgnoreIndex()))
      return;
    bool isInside = label >= 0 && label < inputs[0].shape().back();
    sum += lse - (isInside ? inputs[0].floats[begin + label] : 0.0);
    ++count;
  });
  outputs[0].floats[0] = count > 0 ? sum / count : 0.0;
  outputs[2].floats[0] = count;
}

LogicalResult CrossEntropyBackwardOp::verify() {
  auto logits = getLogits().getType();
  if (logits.getRank() != 2) // cross_entropy_backward_c1
    return emitOpError("expected logits of rank 2, got ") << logits;
  if (getLabels().getType().getShape() != logits.getShape().drop_back()) // cross_entropy_backward_c2
    return emitOpError("expected a label for each row of ") << logits << ", got " << getLabels().getType();
  RankedTensorType rows = getStatisticsType(logits);
  if (getLse().getType() != rows) // cross_entropy_backward_c3
    return emitOpError("expected lse of type ") << rows << ", got " << getLse().getType();
  for (Value scalar : {Value(getCount()), Value(getCotangent())})
    if (elementOf(scalar) != rows.getElementType()) // cross_entropy_backward_c4
      return emitOpError("expected count and cotangent of ") << rows.getElementType() << ", got " << scalar.getType();
  return success();
}

void CrossEntropyBackwardOp::evaluate(Inputs inputs, Outputs outputs) {
  double count = inputs[3].floats[0], scale = count > 0 ? inputs[4].floats[0] / count : 0.0;
  int64_t row = 0;
  forEachRow(inputs[0], [&](int64_t begin) {
    int64_t label = inputs[1].integers[row];
    double lse = inputs[2].floats[row++];
    if (label == static_cast<int64_t>(getIgnoreIndex()))
      return;
    for (auto [j, x] : llvm::enumerate(rowOf(inputs[0], begin)))
      outputs[0].floats[begin + j] = scale * (std::exp(x - lse) - (static_cast<int64_t>(j) == label));
  });
}
