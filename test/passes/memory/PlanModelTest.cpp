// What the model says of one value against a trial: random programs, forward and backward.
#include "neap/test/dialects/neap/RandomGraph.h"

#include "neap/passes/fuse/Passes.h"
#include "neap/passes/grad/Passes.h"
#include "neap/passes/memory/plan-memory/MemoryPlanner.h"
#include "neap/passes/planning/CopySchedule.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace mlir;
using namespace neap;
using namespace neap::test;

namespace {

RandomGraph makeStep(uint64_t seed) {
  RandomGraph graph = makeRandomGraph(seed);
  PassManager passes(&getContext());
  passes.addPass(createBuildBackward());
  passes.addPass(createCanonicalizerPass());
  EXPECT_TRUE(succeeded(passes.run(*graph.module)));
  PassManager fuse(&getContext());
  fuse.addNestedPass<StepOp>(createDecomposePass());
  EXPECT_TRUE(succeeded(fuse.run(*graph.module)));
  return graph;
}

TrialSettings makeSettings() {
  TrialSettings settings;
  settings.target.cpu = {16, 32, 48 << 10, 2 << 20};
  settings.cpu = planning::describeTypicalCpu(settings.target.cpu.lanes, settings.target.workers);
  return settings;
}

/// Computes a value again, from sources that are there for it; nothing if that cannot be.
std::optional<double> tryAlone(MemoryPlanner &planner, size_t number) {
  const planning::RetentionProblem &problem = planner.getModel().getProblem();
  const planning::RetainableValue &value = problem.values[number];
  if (!value.isNeeded || !std::isfinite(value.recomputeSeconds))
    return std::nullopt;
  std::vector<planning::Action> actions = planner.getBaseline().actions;
  actions[number] = planning::Action::Recompute;
  for (int source : value.sources)
    if (actions[source] == planning::Action::None)
      actions[source] = planning::Action::Keep;
  FailureOr<MemoryPlan> plan = planner.carryThrough(actions);
  return succeeded(plan) ? std::optional(plan->seconds - planner.getBaseline().seconds) : std::nullopt;
}

TEST(StepModel, PricesOneValueAsATrialDoes) {
  constexpr uint64_t graphs = 100;
  int tried = 0;
  double difference = 0, total = 0;
  for (uint64_t seed = 0; seed < graphs; ++seed) {
    RandomGraph graph = makeStep(seed);
    auto planner = MemoryPlanner::create(*graph.module, makeSettings());
    ASSERT_TRUE(succeeded(planner)) << "graph " << seed;
    const planning::RetentionProblem &problem = (*planner)->getModel().getProblem();
    for (size_t number = 0; number < problem.values.size(); ++number)
      if (std::optional<double> seconds = tryAlone(**planner, number)) {
        ++tried;
        difference += std::abs(*seconds - problem.values[number].recomputeSeconds);
        total += std::abs(*seconds);
      }
  }
  // Fusion of a whole step has more to choose from than fusion of what matters for one value, most so where nothing takes longer than
  // anything else. In layers of a transformer there is no difference.
  EXPECT_GT(tried, 600);
  EXPECT_LT(difference, 0.3 * total);
}

/// As many values as copies can be in time for, by the model, move.
std::vector<planning::Action> moveMost(const MemoryPlanner &planner) {
  const planning::RetentionProblem &problem = planner.getModel().getProblem();
  std::vector<planning::Action> actions = planner.getBaseline().actions;
  planning::CopySchedule schedule(problem);
  auto isLate = [&](int value) { return !schedule.windowOf(value); };
  std::vector<int> moved;
  for (int value = 0; value < static_cast<int>(actions.size()); ++value) {
    if (!std::isfinite(problem.values[value].offloadSeconds))
      continue;
    schedule.setMoved(value, true);
    moved.push_back(value);
    if (llvm::any_of(moved, isLate)) {
      schedule.setMoved(value, false);
      moved.pop_back();
    }
  }
  for (int value : moved)
    actions[value] = planning::Action::Offload;
  return actions;
}

TEST(CopyTimers, MakeFewerCopiesLateInNoMoreMemory) {
  constexpr uint64_t graphs = 200;
  int late = 0, fewer = 0;
  for (uint64_t seed = 0; seed < graphs; ++seed) {
    RandomGraph graph = makeStep(seed);
    TrialSettings settings = makeSettings();
    settings.fewestMovedBytes = 1;
    settings.cpu->spillWriteRate = settings.cpu->spillReadRate = 1e10; // a copy takes about as long as a kernel
    auto planner = MemoryPlanner::create(*graph.module, settings);
    ASSERT_TRUE(succeeded(planner)) << "graph " << seed;
    FailureOr<MemoryPlan> plan = (*planner)->carryThrough(moveMost(**planner));
    ASSERT_TRUE(succeeded(plan)) << "graph " << seed;
    MemoryPlan retimed = (*planner)->retime(*plan);
    EXPECT_LE(retimed.plannedBytes, plan->plannedBytes) << "graph " << seed;
    EXPECT_LE(retimed.delaySeconds, plan->delaySeconds) << "graph " << seed;
    EXPECT_EQ(retimed.seconds, plan->seconds) << "graph " << seed;
    late += plan->delaySeconds > 0;
    fewer += retimed.delaySeconds < plan->delaySeconds;
  }
  EXPECT_GT(late, 50);
  EXPECT_GT(fewer, 10);
}

} // namespace
