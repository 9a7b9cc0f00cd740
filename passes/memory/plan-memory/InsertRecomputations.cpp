// Writes a solution of the problem into a copy of the step.
#include "neap/passes/memory/plan-memory/Recipe.h"

using namespace mlir;

namespace neap {

class RecomputationInserter {
public:
  RecomputationInserter(const StepModel &model, StepOp copy, ArrayRef<planning::Action> actions)
      : model(model), ops(copy), actions(actions) {}

  /// Lets everything behind the turn read late versions of what is computed again.
  void run() {
    for (size_t i = 0; i < ops.ops.size(); ++i)
      if (model.firstTask[i] > model.turn && model.lastTask[i] >= 0)
        for (OpOperand &operand : ops.ops[i]->getOpOperands())
          operand.set(getLate(operand.get(), i));
  }

private:
  Value getLate(Value value, size_t reader);
  Value makeLate(OpResult value, size_t reader);
  Value recompute(OpResult value, size_t reader);
  Value cloneForLate(Operation *op, OpResult value, size_t reader);
  Value findTimer(size_t reader) const;

  const StepModel &model;
  NumberedOps ops;
  ArrayRef<planning::Action> actions;
  llvm::DenseMap<Value, Value> late;
};

Value RecomputationInserter::getLate(Value value, size_t reader) {
  if (isAlwaysThere(value))
    return value;
  if (Value known = late.lookup(value))
    return known;
  Value made = makeLate(cast<OpResult>(value), reader);
  late[value] = made;
  return made;
}

/// What `reader` is to read instead of a value: the value itself if it is made behind the turn or kept; else a marker; and what no group
/// stores is repeated where what it reads has another version.
Value RecomputationInserter::makeLate(OpResult value, size_t reader) {
  auto number = ops.numbers.find(value.getOwner());
  if (number == ops.numbers.end() || model.firstTask[number->second] > model.turn)
    return value;
  ResultIndex index = ops.find(value);
  if (!model.isStored[index.op][index.result])
    return cloneForLate(value.getOwner(), value, reader);
  auto known = model.valueOf.find(index);
  if (known == model.valueOf.end() || actions[known->second] != planning::Action::Recompute)
    return value;
  return recompute(value, reader);
}

Value RecomputationInserter::cloneForLate(Operation *op, OpResult value, size_t reader) {
  SmallVector<Value> operands =
      llvm::map_to_vector(op->getOperands(), [&](Value operand) { return getLate(operand, reader); });
  if (llvm::equal(operands, op->getOperands()))
    return value;
  OpBuilder builder(ops.ops[reader]);
  Operation *clone = builder.clone(*op);
  clone->setOperands(operands);
  return clone->getResult(value.getResultNumber());
}

/// A value made shortly before the reader runs: what is computed again for it waits for that.
Value RecomputationInserter::findTimer(size_t reader) const {
  int position = std::min<int>(model.firstTask[reader], static_cast<int>(model.madeAt.size()));
  while (--position >= 0)
    for (ResultIndex made : model.madeAt[position])
      if (made.op < reader)
        return ops.get(made);
  return {};
}

Value RecomputationInserter::recompute(OpResult value, size_t reader) {
  Recipe recipe = findRecipe(value, [&](OpResult result) {
    ResultIndex index = ops.find(result);
    return model.isStored[index.op][index.result];
  });
  SmallVector<Value> sources =
      llvm::map_to_vector(recipe.stored, [&](Value source) { return getLate(source, reader); });
  if (sources.empty())
    sources.push_back(recipe.alwaysThere.front());
  Value timer = findTimer(reader);
  OpBuilder builder(ops.ops[reader]);
  return RecomputeOp::create(builder, value.getLoc(), value, sources, timer);
}

void StepModel::insertRecomputations(StepOp copy, ArrayRef<planning::Action> actions) const {
  RecomputationInserter(*this, copy, actions).run();
}

} // namespace neap
