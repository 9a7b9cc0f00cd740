// See Recipe.h.
#include "neap/passes/memory/plan-memory/Recipe.h"

using namespace mlir;

namespace neap {

bool isAlwaysThere(Value value) {
  Operation *producer = value.getDefiningOp();
  return !producer || isa<ReadOp, StepValueOp, RandomIdOp>(producer) || producer->hasTrait<OpTrait::ConstantLike>();
}

Recipe findRecipe(Value value, function_ref<bool(OpResult)> isStored) {
  Recipe recipe;
  SmallVector<Operation *> pending{value.getDefiningOp()};
  recipe.ops.insert(pending.front());
  while (!pending.empty())
    for (Value operand : pending.pop_back_val()->getOperands()) {
      if (isAlwaysThere(operand))
        recipe.alwaysThere.insert(operand);
      else if (isStored(cast<OpResult>(operand)))
        recipe.stored.insert(operand);
      else if (recipe.ops.insert(operand.getDefiningOp()))
        pending.push_back(operand.getDefiningOp());
    }
  return recipe;
}

bool isInitialSum(Value value) {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    auto loop = dyn_cast<TileLoopOp>(user);
    return loop && llvm::is_contained(loop.getCarried(), value);
  });
}

} // namespace neap
