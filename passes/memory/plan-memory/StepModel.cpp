// Builds the problem from what fusion and scheduling made of the step.
#include "neap/passes/memory/plan-memory/StepModel.h"

#include "neap/passes/memory/plan-memory/Recipe.h"
#include "neap/passes/memory/plan-memory/SliceCosts.h"
#include "neap/passes/planning/Liveness.h"
#include "neap/passes/support/Step.h"

#include <limits>

using namespace mlir;

namespace neap {
class StepModelBuilder {
public:
  StepModelBuilder(StepOp step, const StepTrial &baseline, const TrialSettings &settings, KernelMemo &kernels)
      : step(step), ops(step), baseline(baseline), plan(baseline.getPlan()), settings(settings),
        costs(settings.libraries, kernels) {}

  StepModel build() {
    findTasks();
    findTurn();
    collectValues();
    for (size_t value = 0; value < model.values.size(); ++value)
      describeRecipe(value);
    placeSources();
    collectStates();
    if (FarCosts far = getFarCosts(settings); settings.allowsOffload && far.offloadRate > 0)
      allowOffload(far);
    countBase();
    return std::move(model);
  }

private:
  void findTasks();
  void findTurn();
  void collectValues();
  void collectStates();
  void allowOffload(const FarCosts &far);
  void describeRecipe(size_t value);
  void placeSources();
  void countBase();
  double estimateRecipe(Value value, int gapFirst);
  FailureOr<double> estimateStore(Value value, int gapFirst);
  bool isGiven(Value value) const { return isAlwaysThere(value) || isStored(cast<OpResult>(value)); }
  llvm::SetVector<Value> findLateResults(Value value) const;
  bool isAliveAfter(ResultIndex index) const {
    int storage = plan.getUnmergedStorage(baseline.findStored(index.op, index.result));
    return baseline.getUnmergedGraph().storages[storage].aliveAfter;
  }
  bool isStored(OpResult result) const {
    return model.isStored[ops.numbers.at(result.getOwner())][result.getResultNumber()];
  }

  StepOp step;
  NumberedOps ops;
  const StepTrial &baseline;
  const StepPlan &plan;
  const TrialSettings &settings;
  SliceCosts costs;
  StepModel model;
  llvm::DenseMap<Operation *, int> positionOf; // of the copy's tasks
};

/// When ops run: those that a group stores a result of, with it; others with whatever needs them.
void StepModelBuilder::findTasks() {
  int end = static_cast<int>(plan.order.size());
  for (auto [position, task] : llvm::enumerate(plan.order))
    positionOf[plan.tasks[task]] = static_cast<int>(position);
  model.firstTask.assign(ops.ops.size(), std::numeric_limits<int>::max());
  model.lastTask.assign(ops.ops.size(), -1);
  model.isStored.resize(ops.ops.size());
  model.madeAt.resize(end);
  for (size_t i = ops.ops.size(); i-- > 0;) { // users before what they use
    Operation *op = ops.ops[i];
    int &first = model.firstTask[i], &last = model.lastTask[i];
    auto runsAt = [&](int from, int to) {
      first = std::min(first, from);
      last = std::max(last, to);
    };
    for (unsigned result = 0; result < op->getNumResults(); ++result) {
      Value stored = baseline.findStored(i, result);
      model.isStored[i].push_back(stored != nullptr);
      if (!stored)
        continue;
      int position = positionOf.at(stored.getDefiningOp());
      runsAt(position, position);
      model.madeAt[position].push_back({i, result});
    }
    if (isa<ObserveOp>(op)) {
      int position = positionOf.at(baseline.getOps()[i]);
      runsAt(position, position);
    } else if (op->getNumResults() == 0) { // writes and the return: when everything is done
      runsAt(end, end);
    } else if (last < 0) {
      for (Operation *user : op->getUsers())
        runsAt(model.firstTask[ops.numbers.at(user)], model.lastTask[ops.numbers.at(user)]);
    }
  }
  for (auto &made : model.madeAt)
    llvm::sort(made);
}

void StepModelBuilder::findTurn() {
  for (Operation *op : collectForward(step))
    if (size_t i = ops.numbers.at(op); llvm::is_contained(model.isStored[i], true))
      model.turn = std::max(model.turn, model.lastTask[i]);
}

/// Everything that groups of the forward pass store, in the order in which it is made.
void StepModelBuilder::collectValues() {
  const planning::StorageGraph &graph = baseline.getUnmergedGraph();
  std::vector<int> lastEarly(graph.storages.size(), -1), firstLate(graph.storages.size(), -1);
  std::vector<int> lastLate(graph.storages.size(), -1), lastWriter(graph.storages.size(), -1);
  for (auto [index, task] : llvm::enumerate(plan.order)) {
    int position = static_cast<int>(index);
    for (int storage : graph.tasks[task].writes)
      lastWriter[storage] = position;
    for (const std::vector<int> &touched : {graph.tasks[task].reads, graph.tasks[task].writes})
      for (int storage : touched) {
        if (position <= model.turn) {
          lastEarly[storage] = position;
          continue;
        }
        lastLate[storage] = position;
        if (firstLate[storage] < 0)
          firstLate[storage] = position;
      }
  }
  for (int position = 0; position <= model.turn; ++position)
    for (ResultIndex made : model.madeAt[position]) {
      int storage = plan.getUnmergedStorage(baseline.findStored(made.op, made.result));
      bool isInitial = lastWriter[storage] != position; // a loop's sum goes on in its place
      if (plan.storages[storage].role != sched::Role::Activation || graph.storages[storage].aliveAfter || isInitial)
        continue;
      planning::RetainableValue value;
      value.bytes = graph.storages[storage].bytes;
      value.gapFirst = lastEarly[storage] + 1;
      value.isNeeded = firstLate[storage] >= 0;
      value.lateFirst = firstLate[storage];
      value.lateLast = lastLate[storage];
      value.gapLast = value.isNeeded ? value.lateFirst - 1 : -1;
      model.valueOf[made] = static_cast<int>(model.values.size());
      model.values.push_back(made);
      model.problem.values.push_back(std::move(value));
    }
}

/// What tasks behind the turn make of a value, seen through views; and the value itself where a task reads it whole: a loop, say.
llvm::SetVector<Value> StepModelBuilder::findLateResults(Value value) const {
  llvm::SetVector<Value> results;
  SmallVector<Value> pending{value};
  while (!pending.empty())
    for (Operation *user : pending.pop_back_val().getUsers()) {
      size_t number = ops.numbers.at(user);
      if (isView(user))
        pending.push_back(user->getResult(0));
      for (int position : {model.firstTask[number], model.lastTask[number]}) {
        if (isView(user) || position <= model.turn || position >= static_cast<int>(plan.order.size()))
          continue;
        if (!isa<FusedOp>(plan.tasks[plan.order[position]]))
          results.insert(value);
        else
          for (ResultIndex made : model.madeAt[position])
            results.insert(ops.get(made));
      }
    }
  return results;
}

/// By how much the kernel that makes a value is slower because it stores it too; 0 if another kernel reads it soon.
FailureOr<double> StepModelBuilder::estimateStore(Value value, int gapFirst) {
  ResultIndex index = ops.find(cast<OpResult>(value));
  int position = positionOf.at(baseline.findStored(index.op, index.result).getDefiningOp());
  if (gapFirst > position + 1)
    return 0.0;
  SmallVector<Value> made = llvm::map_to_vector(model.madeAt[position], [&](ResultIndex it) { return ops.get(it); });
  SmallVector<Value> others = llvm::filter_to_vector(made, [&](Value other) { return other != value; });
  auto isThere = [&](Value other) { return isGiven(other) && !llvm::is_contained(made, other); };
  FailureOr<double> stored = costs.estimate(made, isThere), dropped = costs.estimate(others, isThere);
  return failed(stored) || failed(dropped) ? FailureOr<double>() : *stored - *dropped;
}

/// What only other recomputations read is a kernel of its own.
double StepModelBuilder::estimateRecipe(Value value, int gapFirst) {
  llvm::SetVector<Value> results = findLateResults(value);
  if (results.empty())
    results.insert(value);
  SmallVector<Value> others = llvm::filter_to_vector(results, [&](Value other) { return other != value; });
  auto isOther = [&](Value other) { return isGiven(other) && other != value; };
  FailureOr<double> again = costs.estimate(results.getArrayRef(), isOther);
  FailureOr<double> before = costs.estimate(others, [&](Value other) { return isGiven(other); });
  FailureOr<double> store = estimateStore(value, gapFirst);
  if (failed(again) || failed(before) || failed(store))
    return std::numeric_limits<double>::infinity();
  double seconds = *again - *before - *store;
  return results.contains(value) ? std::max(seconds, 0.0) : seconds; // if it must be there anyway
}

void StepModelBuilder::describeRecipe(size_t index) {
  planning::RetainableValue &value = model.problem.values[index];
  Value made = ops.get(model.values[index]);
  Recipe recipe = findRecipe(made, [&](OpResult result) { return isStored(result); });
  bool isPossible = !recipe.stored.empty() || !recipe.alwaysThere.empty();
  for (Value source : recipe.stored) {
    ResultIndex index = ops.find(cast<OpResult>(source));
    if (auto known = model.valueOf.find(index); known != model.valueOf.end())
      value.sources.push_back(known->second);
    else // not one to be decided on: fine if it is there at the end of the step
      isPossible &= isAliveAfter(index);
  }
  llvm::sort(value.sources);
  isPossible &= llvm::all_of(recipe.ops, [](Operation *op) { return isMemoryEffectFree(op) && !isa<TileLoopOp>(op); });
  value.recomputeSeconds = isPossible ? estimateRecipe(made, value.gapFirst) : std::numeric_limits<double>::infinity();
}

/// What is read for computing others again must be there when they are needed. Values come after their sources.
void StepModelBuilder::placeSources() {
  for (size_t i = model.values.size(); i-- > 0;) {
    planning::RetainableValue &value = model.problem.values[i];
    if (value.lateFirst < 0)
      continue;
    for (int index : value.sources) {
      planning::RetainableValue &source = model.problem.values[index];
      if (source.isNeeded)
        continue;
      bool isFirst = source.lateFirst < 0;
      source.lateFirst = isFirst ? value.lateFirst : std::min(source.lateFirst, value.lateFirst);
      source.lateLast = isFirst ? value.lateFirst : std::max(source.lateLast, value.lateFirst);
      source.gapLast = source.lateFirst - 1;
    }
  }
}

/// Optimizer states that the update alone touches: their gap goes around the end of the step.
void StepModelBuilder::collectStates() {
  const planning::StorageGraph &graph = baseline.getUnmergedGraph();
  std::map<int, planning::LiveRange> touched; // by storage of a state
  for (size_t storage = 0; storage < plan.storages.size(); ++storage)
    if (plan.storages[storage].role == sched::Role::State)
      touched[static_cast<int>(storage)];
  for (auto [index, task] : llvm::enumerate(plan.order))
    for (const std::vector<int> &list : {graph.tasks[task].reads, graph.tasks[task].writes})
      for (int storage : list)
        if (auto range = touched.find(storage); range != touched.end()) {
          auto position = static_cast<int64_t>(index);
          range->second.first = range->second.isEmpty() ? position : range->second.first;
          range->second.last = position;
        }
  for (auto [number, op] : llvm::enumerate(ops.ops)) {
    auto read = dyn_cast<ReadOp>(op);
    if (!read)
      continue;
    auto isIt = [&](auto &entry) { return plan.storages[entry.first].identity == read.getSymbolAttr(); };
    auto found = llvm::find_if(touched, isIt);
    if (found == touched.end() || found->second.isEmpty() || found->second.first <= model.turn)
      continue;
    planning::RetainableValue value;
    value.bytes = graph.storages[found->first].bytes;
    value.wrapsAround = value.isNeeded = true;
    value.gapFirst = static_cast<int>(found->second.last) + 1;
    value.gapLast = static_cast<int>(found->second.first) - 1;
    value.recomputeSeconds = std::numeric_limits<double>::infinity();
    model.values.push_back({number, 0});
    model.problem.values.push_back(std::move(value));
  }
}

/// Everything large enough that a copy is worth beginning may move.
void StepModelBuilder::allowOffload(const FarCosts &far) {
  constexpr int64_t fewestBytes = 1 << 16;
  planning::FarLink link{far.offloadRate, far.reloadRate, {}};
  link.taskSeconds.assign(baseline.getTaskSeconds().begin(), baseline.getTaskSeconds().end());
  model.problem.link = std::move(link);
  for (planning::RetainableValue &value : model.problem.values)
    if (value.isNeeded &&
        value.bytes >= fewestBytes) // one copy reads memory, the other writes it, as kernels would like to
      value.offloadSeconds = 2 * static_cast<double>(value.bytes) * far.trafficSeconds;
}

/// What is alive in the baseline, less what is alive only because it is kept.
void StepModelBuilder::countBase() {
  std::vector<int64_t> &base = model.problem.baseBytes;
  size_t positions = plan.order.size();
  std::vector<int64_t> changes(positions + 1, 0);
  std::vector<planning::LiveRange> ranges = planning::computeLiveRanges(plan.graph, plan.order);
  for (auto [storage, range] : llvm::zip_equal(plan.graph.storages, ranges)) {
    if (storage.aliveBefore) {
      changes[0] += storage.bytes;
    } else if (!range.isEmpty()) {
      changes[range.first] += storage.bytes;
      changes[range.last + 1] -= storage.bytes;
    }
  }
  auto remove = [&](int first, int last, int64_t bytes) {
    if (first > last)
      return;
    changes[first] -= bytes;
    changes[last + 1] += bytes;
  };
  for (const planning::RetainableValue &value : model.problem.values) {
    if (value.wrapsAround) {
      remove(value.gapFirst, static_cast<int>(positions) - 1, value.bytes);
      remove(0, value.gapLast, value.bytes);
    } else if (value.isNeeded) {
      remove(value.gapFirst, value.gapLast, value.bytes);
    }
  }
  int64_t bytes = baseline.getPlannedBytes() - baseline.getArenaBytes();
  for (size_t position = 0; position < positions; ++position)
    base.push_back(bytes += changes[position]);
}

StepModel StepModel::build(StepOp step, const StepTrial &baseline, const TrialSettings &settings, KernelMemo &kernels) {
  return StepModelBuilder(step, baseline, settings, kernels).build();
}

} // namespace neap
