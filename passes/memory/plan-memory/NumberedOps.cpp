// See NumberedOps.h.
#include "neap/passes/memory/plan-memory/NumberedOps.h"

using namespace mlir;

namespace neap {

NumberedOps::NumberedOps(StepOp step) { add(step.getBody().front()); }

void NumberedOps::add(Block &block) {
  for (Operation &op : block) {
    numbers[&op] = ops.size();
    ops.push_back(&op);
  }
  for (auto loop : block.getOps<TileLoopOp>())
    add(loop.getBody().front());
}

} // namespace neap
