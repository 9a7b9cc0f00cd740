// Writes a solution of the problem into a copy of the step.
#include "neap/passes/memory/plan-memory/NumberedOps.h"
#include "neap/passes/memory/plan-memory/Recipe.h"
#include "neap/passes/memory/plan-memory/StepModel.h"
#include "neap/passes/planning/CopySchedule.h"

using namespace mlir;

namespace neap {

class PlanInserter {
public:
  PlanInserter(const StepModel &model, StepOp copy, ArrayRef<planning::Action> actions)
      : model(model), step(copy), ops(copy), actions(actions) {
    for (auto write : step.getOps<WriteOp>())
      writesOf[write.getSymbolAttr()].push_back(write);
    if (!model.problem.link)
      return;
    copies.emplace(model.problem);
    for (size_t value = 0; value < actions.size(); ++value)
      if (actions[value] == planning::Action::Offload)
        copies->setMoved(static_cast<int>(value), true);
  }

  /// Lets everything behind the turn read late versions of what is computed again or moves, and moves states.
  void run() {
    for (size_t value = 0; value < actions.size(); ++value)
      if (actions[value] == planning::Action::Offload && model.problem.values[value].wrapsAround)
        moveState(static_cast<int>(value));
    for (size_t i = 0; i < ops.ops.size(); ++i)
      if (model.isLate[i] && model.lastTask[i] >= 0)
        for (OpOperand &operand : ops.ops[i]->getOpOperands())
          operand.set(getLate(operand.get(), i));
  }

private:
  Value getLate(Value value, size_t reader);
  Value makeLate(OpResult value, size_t reader);
  Value recompute(OpResult value, size_t reader);
  Value cloneForLate(Operation *op, OpResult value, size_t reader);
  Value findTimer(int position, size_t reader) const;
  Value move(OpResult value, int moved, size_t reader);
  void moveState(int moved);
  Value awaitAt(OffloadOp offload, int position, size_t reader);
  OpBuilder builderBehind(Value value, size_t otherwise) const;
  /// Of the op that makes a value; -1 for arguments.
  int64_t number(Value value) const {
    Operation *op = value.getDefiningOp();
    return op ? static_cast<int64_t>(ops.numbers.at(op)) : -1;
  }

  const StepModel &model;
  StepOp step;
  NumberedOps ops;
  ArrayRef<planning::Action> actions;
  llvm::DenseMap<Value, Value> late;
  llvm::DenseMap<Attribute, SmallVector<WriteOp, 1>> writesOf; // by symbol
  std::optional<planning::CopySchedule> copies;
};

Value PlanInserter::getLate(Value value, size_t reader) {
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
Value PlanInserter::makeLate(OpResult value, size_t reader) {
  auto number = ops.numbers.find(value.getOwner());
  if (number == ops.numbers.end() || model.isLate[number->second])
    return value;
  ResultIndex index = ops.find(value);
  if (!model.isStored[index.op][index.result])
    return cloneForLate(value.getOwner(), value, reader);
  auto known = model.valueOf.find(index);
  if (known == model.valueOf.end())
    return value;
  switch (actions[known->second]) {
  case planning::Action::None:
  case planning::Action::Keep: return value;
  case planning::Action::Recompute: return recompute(value, reader);
  case planning::Action::Offload: return move(value, known->second, reader);
  }
  llvm_unreachable("unknown action");
}

Value PlanInserter::cloneForLate(Operation *op, OpResult value, size_t reader) {
  SmallVector<Value> operands =
      llvm::map_to_vector(op->getOperands(), [&](Value operand) { return getLate(operand, reader); });
  if (llvm::equal(operands, op->getOperands()))
    return value;
  OpBuilder builder(ops.ops[reader]);
  Operation *clone = builder.clone(*op);
  clone->setOperands(operands);
  return clone->getResult(value.getResultNumber());
}

/// A value made at a position or shortly before, by an op that comes before the reader in its block. What is to happen then
/// waits for it.
Value PlanInserter::findTimer(int position, size_t reader) const {
  position = std::min<int>(position, static_cast<int>(model.madeAt.size()) - 1);
  for (; position >= 0; --position)
    for (ResultIndex made : model.madeAt[position])
      if (made.op < reader && ops.ops[made.op]->getBlock() == ops.ops[reader]->getBlock())
        return ops.get(made);
  return {};
}

Value PlanInserter::recompute(OpResult value, size_t reader) {
  Recipe recipe = findRecipe(value, [&](OpResult result) {
    ResultIndex index = ops.find(result);
    return model.isStored[index.op][index.result];
  });
  SmallVector<Value> sources =
      llvm::map_to_vector(recipe.stored, [&](Value source) { return getLate(source, reader); });
  if (sources.empty())
    sources.push_back(recipe.alwaysThere.front());
  Value timer = findTimer(model.firstTask[reader] - 1, reader);
  OpBuilder builder(ops.ops[reader]);
  return RecomputeOp::create(builder, value.getLoc(), value, sources, timer);
}

/// Right behind the op that makes a value, else in front of an op.
OpBuilder PlanInserter::builderBehind(Value value, size_t otherwise) const {
  OpBuilder builder(ops.ops[otherwise]);
  if (Operation *op = value.getDefiningOp())
    builder.setInsertionPointAfter(op);
  return builder;
}

/// The far value, complete when what is made up to a position was made; or at the end of the step if nothing is made later.
Value PlanInserter::awaitAt(OffloadOp offload, int position, size_t reader) {
  Value timer = findTimer(position, reader);
  if (!timer)
    return offload;
  OpBuilder builder(ops.ops[reader]);
  return AwaitOp::create(builder, offload.getLoc(), offload, timer);
}

/// Out as soon as it is made, back in time for the reader.
Value PlanInserter::move(OpResult value, int moved, size_t reader) {
  std::optional<planning::CopyWindow> window = copies->windowOf(moved);
  Value timer = findTimer(window->inFirst - 1, reader);
  OpBuilder builder = builderBehind(value, reader);
  auto offload = OffloadOp::create(builder, value.getLoc(), value);
  bool isOffloadedFirst = number(timer) > number(value); // by number: blocks that grow are slow to ask for their order
  builder = isOffloadedFirst ? builderBehind(timer, reader) : builderBehind(offload, reader);
  Value waited = AwaitOp::create(builder, value.getLoc(), offload, findTimer(window->outLast, reader));
  return ReloadOp::create(builder, value.getLoc(), waited, timer);
}

/// In before the update reads it, out behind it. What reads and writes a state may stand near its update, while the copies run beside
/// tasks that are far from there: so the read goes in front of what the copy in waits for, the write behind everything.
void PlanInserter::moveState(int moved) {
  std::optional<planning::CopyWindow> window = copies->windowOf(moved);
  auto read = cast<ReadOp>(ops.ops[model.values[moved].op]);
  cast<StateOp>(SymbolTable::lookupNearestSymbolFrom(step, read.getSymbolAttr())).setFar(true);
  size_t reader = ops.ops.size();
  for (Operation *user : read->getUsers())
    reader = std::min(reader, ops.numbers.at(user));
  Value timer = findTimer(window->inFirst - 1, reader);
  if (timer && number(timer) < number(read))
    read->moveBefore(timer.getDefiningOp());
  OpBuilder builder = builderBehind(timer ? timer : read.getResult(), reader);
  auto reload = ReloadOp::create(builder, read.getLoc(), read, timer ? timer : read.getResult());
  read.getResult().replaceAllUsesExcept(reload, reload);
  Operation *end = read->getBlock()->getTerminator();
  for (WriteOp write : writesOf.lookup(read.getSymbolAttr())) {
    builder.setInsertionPoint(write);
    auto offload = OffloadOp::create(builder, write.getLoc(), write.getValue());
    bool isAtEnd = window->outLast + 1 >= static_cast<int>(model.madeAt.size());
    write.getValueMutable().assign(isAtEnd ? offload.getResult()
                                           : awaitAt(offload, window->outLast, ops.numbers.at(end)));
    write->moveBefore(end);
  }
}

void StepModel::insertPlan(StepOp copy, ArrayRef<planning::Action> actions) const {
  PlanInserter(*this, copy, actions).run();
}

} // namespace neap
