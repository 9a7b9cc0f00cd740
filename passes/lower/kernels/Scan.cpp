// Scan groups: running sums along an axis. An item is a line along it, or a strip of neighbouring lines where the axis is not
// the innermost. A line is added up from one end to the other, so its sums have one order.
#include "neap/passes/lower/kernels/Nest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace neap::lower {
namespace {

constexpr int64_t stripColumns = 64;

class ScanWriter {
public:
  ScanWriter(Code &code, CumsumOp op, const ViewedArgument &source, ArrayRef<Value> buffers)
      : code(code), op(op), from(source.position), shape(op.getType().getShape()), axis(op.getAxis()),
        alongInnermost(axis + 1 == op.getType().getRank()), elements(code, op.getType().getElementType()),
        operand(buffers[source.argument.getArgNumber()]), result(buffers.back()) {
    to = linearPosition(identityAccess(shape), shape, shape.size());
    for (auto [dimension, size] : llvm::enumerate(shape))
      lines.push_back(static_cast<int64_t>(dimension) == axis ? 1 : size);
    if (!alongInnermost)
      lines.back() = llvm::divideCeil(shape.back(), stripColumns);
  }

  int64_t items() const { return ShapedType::getNumElements(lines); }
  int64_t itemElements() const { return shape[axis] * (alongInnermost ? 1 : std::min(stripColumns, shape.back())); }

  void writeItem(Value item) {
    SmallVector<Value> indices = delinearize(code, item, lines);
    if (alongInnermost)
      return writeLine(indices, {});
    Value first = code.mul(indices.back(), stripColumns);
    Value end = code.min(code.add(first, code.integer(stripColumns)), code.integer(shape.back()));
    forEachBlock(code, first, end, shape.back(), [&](Value column, Value mask) {
      SmallVector<Value> block(indices);
      block.back() = column;
      writeLine(block, mask);
    });
  }

private:
  /// The sums along one line, or along sixteen neighbouring ones.
  void writeLine(SmallVector<Value> indices, Value mask) {
    Type element = computeType(op.getType().getElementType());
    Value zero = code.zero(alongInnermost ? element : VectorType::get({lanes}, element));
    code.loop(code.integer(0), code.integer(shape[axis]), 1, zero, [&](Value step, ValueRange before) {
      indices[axis] = op.getReverse() ? code.sub(code.integer(shape[axis] - 1), step) : step;
      Value sum = add(before.front(), load(indices, mask));
      store(op.getExclusive() ? before.front() : sum, indices, mask);
      return SmallVector<Value>{sum};
    });
  }

  Value load(ArrayRef<Value> indices, Value mask) {
    Value offset = evaluate(code, from, indices);
    return alongInnermost ? elements.loadScalar(operand, offset)
                          : elements.loadVector(operand, offset, from.coefficients.back(), mask);
  }

  void store(Value value, ArrayRef<Value> indices, Value mask) {
    Value offset = evaluate(code, to, indices);
    if (alongInnermost)
      return elements.storeScalar(value, result, offset);
    elements.storeVector(value, result, offset, /*stride=*/1, mask);
  }

  Value add(Value sum, Value element) {
    if (isFloatTensor(op.getOperand()))
      return arith::AddFOp::create(code.builder, code.location, sum, element);
    return arith::AddIOp::create(code.builder, code.location, sum, element);
  }

  Code &code;
  CumsumOp op;
  /// Where operand and result lie, in loops over the shape.
  LinearForm from, to;
  ArrayRef<int64_t> shape;
  int64_t axis;
  bool alongInnermost;
  Elements elements;
  Value operand, result;
  /// The loops that the items are taken from.
  SmallVector<int64_t> lines;
};

} // namespace

FailureOr<Kernel> buildScanKernel(ModuleOp module, StringRef name, Block &body) {
  auto op = cast<CumsumOp>(body.getTerminator()->getOperand(0).getDefiningOp());
  auto source = findViewedArgument(op.getOperand());
  if (failed(source))
    return failure();
  KernelFunction kernel(module, body.getParentOp()->getLoc(), name, body.getNumArguments() + 1);
  ScanWriter writer(kernel.code, op, *source, kernel.buffers);
  kernel.code.loop(kernel.begin, kernel.end, 1, [&](Value item) { writer.writeItem(item); });
  constexpr int64_t grainElements = 16384;
  return Kernel{kernel.function, writer.items(), std::max<int64_t>(1, grainElements / writer.itemElements()), 0};
}

} // namespace neap::lower
