// Scatter groups: rows added to the rows of a base that indices name. Whoever owns an element of the result copies the base (unless
// the result lies on it) and takes the updates in order, so equal indices add up in one order on any number of threads. On the CPU an
// item is a strip of columns of all rows. On CUDA a block of threads owns some rows and a strip of columns; it reads all indices,
// together, and each thread adds its columns of those updates that go to the block's rows.
#include "neap/passes/lower/kernels/Nest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace neap::lower {
namespace {

constexpr int64_t cpuStrip = 64;
/// CUDA: rows of a block, and its threads, each with a vector of columns.
constexpr int64_t teamRows = 16, teamThreads = 128;

class ScatterWriter {
public:
  ScatterWriter(Code &code, ScatterAddOp op, ArrayRef<Value> buffers, int64_t stripColumns)
      : code(code), op(op), buffers(buffers), elements(code, op.getType().getElementType()),
        stripColumns(stripColumns) {
    rows = shapeOf(op.getBase())[0];
    columns = countColumns(op);
    updates = cast<RankedTensorType>(op.getIndices().getType()).getNumElements();
  }

  static int64_t countColumns(ScatterAddOp op) {
    return ShapedType::getNumElements(shapeOf(op.getBase()).drop_front());
  }

  void writeStrip(Value strip) {
    Value first = code.mul(strip, stripColumns);
    Value end = code.min(code.add(first, code.integer(stripColumns)), code.integer(columns));
    startFromBase({code.integer(0), code.integer(rows), first, end});
    code.loop(code.integer(0), code.integer(updates), 1, [&](Value update) {
      Value index = loadIndex(update);
      forEachBlock(code, first, end, columns,
                   [&](Value column, Value mask) { addUpdate(update, index, column, mask); });
    });
  }

  /// CUDA: the block's rows and columns.
  void writeRows(Value rowGroup, Value strip, KernelFunction &kernel) {
    CudaCode cuda(code);
    Value thread = cuda.threadNumber();
    Value column = code.add(code.mul(strip, stripColumns), code.mul(thread, code.style.lanes));
    // One vector, or nothing for a thread behind the last column.
    Value end = code.min(code.add(column, code.integer(code.style.lanes)), code.integer(columns));
    Value firstRow = code.mul(rowGroup, teamRows);
    Value endRow = code.min(code.add(firstRow, code.integer(teamRows)), code.integer(rows));
    startFromBase({firstRow, endRow, column, end});
    Value shared = createSharedMemory(kernel, "indices", teamThreads * sizeof(int64_t));
    code.loop(code.integer(0), code.integer(updates), teamThreads, [&](Value firstUpdate) {
      Value count = code.min(code.integer(teamThreads), code.sub(code.integer(updates), firstUpdate));
      shareIndices(firstUpdate, count, thread, shared);
      code.loop(code.integer(0), count, 1, [&](Value number) {
        Value index = sharedIndices().loadScalar(shared, number);
        Value isOurs = arith::AndIOp::create(code.builder, code.location, code.less(index, endRow),
                                             code.less(code.sub(firstRow, code.integer(1)), index));
        code.when(isOurs, [&] {
          code.loop(column, end, code.style.lanes,
                    [&](Value column) { addUpdate(code.add(firstUpdate, number), index, column, Value()); });
        });
      });
    });
  }

private:
  Elements sharedIndices() { return Elements(code, code.builder.getI64Type()); }

  /// Every thread reads one of `count` indices for all.
  void shareIndices(Value firstUpdate, Value count, Value thread, Value shared) {
    CudaCode cuda(code);
    cuda.synchronizeBlock(); // nobody reads those before
    code.when(code.less(thread, count),
              [&] { sharedIndices().storeScalar(loadIndex(code.add(firstUpdate, thread)), shared, thread); });
    cuda.synchronizeBlock(); // all are there
  }

  /// Adds a vector of an update's columns to row `index` of the result.
  void addUpdate(Value update, Value index, Value column, Value mask) {
    Value target = code.add(code.mul(index, columns), column), source = code.add(code.mul(update, columns), column);
    Value sum = elements.loadVector(buffers.back(), target, 1, mask, code.style.lanes);
    Value added = splatOf(op.getUpdates());
    if (!added)
      added = elements.loadVector(bufferOf(op.getUpdates()), source, 1, mask, code.style.lanes);
    sum = arith::AddFOp::create(code.builder, code.location, sum, added);
    elements.storeVector(sum, buffers.back(), target, 1, mask, code.style.lanes);
  }

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

  /// A part of the result.
  struct Part {
    Value firstRow, endRow, firstColumn, endColumn;
  };

  void startFromBase(const Part &part) {
    if (Value value = splatOf(op.getBase()))
      return fill(part, [&](Value, Value) { return value; });
    Value base = bufferOf(op.getBase());
    Value isElsewhere =
        LLVM::ICmpOp::create(code.builder, code.location, LLVM::ICmpPredicate::ne, base, buffers.back());
    code.when(isElsewhere, [&] {
      fill(part,
           [&](Value offset, Value mask) { return elements.loadVector(base, offset, 1, mask, code.style.lanes); });
    });
  }

  void fill(const Part &part, llvm::function_ref<Value(Value, Value)> value) {
    code.loop(part.firstRow, part.endRow, 1, [&](Value row) {
      Value start = code.mul(row, columns);
      forEachBlock(code, part.firstColumn, part.endColumn, columns, [&](Value column, Value mask) {
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
  bool isCuda = target.device == Device::Cuda;
  int64_t columns = ScatterWriter::countColumns(op), rows = shapeOf(op.getBase())[0];
  VectorStyle style = target.vectorStyle(columns);
  int64_t stripColumns = isCuda ? teamThreads * style.lanes : cpuStrip;
  int64_t strips = llvm::divideCeil(columns, stripColumns);
  int64_t items = isCuda ? strips * llvm::divideCeil(rows, teamRows) : strips;
  KernelShape shape{KernelShape::countBuffers(body), items, style, isCuda ? teamThreads : 1};
  KernelFunction kernel(module, body.getParentOp()->getLoc(), name, shape, target);
  Code &code = kernel.code;
  ScatterWriter writer(code, op, kernel.buffers, stripColumns);
  if (isCuda) { // a block is an item: all of its threads share the indices
    auto [rowGroup, strip] = code.divide(kernel.block, strips);
    writer.writeRows(strips == 1 ? kernel.block : rowGroup, strips == 1 ? code.integer(0) : strip, kernel);
  } else {
    code.loop(kernel.begin, kernel.end, 1, [&](Value strip) { writer.writeStrip(strip); });
  }
  return kernel.finish(shape, 1);
}

} // namespace neap::lower
