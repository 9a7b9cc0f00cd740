// Copy, change, fuse, schedule, measure.
#include "neap/passes/memory/plan-memory/StepTrial.h"

#include "neap/passes/costs/GroupWork.h"
#include "neap/passes/fuse/KernelClass.h"
#include "neap/passes/planning/Roofline.h"
#include "neap/passes/support/SlotAlignment.h"
#include "neap/passes/support/Step.h"

using namespace mlir;

namespace neap {

FailureOr<double> estimateTask(Operation *task, const TrialSettings &settings) {
  if (auto loop = dyn_cast<TileLoopOp>(task)) {
    double round = 0;
    for (Operation &op : loop.getBody().front()) {
      FailureOr<double> seconds = estimateTask(&op, settings);
      if (failed(seconds))
        return failure();
      round += *seconds;
    }
    return static_cast<double>(loop.getCount()) * round;
  }
  auto group = dyn_cast<FusedOp>(task);
  if (!group)
    return 0.0;
  if (settings.cpu) {
    FailureOr<planning::CpuWork> work = describeWork(group.getKind(), group.getBody().front(), settings.target);
    if (failed(work))
      return failure();
    return planning::estimateLaunch(*settings.cpu, *work);
  }
  planning::KernelCost cost;
  cost.kernelClass = classifyGroup(group.getBody().front());
  cost.flops = group.getFlops();
  cost.bytesRead = group.getBytesRead();
  cost.bytesWritten = group.getBytesWritten();
  return planning::estimateLaunch(cost, settings.device, planning::Arithmetic::Fp32, {}).seconds;
}

FarCosts getFarCosts(const TrialSettings &settings) {
  if (settings.cpu)
    return {settings.cpu->spillWriteRate, settings.cpu->spillReadRate, planning::estimateColdMemory(*settings.cpu, 1)};
  return {settings.device.linkBandwidth, settings.device.linkBandwidth, 1 / settings.device.memoryBandwidth};
}

Value StepTrial::findStored(size_t op, unsigned result) const { return fusedValues.lookup(results[op][result]); }

/// Only attention takes long to ask. What its kernel needs depends on sizes and attributes, not on where operands lie.
FailureOr<int64_t> ScratchCounter::count(FusedOp group) {
  Block &body = group.getBody().front();
  if (group.getKind() != GroupKind::Attention)
    return lower::countScratchBytes(group.getKind(), body, target);
  std::string key;
  llvm::raw_string_ostream stream(key);
  for (Operation &op : body)
    if (isa<OwnLoops>(op))
      stream << op.getName() << op.getAttrDictionary() << op.getOperandTypes();
  auto [entry, isNew] = known.try_emplace(key, 0);
  if (isNew) {
    FailureOr<int64_t> bytes = lower::countScratchBytes(group.getKind(), body, target);
    if (failed(bytes))
      return failure();
    entry->second = *bytes;
  }
  return entry->second;
}

LogicalResult StepTrial::measure(const TrialSettings &settings, ScratchCounter &counter) {
  int64_t scratch = 0;
  for (int task : plan->order) {
    Operation *op = plan->tasks[task];
    FailureOr<double> expected = estimateTask(op, settings);
    if (failed(expected))
      return failure();
    taskSeconds.push_back(*expected);
    seconds += *expected;
    WalkResult counted = op->walk([&](FusedOp group) {
      FailureOr<int64_t> needed = counter.count(group);
      if (failed(needed))
        return WalkResult::interrupt();
      scratch = std::max(scratch, *needed);
      return WalkResult::skip();
    });
    if (counted.wasInterrupted())
      return failure();
  }
  plannedBytes = alignToSlot(plan->arenaBytes) + alignToSlot(scratch) * settings.maxWorkers;
  return success();
}

FailureOr<StepTrial> StepTrial::run(ModuleOp module, const TrialSettings &settings, ScratchCounter &scratch,
                                    function_ref<LogicalResult(StepOp)> change) {
  StepTrial trial;
  trial.module = module.clone();
  StepOp step = findStep(*trial.module);
  if (failed(change(step)))
    return failure();
  for (Operation &op : step.getBody().front()) {
    trial.ops.push_back(&op);
    trial.results.push_back(llvm::to_vector<1>(llvm::map_range(op.getResults(), [](Value v) { return v; })));
  }
  if (failed(fuseOperators(step, settings.libraries, /*reports=*/false, &trial.fusedValues)))
    return failure();
  trial.plan = std::make_unique<StepPlan>(step, settings.libraryWorkspace, /*reports=*/false);
  if (failed(trial.plan->prepare()))
    return failure();
  trial.unmergedGraph = trial.plan->graph;
  trial.plan->place();
  if (failed(trial.measure(settings, scratch)))
    return failure();
  return trial;
}

} // namespace neap
