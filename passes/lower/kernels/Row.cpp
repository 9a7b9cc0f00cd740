// Row groups: an item is a row. Reductions along it run in sweeps, each as early as what it depends on allows; a last
// sweep writes the elements. Elementwise ops are computed again in every sweep that needs them: rows stay in the cache.
//
// The order of a sum is part of what the op means: 4 accumulators of 16 lanes take the blocks of the row in turn; then
// (a0 + a1) + (a2 + a3), then halves of lanes: 8 + 8, 4 + 4, 2 + 2, 1 + 1.
#include "neap/passes/lower/kernels/Nest.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace neap::lower {
namespace {

constexpr int64_t accumulators = 4;

class RowWriter {
public:
  RowWriter(Code &code, const Nest &nest, Block &body, ArrayRef<Value> buffers)
      : code(code), body(body), size(nest.loops.back()), outer(code, nest, body, buffers) {}

  void writeRow(SmallVector<Value> leadingIndices) {
    indices = std::move(leadingIndices);
    indices.push_back(code.integer(0));
    Body row = outer.child({indices, {}});
    row.computeInvariant();
    SmallVector<Operation *> pending;
    for (Operation &op : body)
      if (isReduction(&op))
        pending.push_back(&op);
    while (!pending.empty()) {
      llvm::DenseSet<Value> blocked = findBlocked(row);
      SmallVector<Operation *> ready = llvm::to_vector(
          llvm::make_filter_range(pending, [&](Operation *op) { return !blocked.contains(op->getOperand(0)); }));
      assert(!ready.empty() && "reductions depend on one another in a circle");
      sweep(ready, row);
      llvm::erase_if(pending, [&](Operation *op) { return llvm::is_contained(ready, op); });
      row.computeInvariant();
    }
    row.storeResults(/*alongInnermost=*/false);
    if (hasElementResults(row.getNest()))
      forEachBlock(code, code.integer(0), code.integer(size), size, [&](Value index, Value mask) {
        at(row, index, mask).storeResults(/*alongInnermost=*/true);
      });
  }

private:
  bool hasElementResults(const Nest &nest) {
    return llvm::any_of(body.getTerminator()->getOperands(),
                        [&](Value value) { return nest.dependsOnInnermost(value); });
  }

  /// The values that an unfinished reduction is needed for. One pass in the body's order: paths through it may be many.
  llvm::DenseSet<Value> findBlocked(const Body &row) {
    llvm::DenseSet<Value> blocked;
    for (Operation &op : body.without_terminator()) {
      Value result = op.getResult(0);
      auto isBlocked = [&](Value operand) { return blocked.contains(operand); };
      if (!row.isKnown(result) && (isReduction(&op) || llvm::any_of(op.getOperands(), isBlocked)))
        blocked.insert(result);
    }
    return blocked;
  }

  Body at(const Body &row, Value index, Value mask) {
    SmallVector<Value> inner(indices);
    inner.back() = index;
    return row.child({inner, mask});
  }

  Value neutral(Operation *reduction, Type type) {
    return constantOf(code, cast<Fusible>(reduction).getNeutralElement(), type);
  }

  VectorType accumulatorType(Operation *reduction) {
    Type element = cast<RankedTensorType>(reduction->getResult(0).getType()).getElementType();
    return VectorType::get({lanes}, computeType(element));
  }

  /// One block of sixteen joins the accumulators of all reductions.
  void accumulate(ArrayRef<Operation *> reductions, const Body &row, Value index, Value mask, int64_t number,
                  SmallVectorImpl<Value> &carried) {
    Body block = at(row, index, mask);
    for (auto [r, reduction] : llvm::enumerate(reductions)) {
      Value element = splat(code, block.compute(reduction->getOperand(0)));
      if (mask)
        element = arith::SelectOp::create(code.builder, code.location, mask, element,
                                          neutral(reduction, element.getType()));
      Value &accumulator = carried[r * accumulators + number];
      accumulator = block.combine(reduction, element, accumulator);
    }
  }

  void sweep(ArrayRef<Operation *> reductions, Body &row) {
    SmallVector<Value> carried;
    for (Operation *reduction : reductions)
      carried.append(accumulators, neutral(reduction, accumulatorType(reduction)));
    constexpr int64_t step = lanes * accumulators;
    int64_t whole = size / step * step;
    if (whole > 0)
      carried = code.loop(code.integer(0), code.integer(whole), step, carried, [&](Value index, ValueRange current) {
        SmallVector<Value> next(current);
        for (int64_t number = 0; number < accumulators; ++number)
          accumulate(reductions, row, code.add(index, code.integer(number * lanes)), {}, number, next);
        return next;
      });
    for (int64_t index = whole, number = 0; index < size; index += lanes, ++number) {
      Value mask = size - index < lanes ? code.mask(code.integer(size - index), lanes) : Value();
      accumulate(reductions, row, code.integer(index), mask, number, carried);
    }
    for (auto [r, reduction] : llvm::enumerate(reductions))
      row.define(reduction->getResult(0), join(reduction, row, ArrayRef(carried).slice(r * accumulators, accumulators)));
  }

  Value join(Operation *reduction, Body &row, ArrayRef<Value> parts) {
    Value sum = row.combine(reduction, row.combine(reduction, parts[1], parts[0]),
                            row.combine(reduction, parts[3], parts[2]));
    for (int64_t half = lanes / 2; half >= 1; half /= 2) {
      auto lower = llvm::to_vector(llvm::seq<int64_t>(0, half));
      auto upper = llvm::to_vector(llvm::seq<int64_t>(half, 2 * half));
      Value low = vector::ShuffleOp::create(code.builder, code.location, sum, sum, lower);
      Value high = vector::ShuffleOp::create(code.builder, code.location, sum, sum, upper);
      sum = row.combine(reduction, high, low);
    }
    return vector::ExtractOp::create(code.builder, code.location, sum, ArrayRef<int64_t>{0});
  }

  Code &code;
  Block &body;
  int64_t size;
  Body outer;
  SmallVector<Value> indices;
};

} // namespace

FailureOr<Kernel> buildRowKernel(ModuleOp module, StringRef name, Block &body) {
  auto nest = Nest::create(body, GroupKind::Row);
  if (failed(nest))
    return failure();
  nest->mergeAll(0, nest->loops.size() - 1);
  KernelFunction kernel(module, body.getParentOp()->getLoc(), name,
                        body.getNumArguments() + body.getTerminator()->getNumOperands());
  Code &code = kernel.code;
  ArrayRef<int64_t> leading = ArrayRef(nest->loops).drop_back();
  RowWriter writer(code, *nest, body, kernel.buffers);
  code.loop(kernel.begin, kernel.end, 1, [&](Value item) { writer.writeRow(delinearize(code, item, leading)); });
  constexpr int64_t grainElements = 8192;
  return Kernel{kernel.function, ShapedType::getNumElements(leading),
                std::max<int64_t>(1, grainElements / nest->loops.back()), 0};
}

} // namespace neap::lower
