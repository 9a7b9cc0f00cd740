// See Cost.h. The other costs are methods of CostModel, beside each op.
#include "neap/dialects/neap/Cost.h"

#include "neap/dialects/neap/Neap.h"

#include "llvm/ADT/DenseMap.h"

using namespace mlir;
using namespace neap;

namespace {
/// Counts how many elements of a body's values somebody needs, from the readers back.
class NeededElements {
public:
  int64_t of(Value value) {
    if (auto known = counts.find(value); known != counts.end())
      return known->second;
    int64_t needed = 0, all = countElements(value.getType());
    for (OpOperand &use : value.getUses())
      needed += std::min(all, by(use));
    return counts[value] = std::min(needed, all);
  }

private:
  /// Whether an element of the result needs one element of each operand: no loop but those over the result.
  static bool isPointwise(Operation *op) {
    auto fusible = dyn_cast<Fusible>(op);
    return fusible && !llvm::is_contained(fusible.getIterationSpace().kinds, LoopKind::Reduction);
  }

  int64_t by(OpOperand &use) {
    if (isPointwise(use.getOwner()))
      return of(use.getOwner()->getResult(0));
    auto cost = dyn_cast<CostModel>(use.getOwner());
    return cost ? cost.countElementsRead(use.getOperandNumber()) : countElements(use.get().getType());
  }

  llvm::DenseMap<Value, int64_t> counts;
};
} // namespace

int64_t neap::countGroupFlops(Block &body) {
  int64_t flops = 0;
  for (Operation &op : body)
    if (auto cost = dyn_cast<CostModel>(op))
      flops += cost.getFlops();
  return flops;
}

int64_t neap::countGroupElementsRead(BlockArgument argument) { return NeededElements().of(argument); }

int64_t neap::countGroupElementsWritten(Block &body, unsigned result) {
  auto yielded = body.getTerminator()->getOperand(result);
  auto cost = yielded.getDefiningOp<CostModel>();
  return cost ? cost.countElementsWritten(cast<OpResult>(yielded).getResultNumber()) : countElements(yielded.getType());
}
