// Sums over live ranges.
#include "neap/passes/memory/plan-memory/LiveProfile.h"

#include "neap/passes/support/Locations.h"

#include <set>

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

/// Marks the phases of a section's tasks. Storages are wanted that lead to the step's first output, the loss; those of a loop's
/// body if what it yields is.
void LiveProfile::findPhases(const TrialSection &section, std::vector<bool> isWanted) {
  const StepPlan &plan = *section.plan;
  for (size_t index = plan.order.size(); index-- > 0;) {
    const planning::Task &task = plan.graph.tasks[plan.order[index]];
    bool isForward = llvm::any_of(task.writes, [&](int storage) { return isWanted[storage]; });
    bool updates = llvm::any_of(task.writes, [&](int storage) {
      return plan.storages[storage].role == sched::Role::Parameter || plan.storages[storage].role == sched::Role::State;
    });
    if (auto loop = dyn_cast<TileLoopOp>(plan.tasks[plan.order[index]]))
      findPhasesOfBody(plan, loop, isWanted);
    else
      tasks[section.first[index]].phase = updates ? Phase::Update : isForward ? Phase::Forward : Phase::Backward;
    for (int storage : task.writes) // what was there before is not wanted
      isWanted[storage] = false;
    if (isForward)
      for (int storage : task.reads)
        isWanted[storage] = true;
  }
}

void LiveProfile::findPhasesOfBody(const StepPlan &plan, TileLoopOp loop, const std::vector<bool> &isWanted) {
  const StepPlan &body = *plan.getBody(loop).plan;
  std::vector<bool> isWantedOfBody(body.storages.size(), false);
  for (auto [result, yielded] : llvm::zip_equal(loop.getResults(), body.block.getTerminator()->getOperands()))
    if (isWanted[plan.getStorage(result)])
      isWantedOfBody[body.getStorage(yielded)] = true;
  findPhases(*llvm::find_if(sections, [&](const TrialSection &section) { return section.plan == &body; }),
             std::move(isWantedOfBody));
}

void LiveProfile::findPhases() {
  const StepPlan &plan = *sections.front().plan;
  std::vector<bool> isWanted(plan.storages.size(), false);
  auto loss = llvm::find_if(plan.storages, [](const StorageInfo &info) { return info.role == sched::Role::Output; });
  if (loss != plan.storages.end())
    isWanted[loss - plan.storages.begin()] = true;
  findPhases(sections.front(), std::move(isWanted));
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

/// What lives from step to step is alive all the time.
void LiveProfile::addPersistent(BytesKind kind, int64_t bytes) {
  for (LiveTask &task : tasks)
    task.bytes[static_cast<size_t>(kind)] += bytes;
}

/// What a loop's rounds store for themselves belongs to their own section.
void LiveProfile::addStorages(const TrialSection &section) {
  const StepPlan &plan = *section.plan;
  std::set<int> ofBodies;
  std::vector<Operation *> makers(plan.storages.size(), nullptr);
  for (int task : plan.order) {
    if (auto loop = dyn_cast<TileLoopOp>(plan.tasks[task]))
      ofBodies.insert(plan.getBody(loop).storage);
    for (int storage : plan.graph.tasks[task].writes)
      if (!makers[storage])
        makers[storage] = plan.tasks[task];
  }
  std::vector<planning::LiveRange> ranges = planning::computeLiveRanges(plan.graph, plan.order);
  for (auto [storage, range] : llvm::enumerate(ranges)) {
    BytesKind kind = classify(plan.storages[storage].role);
    int64_t bytes = plan.graph.storages[storage].bytes;
    if (plan.graph.storages[storage].aliveBefore) {
      addPersistent(kind, bytes);
      continue;
    }
    if (range.isEmpty() || ofBodies.contains(static_cast<int>(storage)))
      continue;
    int first = section.first[range.first], last = section.last[range.last];
    if (kind == BytesKind::Forward && tasks[first].phase != Phase::Forward)
      kind = BytesKind::Backward;
    for (int position = first; position <= last; ++position)
      tasks[position].bytes[static_cast<size_t>(kind)] += bytes;
    if (makers[storage])
      storages.push_back({first, last, bytes, kind, plan.storages[storage].type, makers[storage]});
  }
}

void LiveProfile::collectAliveAtPeak() {
  auto position = static_cast<int>(peak);
  for (const LiveStorage &storage : storages) {
    bool isOwnEntry = storage.kind == BytesKind::Forward || storage.kind == BytesKind::Backward;
    if (!isOwnEntry || storage.first > position || storage.last < position)
      continue;
    std::string text;
    llvm::raw_string_ostream(text) << storage.type << " of node '" << findNodeName(storage.maker) << "'";
    aliveAtPeak.push_back({storage.bytes, storage.kind, std::move(text)});
  }
  for (BytesKind kind : {BytesKind::Parameters, BytesKind::OptimizerState, BytesKind::Scratch, BytesKind::Other})
    if (int64_t bytes = tasks[peak].bytes[static_cast<size_t>(kind)])
      aliveAtPeak.push_back({bytes, kind, "all of " + getName(kind).str()});
  llvm::stable_sort(aliveAtPeak, [](const AliveValue &a, const AliveValue &b) { return a.bytes > b.bytes; });
}

LiveProfile::LiveProfile(const StepTrial &trial) : sections(trial.getSections()) {
  for (auto [op, seconds] : llvm::zip_equal(trial.getTasks(), trial.getTaskSeconds())) {
    auto group = dyn_cast<FusedOp>(op);
    LiveTask live;
    live.node = findNodeName(op).str();
    live.kind = (group ? stringifyGroupKind(group.getKind()) : op->getName().stripDialect()).str();
    live.seconds = seconds;
    tasks.push_back(std::move(live));
  }
  addPersistent(BytesKind::Scratch, trial.getPlannedBytes() - trial.getArenaBytes());
  findPhases();
  // Copies lead to nothing by themselves: they belong where they stand.
  for (size_t position = 1; position < tasks.size(); ++position)
    if (isMemoryPlanOp(trial.getTasks()[position]))
      tasks[position].phase = tasks[position - 1].phase;
  for (const TrialSection &section : sections)
    addStorages(section);
  for (size_t position = 0; position < tasks.size(); ++position)
    if (tasks[position].total() > tasks[peak].total())
      peak = position;
  if (!tasks.empty())
    collectAliveAtPeak();
  sections = {};
  storages.clear();
}

} // namespace neap
