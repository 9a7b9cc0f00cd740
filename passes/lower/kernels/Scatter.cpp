// Scatter groups: rows added to the rows of a base that indices name. An item is a strip of columns: it copies the base (unless
// the result lies on it) and takes the updates in order, so equal indices add up in one order on any number of threads.
#include "neap/passes/lower/kernels/Nest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace neap::lower {
namespace {

constexpr int64_t cpuStrip = 64;

class ScatterWriter {
public:
  ScatterWriter(Code &code, ScatterAddOp op, ArrayRef<Value> buffers, int64_t stripColumns)
      : code(code), op(op), buffers(buffers), elements(code, op.getType().getElementType()), stripColumns(stripColumns) {
    rows = shapeOf(op.getBase())[0];
    columns = countColumns(op);
    updates = cast<RankedTensorType>(op.getIndices().getType()).getNumElements();
  }

  static int64_t countColumns(ScatterAddOp op) { return ShapedType::getNumElements(shapeOf(op.getBase()).drop_front()); }

  void writeStrip(Value strip) {
    Value first = code.mul(strip, stripColumns);
    Value end = code.min(code.add(first, code.integer(stripColumns)), code.integer(columns));
    startFromBase(first, end);
    code.loop(code.integer(0), code.integer(updates), 1, [&](Value update) {
      Value index = loadIndex(update);
      Value target = code.mul(index, columns), source = code.mul(update, columns);
      forEachBlock(code, first, end, columns, [&](Value column, Value mask) {
        Value sum = elements.loadVector(buffers.back(), code.add(target, column), 1, mask, code.style.lanes);
        Value added = splatOf(op.getUpdates());
        if (!added)
          added = elements.loadVector(bufferOf(op.getUpdates()), code.add(source, column), 1, mask, code.style.lanes);
        sum = arith::AddFOp::create(code.builder, code.location, sum, added);
        elements.storeVector(sum, buffers.back(), code.add(target, column), 1, mask, code.style.lanes);
      });
    });
  }

private:
  /// A reshape is the same bytes in the same order.
  Value bufferOf(Value value) {
    while (auto reshape = value.getDefiningOp<ReshapeOp>())
      value = reshape.getOperand();
    return buffers[cast<BlockArgument>(value).getArgNumber()];
  }

  /// A constant with one value everywhere has no buffer; null for anything else.
  Value splatOf(Value operand) {
    auto constant = operand.getDefiningOp<ConstantOp>();
    if (!constant)
      return {};
    auto scalar = cast<SplatElementsAttr>(constant.getValue()).getSplatValue<TypedAttr>();
    return splat(code, arith::ConstantOp::create(code.builder, code.location, scalar));
  }

  /// The row that an update goes to, as i64.
  Value loadIndex(Value update) {
    if (auto constant = op.getIndices().getDefiningOp<ConstantOp>())
      return code.integer(cast<SplatElementsAttr>(constant.getValue()).getSplatValue<APInt>().getSExtValue());
    Elements indices(code, elementOf(op.getIndices()));
    Value index = indices.loadScalar(bufferOf(op.getIndices()), update);
    if (index.getType().isInteger(64))
      return index;
    return arith::ExtSIOp::create(code.builder, code.location, code.builder.getI64Type(), index);
  }

  void startFromBase(Value first, Value end) {
    if (Value value = splatOf(op.getBase()))
      return forEachRow(first, end, [&](Value, Value) { return value; });
    Value base = bufferOf(op.getBase());
    Value isElsewhere = LLVM::ICmpOp::create(code.builder, code.location, LLVM::ICmpPredicate::ne, base, buffers.back());
    code.when(isElsewhere, [&] {
      forEachRow(first, end, [&](Value offset, Value mask) { return elements.loadVector(base, offset, 1, mask, code.style.lanes); });
    });
  }

  void forEachRow(Value first, Value end, llvm::function_ref<Value(Value, Value)> value) {
    code.loop(code.integer(0), code.integer(rows), 1, [&](Value row) {
      Value start = code.mul(row, columns);
      forEachBlock(code, first, end, columns, [&](Value column, Value mask) {
        Value offset = code.add(start, column);
        elements.storeVector(value(offset, mask), buffers.back(), offset, 1, mask, code.style.lanes);
      });
    });
  }

  Code &code;
  ScatterAddOp op;
  ArrayRef<Value> buffers;
  Elements elements;
  int64_t stripColumns, rows, columns, updates;
};

} // namespace

FailureOr<Kernel> buildScatterKernel(ModuleOp module, StringRef name, Block &body, const KernelTarget &target) {
  auto op = cast<ScatterAddOp>(body.getTerminator()->getOperand(0).getDefiningOp());
  int64_t columns = ScatterWriter::countColumns(op), stripColumns = target.itemElements(cpuStrip, columns);
  int64_t strips = llvm::divideCeil(columns, stripColumns);
  KernelShape shape{KernelShape::countBuffers(body), strips, target.vectorStyle(columns)};
  KernelFunction kernel(module, body.getParentOp()->getLoc(), name, shape, target);
  Code &code = kernel.code;
  ScatterWriter writer(code, op, kernel.buffers, stripColumns);
  code.loop(kernel.begin, kernel.end, 1, [&](Value strip) { writer.writeStrip(strip); });
  return kernel.finish(shape, 1);
}

} // namespace neap::lower
