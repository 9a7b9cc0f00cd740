// Copy, change, fuse, schedule, measure.
#include "neap/passes/memory/plan-memory/StepTrial.h"

#include "neap/passes/support/SlotAlignment.h"
#include "neap/passes/support/Step.h"

using namespace mlir;

namespace neap {

FarCosts getFarCosts(const TrialSettings &settings) {
  if (settings.cpu)
    return {settings.cpu->spillWriteRate, settings.cpu->spillReadRate, planning::estimateColdMemory(*settings.cpu, 1)};
  return {settings.device.linkBandwidth, settings.device.linkBandwidth, 1 / settings.device.memoryBandwidth};
}

Value StepTrial::findStored(size_t op, unsigned result) const { return fusedValues.lookup(results[op][result]); }

/// A loop's rounds follow one another, each with the scratch of the one before. Tasks that run no kernel take no time.
FailureOr<KernelFacts> StepTrial::describeTask(Operation *task, KernelMemo &kernels) {
  if (auto group = dyn_cast<FusedOp>(task))
    return kernels.describe(group);
  KernelFacts facts;
  if (auto loop = dyn_cast<TileLoopOp>(task))
    for (Operation &op : loop.getBody().front()) {
      FailureOr<KernelFacts> inner = describeTask(&op, kernels);
      if (failed(inner))
        return failure();
      facts.scratchBytes = std::max(facts.scratchBytes, inner->scratchBytes);
      facts.seconds += static_cast<double>(loop.getCount()) * inner->seconds;
    }
  return facts;
}

LogicalResult StepTrial::measure(const TrialSettings &settings, KernelMemo &kernels) {
  int64_t scratch = 0;
  for (int task : plan->order) {
    FailureOr<KernelFacts> facts = describeTask(plan->tasks[task], kernels);
    if (failed(facts))
      return failure();
    taskSeconds.push_back(facts->seconds);
    seconds += facts->seconds;
    scratch = std::max(scratch, facts->scratchBytes);
  }
  plannedBytes = alignToSlot(plan->arenaBytes) + alignToSlot(scratch) * settings.maxWorkers;
  return success();
}

/// Not all that can be written as a loop can be fused into kernels.
static LogicalResult verifyKernels(StepOp step, KernelMemo &kernels) {
  auto hasKernel = [&](FusedOp group) {
    return failed(kernels.describe(group)) ? WalkResult::interrupt() : WalkResult::skip();
  };
  return failure(step.walk(hasKernel).wasInterrupted());
}

FailureOr<StepTrial> StepTrial::run(ModuleOp module, const TrialSettings &settings, KernelMemo &kernels,
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
  if (failed(fuseOperators(step, settings.libraries, /*reports=*/false, &trial.fusedValues)) ||
      failed(verifyKernels(step, kernels)))
    return failure();
  trial.plan = std::make_unique<StepPlan>(step, settings.libraryWorkspace, /*reports=*/false);
  if (failed(trial.plan->prepare()))
    return failure();
  trial.unmergedGraph = trial.plan->graph;
  trial.plan->place();
  if (failed(trial.measure(settings, kernels)))
    return failure();
  return trial;
}

} // namespace neap
