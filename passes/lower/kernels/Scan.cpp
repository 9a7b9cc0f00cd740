// Scan groups: running sums along an axis. An item is a line along it, or a strip of neighbouring lines where the axis is not
// the innermost. A line is added up from one end to the other, so its sums have one order.
#include "neap/passes/lower/kernels/Nest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace neap::lower {
namespace {

constexpr int64_t cpuStrip = 64;

/// The loops that items are taken from, and the lines of an item; 0 where the axis is the innermost and an item is one line.
struct ScanItems {
  ScanItems(CumsumOp op, const KernelTarget &target) {
    ArrayRef<int64_t> shape = op.getType().getShape();
    int64_t axis = op.getAxis(), last = op.getType().getRank() - 1;
    stripColumns = axis == last ? 0 : target.itemElements(cpuStrip, shape.back());
    for (int64_t dimension = 0; dimension <= last; ++dimension)
      loops.push_back(dimension == axis ? 1 : shape[dimension]);
    if (stripColumns != 0)
      loops.back() = llvm::divideCeil(shape.back(), stripColumns);
    elements = shape[axis] * std::max<int64_t>(1, std::min(stripColumns, shape.back()));
  }

  SmallVector<int64_t> loops;
  int64_t stripColumns, elements;
};

class ScanWriter {
public:
  ScanWriter(Code &code, CumsumOp op, const ViewedArgument &source, ArrayRef<Value> buffers, ScanItems items)
      : code(code), op(op), from(source.position), shape(op.getType().getShape()), axis(op.getAxis()),
        elements(code, op.getType().getElementType()), operand(buffers[source.argument.getArgNumber()]),
        result(buffers.back()), items(std::move(items)), alongInnermost(this->items.stripColumns == 0) {
    to = linearPosition(identityAccess(shape), shape, shape.size());
  }

  void writeItem(Value item) {
    SmallVector<Value> indices = delinearize(code, item, items.loops);
    if (alongInnermost)
      return writeLine(indices, {});
    Value first = code.mul(indices.back(), items.stripColumns);
    Value end = code.min(code.add(first, code.integer(items.stripColumns)), code.integer(shape.back()));
    forEachBlock(code, first, end, shape.back(), [&](Value column, Value mask) {
      SmallVector<Value> block(indices);
      block.back() = column;
      writeLine(block, mask);
    });
  }

private:
  /// The sums along one line, or along a vector of neighbouring ones.
  void writeLine(SmallVector<Value> indices, Value mask) {
    Type element = computeType(op.getType().getElementType());
    Value zero = code.zero(alongInnermost ? element : VectorType::get({code.style.lanes}, element));
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
  Elements elements;
  Value operand, result;
  ScanItems items;
  bool alongInnermost;
};

} // namespace

FailureOr<Kernel> buildScanKernel(ModuleOp module, StringRef name, Block &body, const KernelTarget &target) {
  auto op = cast<CumsumOp>(body.getTerminator()->getOperand(0).getDefiningOp());
  auto source = findViewedArgument(op.getOperand());
  if (failed(source))
    return failure();
  ScanItems items(op, target);
  KernelShape shape{KernelShape::countBuffers(body), ShapedType::getNumElements(items.loops),
                    target.vectorStyle(op.getType().getShape().back())};
  KernelFunction kernel(module, body.getParentOp()->getLoc(), name, shape, target);
  ScanWriter writer(kernel.code, op, *source, kernel.buffers, items);
  kernel.code.loop(kernel.begin, kernel.end, 1, [&](Value item) { writer.writeItem(item); });
  constexpr int64_t grainElements = 16384;
  return kernel.finish(shape, grainElements / std::max<int64_t>(1, items.elements));
}

} // namespace neap::lower
