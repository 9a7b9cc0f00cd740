// Builds the problem from what fusion and scheduling made of the step.
#include "neap/passes/memory/plan-memory/StepModel.h"

#include "neap/passes/costs/GroupWork.h"
#include "neap/passes/fuse/Group.h"
#include "neap/passes/memory/plan-memory/NumberedOps.h"
#include "neap/passes/memory/plan-memory/Recipe.h"
#include "neap/passes/planning/Liveness.h"
#include "neap/passes/planning/Roofline.h"
#include "neap/passes/support/Step.h"

#include <limits>
#include <set>

using namespace mlir;

namespace neap {
namespace {

/// Needs a kernel of its own: reads its operands in memory, or sums.
bool hasKernelOfItsOwn(Operation *op) { return !isa<Fusible>(op) || isContraction(op) || isReduction(op); }

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
  StepModelBuilder(StepOp step, const StepTrial &baseline, const TrialSettings &settings)
      : step(step), ops(step), baseline(baseline), settings(settings) {}

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
  int64_t countSourceBytes(const Recipe &recipe) const;
  double estimateRecipe(Value value, const Recipe &recipe) const; // of one round
  double estimateKernelOnCpu(Value value, const Recipe &recipe) const;
  double estimateChainOnCpu(Value value, const Recipe &recipe) const;
  std::set<int> findLateReaders(Value value) const;
  bool isReadFromMemoryLate(Value value) const;
  bool isAliveAfter(ResultIndex index) const {
    const StepPlan &plan = sectionOf(ops.ops[index.op]).plan();
    int storage = plan.getUnmergedStorage(baseline.findStored(index.op, index.result));
    return plan.getUnmergedGraph().storages[storage].aliveAfter;
  }
  bool isStored(OpResult result) const {
    return model.isStored[ops.numbers.at(result.getOwner())][result.getResultNumber()];
  }
  int64_t bytesOf(Value value) const {
    auto type = cast<RankedTensorType>(value.getType());
    return storageBytes(type.getElementType(), type.getShape());
  }

  StepOp step;
  NumberedOps ops;
  const StepTrial &baseline;
  const TrialSettings &settings;
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

/// The forward pass is what leads to the loss, the step's first result; in a loop's body, to what the loop gives to it.
void StepModelBuilder::findTurns() {
  SmallVector<Value> pending;
  if (step.getNumResults() > 0)
    pending.push_back(step.getBody().front().getTerminator()->getOperand(findOutput(step, "loss").value_or(0)));
  llvm::DenseSet<Operation *> seen;
  while (!pending.empty()) {
    auto value = dyn_cast<OpResult>(pending.pop_back_val());
    Operation *op = value ? value.getOwner() : nullptr;
    if (auto loop = dyn_cast_or_null<TileLoopOp>(op))
      pending.push_back(loop.getBody().front().getTerminator()->getOperand(value.getResultNumber()));
    if (!op || !seen.insert(op).second)
      continue;
    size_t i = ops.numbers.at(op);
    int &turn = sectionOf(op).turn;
    if (llvm::is_contained(model.isStored[i], true))
      turn = std::max(turn, model.lastTask[i]);
    pending.append(op->operand_begin(), op->operand_end());
  }
  for (auto [op, first] : llvm::zip_equal(ops.ops, model.firstTask))
    model.isLate.push_back(first > sectionOf(op).turn);
}

/// Everything that groups of the forward pass store, in the order in which it is made.
void StepModelBuilder::collectValues(const ModelSection &section) {
  const StepPlan &plan = section.plan();
  const planning::StorageGraph &graph = plan.getUnmergedGraph();
  std::vector<int> lastEarly(graph.storages.size(), -1), firstLate(graph.storages.size(), -1);
  std::vector<int> lastLate(graph.storages.size(), -1), lastWriter(graph.storages.size(), -1);
  for (auto [index, task] : llvm::enumerate(plan.order)) {
    int first = section.tasks->first[index], last = section.tasks->last[index];
    for (int storage : graph.tasks[task].writes)
      lastWriter[storage] = last;
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

/// Whether somebody behind the turn wants a value as a tensor in memory, whatever is fused.
bool StepModelBuilder::isReadFromMemoryLate(Value value) const {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    if (model.lastTask[ops.numbers.at(user)] <= sectionOf(user).turn)
      return false;
    if (isView(user))
      return isReadFromMemoryLate(user->getResult(0));
    return isContraction(user) || !isa<Fusible>(user);
  });
}

/// What a recipe reads.
int64_t StepModelBuilder::countSourceBytes(const Recipe &recipe) const {
  int64_t bytes = 0;
  for (Value source : llvm::concat<const Value>(recipe.stored, recipe.alwaysThere))
    bytes += bytesOf(source);
  return bytes;
}

/// As it will be fused: a chain of pointwise ops goes into its readers and costs what it reads more than they did. Else it is a
/// kernel.
double StepModelBuilder::estimateRecipe(Value value, const Recipe &recipe) const {
  bool isKernel = isReadFromMemoryLate(value) || llvm::any_of(recipe.ops, hasKernelOfItsOwn);
  if (settings.cpu)
    return isKernel ? estimateKernelOnCpu(value, recipe) : estimateChainOnCpu(value, recipe);
  planning::KernelCost cost;
  for (Operation *op : recipe.ops) {
    if (auto model = dyn_cast<CostModel>(op))
      cost.flops += model.getFlops();
    bool isProduct =
        isContraction(op) || (isa<OwnLoops>(op) && cast<OwnLoops>(op).getGroupKind() == GroupKind::Attention);
    if (isProduct)
      cost.kernelClass = planning::KernelClass::Product;
  }
  cost.bytesRead = countSourceBytes(recipe);
  if (isKernel) {
    cost.bytesWritten = bytesOf(value);
    return planning::estimateLaunch(cost, settings.device, planning::Arithmetic::Fp32, {}).seconds;
  }
  cost.bytesRead = std::max<int64_t>(cost.bytesRead - bytesOf(value), 0);
  return planning::estimateLaunch(cost, settings.device, planning::Arithmetic::Fp32, {}).seconds -
         settings.device.launchSeconds;
}

/// A product, a reduction or the like: the kernel that made the value, once more. Pointwise ops whose value somebody reads
/// from memory are a kernel that the baseline need not have had.
double StepModelBuilder::estimateKernelOnCpu(Value value, const Recipe &recipe) const {
  if (llvm::any_of(recipe.ops, hasKernelOfItsOwn)) {
    ResultIndex index = ops.find(cast<OpResult>(value));
    Operation *maker = baseline.findStored(index.op, index.result).getDefiningOp();
    auto rounds = static_cast<double>(sectionOf(value.getDefiningOp()).tasks->rounds);
    return baseline.getTaskSeconds()[positionsOf.at(maker).first] / rounds;
  }
  planning::CpuWork work;
  for (Operation *op : recipe.ops)
    addOperation(op, work);
  work.bytesRead = static_cast<double>(countSourceBytes(recipe));
  work.bytesWritten = static_cast<double>(bytesOf(value));
  return planning::estimateLaunch(*settings.cpu, work);
}

/// Every kernel that reads the value computes it on the way, or the first one does and stores it for the others. What only
/// other recomputations read is a kernel.
double StepModelBuilder::estimateChainOnCpu(Value value, const Recipe &recipe) const {
  std::set<int> readers = findLateReaders(value);
  if (readers.empty())
    return estimateKernelOnCpu(value, recipe);
  double repeated = 0, stored = std::numeric_limits<double>::infinity();
  for (int position : readers) {
    auto reader = cast<FusedOp>(baseline.getTasks()[position]);
    FailureOr<planning::CpuWork> known = describeWork(reader.getKind(), reader.getBody().front(), settings.target);
    if (failed(known)) // it was carried through before
      continue;
    planning::CpuWork work = *known;
    double alone = planning::estimateLaunch(*settings.cpu, work);
    for (Operation *op : recipe.ops)
      addOperation(op, work);
    work.bytesRead = std::max(work.bytesRead + static_cast<double>(countSourceBytes(recipe) - bytesOf(value)), 0.0);
    repeated += planning::estimateLaunch(*settings.cpu, work) - alone;
    work.bytesWritten += static_cast<double>(bytesOf(value));
    stored = std::min(stored, planning::estimateLaunch(*settings.cpu, work) - alone);
  }
  return std::max(std::min(repeated, stored), 0.0);
}

/// Positions behind the turn of the kernels that read a value, seen through views.
std::set<int> StepModelBuilder::findLateReaders(Value value) const {
  const ModelSection &section = sectionOf(value.getDefiningOp());
  std::set<int> positions;
  SmallVector<Value> pending{value};
  while (!pending.empty())
    for (Operation *user : pending.pop_back_val().getUsers()) {
      size_t number = ops.numbers.at(user);
      if (isView(user))
        pending.push_back(user->getResult(0));
      for (int position : {model.firstTask[number], model.lastTask[number]})
        if (!isView(user) && position > section.turn && position < section.tasks->end() &&
            isa<FusedOp>(baseline.getTasks()[position]))
          positions.insert(position);
    }
  return positions;
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
  value.recomputeSeconds = isPossible ? rounds * estimateRecipe(made, recipe) : std::numeric_limits<double>::infinity();
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
  constexpr int64_t fewestBytes = 1 << 16;
  planning::FarLink link{far.offloadRate, far.reloadRate, {}};
  link.taskSeconds.assign(baseline.getTaskSeconds().begin(), baseline.getTaskSeconds().end());
  for (const ModelSection &section : llvm::drop_begin(sections))
    if (section.plan().outer == &baseline.getPlan())
      link.loops.push_back({section.tasks->first.front(), section.tasks->last.back()});
  model.problem.link = std::move(link);
  for (auto [index, value] : llvm::zip_equal(model.values, model.problem.values))
    if (value.isNeeded && value.bytes >= fewestBytes &&
        sectionOf(ops.ops[index.op]).block ==
            &step.getBody().front()) // one copy reads memory, the other writes it, as kernels would like to
      value.offloadSeconds = 2 * static_cast<double>(value.bytes) * far.trafficSeconds;
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

StepModel StepModel::build(StepOp step, const StepTrial &baseline, const TrialSettings &settings) {
  return StepModelBuilder(step, baseline, settings).build();
}

} // namespace neap
