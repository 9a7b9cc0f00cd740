// Copy, change, fuse, schedule, measure.
#include "neap/passes/memory/plan-memory/StepTrial.h"

#include "neap/passes/planning/Roofline.h"
#include "neap/passes/support/SlotAlignment.h"
#include "neap/passes/support/Step.h"

#include <numeric>

using namespace mlir;

namespace neap {

FarCosts getFarCosts(const TrialSettings &settings) {
  if (settings.cpu)
    return {settings.cpu->spillWriteRate, settings.cpu->spillReadRate, planning::estimateColdMemory(*settings.cpu, 1)};
  double rate = planning::Efficiency().link * settings.device.linkBandwidth;
  return {rate, rate, 1 / settings.device.memoryBandwidth};
}

Value StepTrial::findStored(size_t op, unsigned result) const { return fusedValues.lookup(results[op][result]); }

/// The tasks of a loop's body take the loop's place. Rounds follow one another, each with the scratch of the one before. Tasks
/// that run no kernel take no time.
LogicalResult StepTrial::addSection(const StepPlan &planned, int64_t rounds, KernelMemo &kernels) {
  size_t section = sections.size();
  sections.push_back({&planned, rounds, {}, {}});
  for (int task : planned.order) {
    Operation *op = planned.tasks[task];
    sections[section].first.push_back(static_cast<int>(tasks.size()));
    if (auto loop = dyn_cast<TileLoopOp>(op)) {
      auto count = static_cast<int64_t>(loop.getCount());
      if (failed(addSection(*planned.getBody(loop).plan, rounds * count, kernels)))
        return failure();
    } else {
      auto group = dyn_cast<FusedOp>(op);
      FailureOr<KernelFacts> facts = group ? kernels.describe(group) : KernelFacts();
      if (failed(facts))
        return failure();
      tasks.push_back(op);
      taskSeconds.push_back(static_cast<double>(rounds) * facts->seconds);
      scratchBytes = std::max(scratchBytes, facts->scratchBytes);
    }
    sections[section].last.push_back(static_cast<int>(tasks.size()) - 1);
  }
  return success();
}

LogicalResult StepTrial::measure(const TrialSettings &settings, KernelMemo &kernels) {
  if (failed(addSection(*plan, 1, kernels)))
    return failure();
  seconds = std::accumulate(taskSeconds.begin(), taskSeconds.end(), 0.0);
  for (auto [first, last] : llvm::zip_equal(sections.front().first, sections.front().last))
    orderSeconds.push_back(std::accumulate(taskSeconds.begin() + first, taskSeconds.begin() + last + 1, 0.0));
  delaySeconds = std::max(simulateStep(*plan, orderSeconds, getFarCosts(settings)) - seconds, 0.0);
  plannedBytes = alignToSlot(plan->arenaBytes) + alignToSlot(scratchBytes) * settings.maxWorkers;
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
  trial.ops = NumberedOps(step).ops;
  for (Operation *op : trial.ops)
    trial.results.push_back(llvm::to_vector<1>(llvm::map_range(op->getResults(), [](Value v) { return v; })));
  if (failed(fuseOperators(step, settings.libraries, /*reports=*/false, &trial.fusedValues)) ||
      failed(verifyKernels(step, kernels)))
    return failure();
  trial.plan = std::make_unique<StepPlan>(step, settings.libraryWorkspace, /*reports=*/false);
  if (failed(trial.plan->prepare()))
    return failure();
  trial.plan->place();
  if (failed(trial.measure(settings, kernels)))
    return failure();
  return trial;
}

} // namespace neap
