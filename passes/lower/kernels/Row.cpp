// Row groups: an item is a row. Reductions along it run in sweeps, each as early as what it depends on allows; a last
// sweep writes the elements, unless they need no result of the sweep before: then that one writes them as well. Elementwise ops are computed again in every sweep that needs them: rows stay in the cache. Who
// takes which elements of the row, and how the partial results are joined, is for RowTeam.
#include "neap/passes/lower/kernels/Nest.h"
#include "neap/passes/lower/kernels/RowTeam.h"

using namespace mlir;

namespace neap::lower {
namespace {

class RowWriter {
public:
  RowWriter(Code &code, const Nest &nest, Block &body, ArrayRef<Value> buffers, RowTeam &team)
      : code(code), body(body), outer(code, nest, body, buffers), team(team), accumulators(team.accumulators()) {}

  void writeRow(SmallVector<Value> leadingIndices) {
    indices = std::move(leadingIndices);
    indices.push_back(code.integer(0));
    Body row = outer.child({indices, {}});
    row.computeInvariant();
    SmallVector<Operation *> pending;
    for (Operation &op : body)
      if (isReduction(&op))
        pending.push_back(&op);
    bool areElementsStored = !hasResults(row.getNest(), /*alongInnermost=*/true);
    while (!pending.empty()) {
      llvm::DenseSet<Value> blocked = findBlocked(row);
      SmallVector<Operation *> ready = llvm::to_vector(
          llvm::make_filter_range(pending, [&](Operation *op) { return !blocked.contains(op->getOperand(0)); }));
      assert(!ready.empty() && "reductions depend on one another in a circle");
      bool isLast = ready.size() == pending.size();
      bool storesElements = !areElementsStored && isLast && areElementsFree(row.getNest(), blocked);
      sweep(ready, row, storesElements);
      areElementsStored |= storesElements;
      llvm::erase_if(pending, [&](Operation *op) { return llvm::is_contained(ready, op); });
      row.computeInvariant();
    }
    if (hasResults(row.getNest(), /*alongInnermost=*/false))
      team.once([&] { row.storeResults(/*alongInnermost=*/false); });
    if (!areElementsStored)
      team.forEachBlock([&](Value index, Value mask) { at(row, index, mask).storeResults(/*alongInnermost=*/true); });
  }

private:
  bool hasResults(const Nest &nest, bool alongInnermost) {
    return llvm::any_of(body.getTerminator()->getOperands(),
                        [&](Value value) { return nest.dependsOnInnermost(value) == alongInnermost; });
  }

  /// Whether all elements that are results can be computed without what is blocked.
  bool areElementsFree(const Nest &nest, const llvm::DenseSet<Value> &blocked) {
    return llvm::none_of(body.getTerminator()->getOperands(),
                         [&](Value value) { return nest.dependsOnInnermost(value) && blocked.contains(value); });
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
    return VectorType::get({code.style.lanes}, computeType(element));
  }

  /// One vector of elements joins the accumulators of all reductions, and is stored if it may be: it is not read again.
  void accumulate(ArrayRef<Operation *> reductions, const Body &row, Value index, Value mask, int64_t number,
                  bool storesElements, SmallVectorImpl<Value> &carried) {
    Body block = at(row, index, mask);
    for (auto [r, reduction] : llvm::enumerate(reductions)) {
      Value element = splat(code, block.compute(reduction->getOperand(0)));
      if (mask)
        element =
            arith::SelectOp::create(code.builder, code.location, mask, element, neutral(reduction, element.getType()));
      Value &accumulator = carried[r * accumulators + number];
      accumulator = block.combine(reduction, element, accumulator);
    }
    if (storesElements)
      block.storeResults(/*alongInnermost=*/true);
  }

  void sweep(ArrayRef<Operation *> reductions, Body &row, bool storesElements) {
    SmallVector<Value> carried;
    for (Operation *reduction : reductions)
      carried.append(accumulators, neutral(reduction, accumulatorType(reduction)));
    carried = team.sweep(carried, [&](Value index, Value mask, int64_t number, SmallVectorImpl<Value> &current) {
      accumulate(reductions, row, index, mask, number, storesElements, current);
    });
    for (auto [r, reduction] : llvm::enumerate(reductions)) {
      auto combine = [&, reduction = reduction](Value element, Value accumulator) {
        return row.combine(reduction, element, accumulator);
      };
      row.define(reduction->getResult(0), team.join(combine, ArrayRef(carried).slice(r * accumulators, accumulators)));
    }
  }

  Code &code;
  Block &body;
  Body outer;
  RowTeam &team;
  int64_t accumulators;
  SmallVector<Value> indices;
};

} // namespace

FailureOr<Kernel> buildRowKernel(ModuleOp module, StringRef name, Block &body, const KernelTarget &target) {
  auto nest = Nest::create(body, GroupKind::Row);
  if (failed(nest))
    return failure();
  nest->mergeAll(0, nest->loops.size() - 1);
  ArrayRef<int64_t> leading = ArrayRef(nest->loops).drop_back();
  int64_t size = nest->loops.back();
  KernelShape shape{KernelShape::countBuffers(body), ShapedType::getNumElements(leading),
                    RowTeam::styleOn(target.device), RowTeam::threadsOn(target.device)};
  KernelFunction kernel(module, body.getParentOp()->getLoc(), name, shape, target);
  Code &code = kernel.code;
  code.loop(kernel.begin, kernel.end, 1, [&](Value item) {
    std::unique_ptr<RowTeam> team = RowTeam::create(target.device, code, size);
    RowWriter(code, *nest, body, kernel.buffers, *team).writeRow(delinearize(code, item, leading));
  });
  constexpr int64_t grainElements = 8192;
  return kernel.finish(shape, grainElements / size);
}

} // namespace neap::lower
