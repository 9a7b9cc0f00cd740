// Sums over live ranges.
#include "neap/passes/memory/plan-memory/LiveProfile.h"

#include "neap/passes/support/Locations.h"

#include <numeric>

using namespace mlir;

namespace neap {

StringRef getName(BytesKind kind) {
  switch (kind) {
  case BytesKind::Parameters: return "parameters";
  case BytesKind::OptimizerState: return "optimizer_state";
  case BytesKind::Other: return "other";
  case BytesKind::Scratch: return "scratch";
  case BytesKind::Forward: return "forward";
  case BytesKind::Backward: return "backward";
  }
  return "";
}

/// By position: whether the task leads to the step's first output, the loss.
static std::vector<bool> findForward(const StepPlan &plan) {
  std::vector<bool> isForward(plan.order.size(), false);
  std::vector<bool> isWanted(plan.storages.size(), false);
  for (size_t storage = 0; storage < plan.storages.size(); ++storage)
    if (plan.storages[storage].role == sched::Role::Output) {
      isWanted[storage] = true;
      break;
    }
  for (size_t position = plan.order.size(); position-- > 0;) {
    const planning::Task &task = plan.graph.tasks[plan.order[position]];
    isForward[position] = llvm::any_of(task.writes, [&](int storage) { return isWanted[storage]; });
    for (int storage : task.writes) // what was there before is not wanted
      isWanted[storage] = false;
    if (isForward[position])
      for (int storage : task.reads)
        isWanted[storage] = true;
  }
  return isForward;
}

void LiveProfile::findPhases(const StepPlan &plan) {
  std::vector<bool> isForward = findForward(plan);
  for (size_t position = 0; position < plan.order.size(); ++position) {
    const planning::Task &task = plan.graph.tasks[plan.order[position]];
    bool updates = llvm::any_of(task.writes, [&](int storage) {
      return plan.storages[storage].role == sched::Role::Parameter || plan.storages[storage].role == sched::Role::State;
    });
    tasks[position].phase = updates ? Phase::Update : isForward[position] ? Phase::Forward : Phase::Backward;
    // Copies lead to nothing by themselves: they belong where they stand.
    bool isCopy = isMemoryPlanOp(plan.tasks[plan.order[position]]);
    if (isCopy && position > 0)
      tasks[position].phase = tasks[position - 1].phase;
  }
}

static BytesKind classify(sched::Role role) {
  switch (role) {
  case sched::Role::Parameter: return BytesKind::Parameters;
  case sched::Role::State: return BytesKind::OptimizerState;
  case sched::Role::Workspace: return BytesKind::Scratch;
  case sched::Role::Activation: return BytesKind::Forward;
  case sched::Role::Constant:
  case sched::Role::Input:
  case sched::Role::Output:
  case sched::Role::StepBlock: return BytesKind::Other;
  }
  llvm_unreachable("unknown role");
}

void LiveProfile::addStorages(const StepPlan &plan) {
  for (size_t storage = 0; storage < plan.storages.size(); ++storage) {
    const planning::LiveRange &range = ranges[storage];
    kinds.push_back(classify(plan.storages[storage].role));
    if (plan.graph.storages[storage].aliveBefore) {
      for (LiveTask &task : tasks)
        task.bytes[static_cast<size_t>(kinds.back())] += plan.graph.storages[storage].bytes;
      continue;
    }
    if (kinds.back() == BytesKind::Forward && !range.isEmpty() && tasks[range.first].phase != Phase::Forward)
      kinds.back() = BytesKind::Backward;
    for (int64_t position = range.first; position <= range.last; ++position)
      tasks[position].bytes[static_cast<size_t>(kinds.back())] += plan.graph.storages[storage].bytes;
  }
}

void LiveProfile::collectAliveAtPeak(const StepPlan &plan) {
  std::vector<Operation *> makers(plan.storages.size(), nullptr);
  for (int task : plan.order)
    for (int storage : plan.graph.tasks[task].writes)
      if (!makers[storage])
        makers[storage] = plan.tasks[task];
  auto position = static_cast<int64_t>(peak);
  for (size_t storage = 0; storage < plan.storages.size(); ++storage) {
    bool isAlive = ranges[storage].first <= position && position <= ranges[storage].last;
    bool isOwnEntry = kinds[storage] == BytesKind::Forward || kinds[storage] == BytesKind::Backward;
    if (!isOwnEntry || !isAlive || !makers[storage])
      continue;
    std::string text;
    llvm::raw_string_ostream(text) << plan.storages[storage].type << " of node '" << findNodeName(makers[storage])
                                   << "'";
    aliveAtPeak.push_back({plan.graph.storages[storage].bytes, kinds[storage], std::move(text)});
  }
  for (BytesKind kind : {BytesKind::Parameters, BytesKind::OptimizerState, BytesKind::Scratch, BytesKind::Other})
    if (int64_t bytes = tasks[peak].bytes[static_cast<size_t>(kind)])
      aliveAtPeak.push_back({bytes, kind, "all of " + getName(kind).str()});
  llvm::stable_sort(aliveAtPeak, [](const AliveValue &a, const AliveValue &b) { return a.bytes > b.bytes; });
}

LiveProfile::LiveProfile(const StepTrial &trial) : scratch(trial.getPlannedBytes() - trial.getArenaBytes()) {
  const StepPlan &plan = trial.getPlan();
  ranges = planning::computeLiveRanges(plan.graph, plan.order);
  for (auto [position, task] : llvm::enumerate(plan.order)) {
    Operation *op = plan.tasks[task];
    auto group = dyn_cast<FusedOp>(op);
    LiveTask live;
    live.node = findNodeName(op).str();
    live.kind = (group ? stringifyGroupKind(group.getKind()) : op->getName().stripDialect()).str();
    live.seconds = trial.getTaskSeconds()[position];
    live.bytes[static_cast<size_t>(BytesKind::Scratch)] = scratch;
    tasks.push_back(std::move(live));
  }
  findPhases(plan);
  addStorages(plan);
  for (size_t position = 0; position < tasks.size(); ++position)
    if (tasks[position].total() > tasks[peak].total())
      peak = position;
  if (!tasks.empty())
    collectAliveAtPeak(plan);
}

} // namespace neap
