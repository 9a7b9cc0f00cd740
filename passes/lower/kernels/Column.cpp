// Column groups: reductions along leading loops. An item is a strip of columns, kept in registers while the rows go by; every
// column's sum takes the rows in order, so it may be continued from a partial sum and gives the same bits.
#include "neap/passes/lower/kernels/Nest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace neap::lower {
namespace {

/// Columns of a strip on the CPU: four vectors.
constexpr int64_t cpuStrip = 64;

class ColumnWriter {
public:
  ColumnWriter(Code &code, const Nest &nest, Block &body, ArrayRef<Value> buffers, size_t reductionLoops,
               int64_t stripColumns)
      : code(code), nest(nest), outer(code, nest, body, buffers), reductionLoops(reductionLoops),
        stripColumns(stripColumns), lanes(code.style.lanes) {
    for (Operation &op : body)
      if (isReduction(&op))
        reductions.push_back(&op);
  }

  void writeStrip(ArrayRef<Value> keptIndices, Value firstColumn) {
    indices.assign(reductionLoops, code.integer(0));
    indices.append(keptIndices.begin(), keptIndices.end());
    indices.push_back(firstColumn);
    SmallVector<Value> masks;
    int64_t columns = nest.loops.back();
    int64_t blocks = std::min<int64_t>(stripColumns / lanes, llvm::divideCeil(columns, lanes));
    for (int64_t block = 0; block < blocks; ++block)
      masks.push_back(maskOf(firstColumn, block, columns));
    SmallVector<Value> sums;
    for (Operation *reduction : reductions)
      for (int64_t block = 0; block < blocks; ++block)
        sums.push_back(neutral(reduction));
    sums = sweepRows(0, sums, masks);
    for (int64_t block = 0; block < blocks; ++block)
      storeSums(block, masks, sums);
  }

private:
  /// Null where every strip is full.
  Value maskOf(Value firstColumn, int64_t block, int64_t columns) {
    if (columns % stripColumns == 0 || (columns < stripColumns && (block + 1) * lanes <= columns))
      return {};
    Value first = code.add(firstColumn, code.integer(block * lanes));
    return code.mask(code.sub(code.integer(columns), first), lanes);
  }

  Value neutral(Operation *reduction) {
    Type element = cast<RankedTensorType>(reduction->getResult(0).getType()).getElementType();
    return constantOf(code, cast<Fusible>(reduction).getNeutralElement(), VectorType::get({lanes}, computeType(element)));
  }

  SmallVector<Value> sweepRows(size_t loop, SmallVector<Value> sums, ArrayRef<Value> masks) {
    if (loop == reductionLoops)
      return addRow(sums, masks);
    return code.loop(code.integer(0), code.integer(nest.loops[loop]), 1, sums, [&](Value index, ValueRange current) {
      indices[loop] = index;
      return sweepRows(loop + 1, SmallVector<Value>(current), masks);
    });
  }

  Body at(const Body &parent, int64_t block, Value mask) {
    SmallVector<Value> inner(indices);
    inner.back() = code.add(inner.back(), code.integer(block * lanes));
    return parent.child({inner, mask});
  }

  SmallVector<Value> addRow(SmallVector<Value> sums, ArrayRef<Value> masks) {
    Body row = outer.child({indices, {}});
    row.computeInvariant();
    for (auto [block, mask] : llvm::enumerate(masks)) {
      Body point = at(row, block, mask);
      for (auto [r, reduction] : llvm::enumerate(reductions)) {
        Value &sum = sums[r * masks.size() + block];
        sum = point.combine(reduction, splat(code, point.compute(reduction->getOperand(0))), sum);
      }
      storeElements(point);
    }
    return sums;
  }

  /// Results that are elements of the swept tensor rather than sums.
  void storeElements(Body &point) {
    point.storeResultsIf([&](Value value) { return !isSum(value); });
  }

  void storeSums(int64_t block, ArrayRef<Value> masks, ArrayRef<Value> sums) {
    Body point = at(outer, block, masks[block]);
    for (auto [r, reduction] : llvm::enumerate(reductions))
      point.define(reduction->getResult(0), sums[r * masks.size() + block]);
    point.storeResultsIf([&](Value value) { return isSum(value); });
  }

  bool isSum(Value value) {
    Operation *op = value.getDefiningOp();
    return op && (isReduction(op) || (isView(op) && isSum(op->getOperand(0))));
  }

  Code &code;
  const Nest &nest;
  Body outer;
  size_t reductionLoops;
  int64_t stripColumns, lanes;
  SmallVector<Operation *> reductions;
  SmallVector<Value> indices;
};

size_t countReductionLoops(Block &body) {
  for (Operation &op : body)
    if (isReduction(&op))
      return reductionLoops(cast<Fusible>(op).getIterationSpace()).size();
  return 0;
}

} // namespace

FailureOr<Kernel> buildColumnKernel(ModuleOp module, StringRef name, Block &body, const KernelTarget &target) {
  auto nest = Nest::create(body, GroupKind::Column);
  if (failed(nest))
    return failure();
  size_t reduced = countReductionLoops(body);
  nest->mergeAll(reduced, nest->loops.size());
  reduced = nest->mergeAll(0, reduced);
  int64_t columns = nest->loops.back(), stripColumns = target.itemElements(cpuStrip, columns);
  int64_t strips = llvm::divideCeil(columns, stripColumns);
  ArrayRef<int64_t> kept = ArrayRef(nest->loops).drop_front(reduced).drop_back();
  KernelShape shape{KernelShape::countBuffers(body), ShapedType::getNumElements(kept) * strips, target.vectorStyle(columns)};
  KernelFunction kernel(module, body.getParentOp()->getLoc(), name, shape, target);
  Code &code = kernel.code;
  ColumnWriter writer(code, *nest, body, kernel.buffers, reduced, stripColumns);
  code.loop(kernel.begin, kernel.end, 1, [&](Value item) {
    auto [outer, strip] = code.divide(item, strips);
    writer.writeStrip(delinearize(code, strips == 1 ? item : outer, kept),
                      strips == 1 ? code.integer(0) : code.mul(strip, stripColumns));
  });
  constexpr int64_t grainElements = 16384;
  int64_t itemElements = ShapedType::getNumElements(ArrayRef(nest->loops).take_front(reduced)) * stripColumns;
  return kernel.finish(shape, grainElements / std::max<int64_t>(1, itemElements));
}

} // namespace neap::lower
