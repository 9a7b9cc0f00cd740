// Builds the problem from what fusion and scheduling made of the step.
#include "neap/passes/memory/plan-memory/StepModel.h"

#include "neap/passes/memory/plan-memory/NumberedOps.h"
#include "neap/passes/memory/plan-memory/Recipe.h"
#include "neap/passes/memory/plan-memory/SliceCosts.h"
#include "neap/passes/planning/Liveness.h"
#include "neap/passes/support/Step.h"

#include <limits>
#include <set>

using namespace mlir;

namespace neap {
namespace {

/// Whether rounds write where a value lies: what is read there is not what the round began with for ever.
bool isCarried(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  auto loop = argument ? dyn_cast<TileLoopOp>(argument.getOwner()->getParentOp()) : TileLoopOp();
  return loop && llvm::is_contained(loop.getCarriedArguments(), argument);
}

/// The step's ops, or those of a loop's body, and their tasks.
struct ModelSection {
  const TrialSection *tasks;
  const StepPlan &plan() const { return *tasks->plan; }
  Block *block;  ///< of the step that the model is built for
  int turn = -1; ///< the last position of its forward pass
};

} // namespace

class StepModelBuilder {
public:
  StepModelBuilder(StepOp step, const StepTrial &baseline, const TrialSettings &settings, KernelMemo &kernels)
      : step(step), ops(step), baseline(baseline), settings(settings), costs(settings.libraries, kernels) {}

  StepModel build() {
    findSections();
    findTasks();
    findTurns();
    for (const ModelSection &section : sections)
      collectValues(section);
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
  void findSections();
  void findTasks();
  void findTurns();
  void collectValues(const ModelSection &section);
  void collectStates();
  void allowOffload(const FarCosts &far);
  void describeRecipe(size_t value);
  void placeSources();
  void countBase();
  void countAlive(const ModelSection &section, std::vector<int64_t> &changes) const;
  ModelSection &sectionOf(Operation *op) { return sections[sectionOfBlock.at(op->getBlock())]; }
  const ModelSection &sectionOf(Operation *op) const { return sections[sectionOfBlock.at(op->getBlock())]; }
  double estimateRecipe(Value value, int gapFirst); // of one round
  FailureOr<double> estimateStore(Value value, int gapFirst);
  bool isGiven(Value value) const { return isAlwaysThere(value) || isStored(cast<OpResult>(value)); }
  llvm::SetVector<Value> findLateResults(Value value) const;
  SmallVector<Value> findMade(const ModelSection &section, int position) const;
  bool isAliveAfter(ResultIndex index) const {
    const StepPlan &plan = sectionOf(ops.ops[index.op]).plan();
    int storage = plan.getUnmergedStorage(baseline.findStored(index.op, index.result));
    return plan.getUnmergedGraph().storages[storage].aliveAfter;
  }
  bool isStored(OpResult result) const {
    return model.isStored[ops.numbers.at(result.getOwner())][result.getResultNumber()];
  }

  StepOp step;
  NumberedOps ops;
  const StepTrial &baseline;
  const TrialSettings &settings;
  SliceCosts costs;
  StepModel model;
  std::vector<ModelSection> sections; // the step's first
  llvm::DenseMap<Block *, size_t> sectionOfBlock;
  llvm::DenseMap<Operation *, std::pair<int, int>> positionsOf; // of the copy's tasks, first and last
};

/// Loops are the only ops of the copy that fusion has left as they were.
void StepModelBuilder::findSections() {
  llvm::DenseMap<Operation *, Block *> bodies; // by loop of the copy
  for (auto [op, copied] : llvm::zip_equal(ops.ops, baseline.getOps()))
    if (auto loop = dyn_cast<TileLoopOp>(op))
      bodies[copied] = &loop.getBody().front();
  for (const TrialSection &tasks : baseline.getSections()) {
    Block *block = tasks.plan->loop ? bodies.at(tasks.plan->loop) : &step.getBody().front();
    sectionOfBlock[block] = sections.size();
    sections.push_back({&tasks, block});
    for (auto [index, task] : llvm::enumerate(tasks.plan->order))
      positionsOf[tasks.plan->tasks[task]] = {tasks.first[index], tasks.last[index]};
  }
}

/// When ops run: those that a group stores a result of, with it; others with whatever needs them.
void StepModelBuilder::findTasks() {
  model.firstTask.assign(ops.ops.size(), std::numeric_limits<int>::max());
  model.lastTask.assign(ops.ops.size(), -1);
  model.isStored.resize(ops.ops.size());
  model.madeAt.resize(baseline.getTasks().size());
  for (size_t i = ops.ops.size(); i-- > 0;) { // users before what they use
    Operation *op = ops.ops[i];
    int &first = model.firstTask[i], &last = model.lastTask[i];
    int end = sectionOf(op).tasks->end();
    auto runsAt = [&](std::pair<int, int> positions) {
      first = std::min(first, positions.first);
      last = std::max(last, positions.second);
    };
    for (unsigned result = 0; result < op->getNumResults(); ++result) {
      Value stored = baseline.findStored(i, result);
      model.isStored[i].push_back(stored != nullptr);
      if (!stored)
        continue;
      std::pair<int, int> positions = positionsOf.at(stored.getDefiningOp());
      runsAt(positions);
      if (!isInitialSum(op->getResult(result)))
        model.madeAt[positions.second].push_back({i, result});
    }
    if (isa<ObserveOp>(op)) {
      runsAt(positionsOf.at(baseline.getOps()[i]));
    } else if (op->getNumResults() == 0) { // writes and what ends the block: when everything is done
      runsAt({end, end});
    } else if (last < 0) {
      for (Operation *user : op->getUsers())
        runsAt({model.firstTask[ops.numbers.at(user)], model.lastTask[ops.numbers.at(user)]});
    }
  }
  for (auto &made : model.madeAt)
    llvm::sort(made);
}

/// Each block's own: a loop's body has a forward pass too, which leads to what the loop gives to the loss.
void StepModelBuilder::findTurns() {
  for (Operation *op : collectForward(step))
    if (size_t i = ops.numbers.at(op); llvm::is_contained(model.isStored[i], true))
      sectionOf(op).turn = std::max(sectionOf(op).turn, model.lastTask[i]);
  for (auto [op, first] : llvm::zip_equal(ops.ops, model.firstTask))
    model.isLate.push_back(first > sectionOf(op).turn);
}

/// Everything that groups of the forward pass store, in the order in which it is made.
void StepModelBuilder::collectValues(const ModelSection &section) {
  const StepPlan &plan = section.plan();
  const planning::StorageGraph &graph = plan.getUnmergedGraph();
  std::vector<int> lastEarly(graph.storages.size(), -1), firstLate(graph.storages.size(), -1);
  std::vector<int> lastLate(graph.storages.size(), -1);
  for (auto [index, task] : llvm::enumerate(plan.order)) {
    int first = section.tasks->first[index], last = section.tasks->last[index];
    for (const std::vector<int> &touched : {graph.tasks[task].reads, graph.tasks[task].writes})
      for (int storage : touched) {
        if (last <= section.turn) {
          lastEarly[storage] = last;
          continue;
        }
        lastLate[storage] = last;
        if (firstLate[storage] < 0)
          firstLate[storage] = first;
      }
  }
  for (int position = 0; position <= section.turn; ++position)
    for (ResultIndex made : model.madeAt[position]) {
      if (ops.ops[made.op]->getBlock() != section.block)
        continue;
      int storage = plan.getUnmergedStorage(baseline.findStored(made.op, made.result));
      if (plan.storages[storage].role != sched::Role::Activation || graph.storages[storage].aliveAfter)
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
  const ModelSection &section = sectionOf(value.getDefiningOp());
  llvm::SetVector<Value> results;
  SmallVector<Value> pending{value};
  while (!pending.empty())
    for (Operation *user : pending.pop_back_val().getUsers()) {
      size_t number = ops.numbers.at(user);
      if (isView(user))
        pending.push_back(user->getResult(0));
      for (int position : {model.firstTask[number], model.lastTask[number]}) {
        if (isView(user) || position <= section.turn || position >= section.tasks->end())
          continue;
        if (isa<TileLoopOp>(user) || !isa<FusedOp>(baseline.getTasks()[position]))
          results.insert(value);
        else
          results.insert_range(findMade(section, position));
      }
    }
  return results;
}

/// What a task of a section makes.
SmallVector<Value> StepModelBuilder::findMade(const ModelSection &section, int position) const {
  SmallVector<Value> made;
  for (ResultIndex index : model.madeAt[position])
    if (ops.ops[index.op]->getBlock() == section.block)
      made.push_back(ops.get(index));
  return made;
}

/// By how much the kernel that makes a value is slower because it stores it too; 0 if another kernel reads it soon.
FailureOr<double> StepModelBuilder::estimateStore(Value value, int gapFirst) {
  ResultIndex index = ops.find(cast<OpResult>(value));
  int position = positionsOf.at(baseline.findStored(index.op, index.result).getDefiningOp()).second;
  if (gapFirst > position + 1)
    return 0.0;
  SmallVector<Value> made = findMade(sectionOf(value.getDefiningOp()), position);
  SmallVector<Value> others = llvm::filter_to_vector(made, [&](Value other) { return other != value; });
  auto isThere = [&](Value other) { return isGiven(other) && !llvm::is_contained(made, other); };
  FailureOr<double> stored = costs.estimate(made, isThere), dropped = costs.estimate(others, isThere);
  return failed(stored) || failed(dropped) ? FailureOr<double>() : *stored - *dropped;
}

/// What only other recomputations read is a kernel of its own. Where there is none, the value is kept: that is no error.
double StepModelBuilder::estimateRecipe(Value value, int gapFirst) {
  ScopedDiagnosticHandler quiet(step.getContext(), [](Diagnostic &) { return success(); });
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
  isPossible &= llvm::none_of(recipe.alwaysThere, isCarried);
  auto rounds = static_cast<double>(sectionOf(made.getDefiningOp()).tasks->rounds);
  value.recomputeSeconds =
      isPossible ? rounds * estimateRecipe(made, value.gapFirst) : std::numeric_limits<double>::infinity();
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
  const ModelSection &section = sections.front();
  const StepPlan &plan = section.plan();
  const planning::StorageGraph &graph = plan.getUnmergedGraph();
  std::map<int, planning::LiveRange> touched; // by storage of a state
  for (size_t storage = 0; storage < plan.storages.size(); ++storage)
    if (plan.storages[storage].role == sched::Role::State)
      touched[static_cast<int>(storage)];
  for (auto [index, task] : llvm::enumerate(plan.order))
    for (const std::vector<int> &list : {graph.tasks[task].reads, graph.tasks[task].writes})
      for (int storage : list)
        if (auto range = touched.find(storage); range != touched.end()) {
          range->second.first = range->second.isEmpty() ? section.tasks->first[index] : range->second.first;
          range->second.last = section.tasks->last[index];
        }
  for (auto [number, op] : llvm::enumerate(ops.ops)) {
    auto read = dyn_cast<ReadOp>(op);
    if (!read)
      continue;
    auto isIt = [&](auto &entry) { return plan.storages[entry.first].identity == read.getSymbolAttr(); };
    auto found = llvm::find_if(touched, isIt);
    if (found == touched.end() || found->second.isEmpty() || found->second.first <= section.turn)
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
  planning::FarLink link{far.offloadRate, far.reloadRate, {}};
  link.taskSeconds.assign(baseline.getTaskSeconds().begin(), baseline.getTaskSeconds().end());
  for (const ModelSection &section : llvm::drop_begin(sections))
    if (section.plan().outer == &baseline.getPlan())
      link.loops.push_back({section.tasks->first.front(), section.tasks->last.back()});
  model.problem.link = std::move(link);
  for (auto [index, value] : llvm::zip_equal(model.values, model.problem.values)) {
    bool isOutside = ops.ops[index.op]->getBlock() == sections.front().block;
    if (value.isNeeded && value.bytes >= settings.fewestMovedBytes &&
        isOutside) // one copy reads memory, the other writes it, as kernels would like to
      value.offloadSeconds = 2 * static_cast<double>(value.bytes) * far.trafficSeconds;
  }
}

/// By position, how many bytes become alive less those that die. What a loop's rounds store for themselves counts in their own
/// section.
void StepModelBuilder::countAlive(const ModelSection &section, std::vector<int64_t> &changes) const {
  const StepPlan &plan = section.plan();
  std::set<int> ofBodies;
  for (Operation *task : plan.tasks)
    if (auto loop = dyn_cast<TileLoopOp>(task))
      ofBodies.insert(plan.getBody(loop).storage);
  std::vector<planning::LiveRange> ranges = planning::computeLiveRanges(plan.graph, plan.order);
  for (size_t storage = 0; storage < ranges.size(); ++storage) {
    int64_t bytes = plan.graph.storages[storage].bytes;
    if (plan.graph.storages[storage].aliveBefore) {
      changes[0] += bytes;
    } else if (!ranges[storage].isEmpty() && !ofBodies.contains(static_cast<int>(storage))) {
      changes[section.tasks->first[ranges[storage].first]] += bytes;
      changes[section.tasks->last[ranges[storage].last] + 1] -= bytes;
    }
  }
}

/// What is alive in the baseline, less what is alive only because it is kept.
void StepModelBuilder::countBase() {
  std::vector<int64_t> &base = model.problem.baseBytes;
  size_t positions = baseline.getTasks().size();
  std::vector<int64_t> changes(positions + 1, 0);
  for (const ModelSection &section : sections)
    countAlive(section, changes);
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
