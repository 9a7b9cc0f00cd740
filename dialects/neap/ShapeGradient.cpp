// Vector-Jacobian products of the ops that move elements: every one moves the cotangent back.
#include "neap/dialects/neap/TensorBuilder.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace neap;

using Gradients = SmallVectorImpl<Value>;

void ReshapeOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  if (cotangents[0] && isFloatTensor(getOperand()))
    gradients[0] = TensorBuilder(builder, getLoc()).reshape(cotangents[0], shapeOf(getOperand()));
}

void TransposeOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  if (cotangents[0] && isFloatTensor(getOperand()))
    gradients[0] = TensorBuilder(builder, getLoc()).transpose(cotangents[0], invertPermutationVector(getPermutation()));
}

/// The result's dimensions along which a broadcast repeats elements.
static SmallVector<int64_t> getStretchedAxes(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  int64_t added = to.size() - from.size();
  SmallVector<int64_t> axes;
  for (int64_t axis = 0; axis < static_cast<int64_t>(to.size()); ++axis)
    if (axis < added || from[axis - added] != to[axis])
      axes.push_back(axis);
  return axes;
}

void BroadcastOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (!cotangents[0] || !isFloatTensor(getOperand()))
    return;
  ArrayRef<int64_t> shape = shapeOf(getOperand());
  gradients[0] = build.reshape(build.sum(cotangents[0], getStretchedAxes(shape, getType().getShape())), shape);
}

void SliceOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (cotangents[0] && isFloatTensor(getOperand()))
    gradients[0] = build.make<UnsliceOp>(getOperand().getType(), cotangents[0], getStarts(), getStrides());
}

void UnsliceOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (cotangents[0] && isFloatTensor(getOperand()))
    gradients[0] = build.make<SliceOp>(cotangents[0], getStarts(), shapeOf(getOperand()), getStrides());
}

void ConcatOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (!cotangents[0] || !isFloatTensor(getResult()))
    return;
  SmallVector<int64_t> starts(getType().getRank(), 0), strides(getType().getRank(), 1);
  for (auto [gradient, input] : llvm::zip_equal(gradients, getInputs())) {
    gradient = build.make<SliceOp>(cotangents[0], starts, shapeOf(input), strides);
    starts[getAxis()] += shapeOf(input)[getAxis()];
  }
}

void CumsumOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (cotangents[0] && isFloatTensor(getOperand()))
    gradients[0] = build.make<CumsumOp>(cotangents[0], getAxis(), getExclusive(), !getReverse());
}

void GatherOp::buildVjp(OpBuilder &builder, ValueRange cotangents, Gradients &gradients) {
  TensorBuilder build(builder, getLoc());
  if (cotangents[0] && isFloatTensor(getTable()))
    gradients[0] = build.make<ScatterAddOp>(build.splatLike(getTable(), 0.0), getIndices(), cotangents[0]);
}
