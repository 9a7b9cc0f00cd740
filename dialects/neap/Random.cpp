// The ops that draw random numbers: what they compute, on the host and in loops, and the gradient of dropout.
// Where the words come from is in Philox.h.
#include "neap/dialects/neap/Dropout.h"
#include "neap/dialects/neap/Philox.h"
#include "neap/dialects/neap/TensorBuilder.h"

#include <cmath>

using namespace mlir;
using namespace neap;
using arith::CmpIPredicate;

using Inputs = ArrayRef<HostTensor>;
using Outputs = MutableArrayRef<HostTensor>;

namespace neap {

AffineMap randomOperandMap(Operation *op, unsigned operand) {
  auto random = cast<RandomReader>(op);
  if (operand < random.getKey().getBeginOperandIndex())
    return elementwiseMap(op);
  return AffineMap::get(cast<RankedTensorType>(op->getResult(0).getType()).getRank(), 0, {}, op->getContext());
}

SmallVector<int64_t> randomWordStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 0);
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    if (shape[i] == 1)
      continue;
    strides[i] = stride;
    stride *= stride == 1 ? llvm::alignTo(shape[i], wordsPerCounter) : shape[i];
  }
  return strides;
}

int64_t countRandomBlocks(ArrayRef<int64_t> shape) {
  int64_t row = 1;
  for (int64_t size : llvm::reverse(shape))
    if (row == 1)
      row = size;
  return ShapedType::getNumElements(shape) / row * llvm::divideCeil(row, wordsPerCounter);
}

AffineMap randomWordMap(ArrayRef<int64_t> shape, MLIRContext *context) {
  AffineExpr number = getAffineConstantExpr(0, context);
  for (auto [dimension, stride] : llvm::enumerate(randomWordStrides(shape)))
    if (stride != 0)
      number = number + getAffineDimExpr(dimension, context) * stride;
  return AffineMap::get(shape.size(), 0, number, context);
}

int64_t countRandomFlops(Operation *op) {
  constexpr int64_t operationsPerElement = 20; // ten rounds of two products and four exclusive ors make four words
  return countElements(op->getResult(0).getType()) * operationsPerElement;
}

} // namespace neap

/// The stream that the last operands name.
static RandomStream<uint32_t> getStream(RandomReader op, Inputs inputs) {
  auto word = [](const HostTensor &scalar) { return static_cast<uint32_t>(scalar.integers.front()); };
  return streamOf<uint32_t>(llvm::map_to_vector(inputs.take_back(op.getKey().size()), word));
}

/// Calls `use(element, word)` for all elements in row-major order.
static void forEachWord(RandomReader op, Inputs inputs, const HostTensor &result,
                        llvm::function_ref<void(int64_t, uint32_t)> use) {
  RandomStream<uint32_t> stream = getStream(op, inputs);
  AffineMap map = op.getWordMap();
  int64_t element = 0;
  forEachIndex(result.shape(),
               [&](ArrayRef<int64_t> index) { use(element++, randomWord(stream, map.compose(index)[0])); });
}

//===--- dropout --------------------------------------------------------------------------------------------------===//

bool neap::isDropoutRatio(double ratio) { return ratio >= 0 && ratio < 1; }

uint32_t neap::dropThreshold(double ratio) {
  return static_cast<uint32_t>(std::min(std::round(ratio * 0x1p32), 0x1p32 - 1));
}

double neap::keepFactor(double ratio) { return 1.0 / (1.0 - ratio); }

Value neap::buildKeepFactor(Body body, Value word, Type type, double ratio) {
  Type width = matchWidth(type, word.getType());
  Value keep = body.compare(CmpIPredicate::uge, word, body.like(word, static_cast<int32_t>(dropThreshold(ratio))));
  return body.select(keep, body.number(width, keepFactor(ratio)), body.number(width, 0));
}

static double ratioOf(DropoutOp op) { return op.getRatio().convertToDouble(); }

LogicalResult DropoutOp::verify() {
  if (!isDropoutRatio(ratioOf(*this))) // dropout_c1
    return emitOpError("expected a ratio in [0, 1), got ") << ratioOf(*this);
  return success();
}

/// Nothing else folds: a mask over constants is not a constant.
OpFoldResult DropoutOp::fold(FoldAdaptor) { return dropThreshold(ratioOf(*this)) == 0 ? getOperand() : Value(); }

void DropoutOp::evaluate(Inputs inputs, Outputs outputs) {
  uint32_t threshold = dropThreshold(ratioOf(*this));
  double factor = keepFactor(ratioOf(*this));
  forEachWord(*this, inputs, outputs[0], [&](int64_t element, uint32_t word) {
    outputs[0].floats[element] = inputs[0].floats[element] * (word >= threshold ? factor : 0.0);
  });
}

Value DropoutOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  Body body(builder, location);
  Value x = elements.front(), word = elements.back();
  return body.mul(x, buildKeepFactor(body, word, elementOf(getResult()), ratioOf(*this)));
}

void DropoutOp::buildVjp(OpBuilder &builder, ValueRange cotangents, SmallVectorImpl<Value> &gradients) {
  if (cotangents[0])
    gradients[0] = DropoutOp::create(builder, getLoc(), cotangents[0], getKey(), getRatioAttr());
}

//===--- uniform numbers ------------------------------------------------------------------------------------------===//

static constexpr unsigned droppedBits = 8;

void RandomUniformOp::evaluate(Inputs inputs, Outputs outputs) {
  forEachWord(*this, inputs, outputs[0],
              [&](int64_t element, uint32_t word) { outputs[0].floats[element] = (word >> droppedBits) * 0x1p-24; });
}

Value RandomUniformOp::buildBody(OpBuilder &builder, Location location, ValueRange elements, ValueRange) {
  Body body(builder, location);
  Value word = elements.back();
  Value bits = body.make<arith::ShRUIOp>(word, body.like(word, droppedBits));
  Type type = matchWidth(elementOf(getResult()), word.getType());
  return body.mul(body.make<arith::SIToFPOp>(type, bits), body.number(type, 0x1p-24));
}
