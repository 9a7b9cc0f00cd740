// The problem of a step whose batch is in parts: a round's tasks are positions, and its values are decided on like the step's.
#include "neap/test/dialects/neap/Programs.h"

#include "neap/passes/memory/plan-memory/StepModel.h"
#include "neap/passes/memory/rematerialize/Rematerialize.h"
#include "neap/passes/memory/tile/TileRegion.h"
#include "neap/passes/support/Step.h"

#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace neap;
using namespace neap::test;

namespace {

constexpr int layers = 6;

/// Products with an exponential behind each, forward and backward, and updates of their weights.
std::string writeNetwork() {
  std::string text, wide = "tensor<512x64xf32>", weight = "tensor<64x64xf32>";
  for (int i = 1; i <= layers; ++i)
    text +=
        "neap.parameter @w" + std::to_string(i) + " : " + weight + " trained {value = dense<0.1> : " + weight + "}\n";
  text += "neap.step @train(%e0: " + wide + " {neap.name = \"x\"}) -> (tensor<f32> {neap.name = \"loss\"}) {\n";
  for (int i = 1; i <= layers; ++i) {
    std::string n = std::to_string(i), before = std::to_string(i - 1);
    text += "%w" + n + " = neap.read @w" + n + " : " + weight + "\n";
    text += "%h" + n + " = neap.matmul %e" + before + ", %w" + n + " : " + wide + ", " + weight + "\n";
    text += "%e" + n + " = neap.exp %h" + n + " : " + wide + "\n";
  }
  std::string n = std::to_string(layers);
  text += "%rows = neap.reduce sum %e" + n + " axes [1] : " + wide + "\n";
  text += "%loss = neap.reduce sum %rows axes [0] : tensor<512xf32>\n";
  std::string gradient = "%e" + n;
  for (int i = layers; i >= 1; --i) {
    std::string n = std::to_string(i), before = std::to_string(i - 1);
    text += "%t" + n + " = neap.transpose %e" + before + " [1, 0] : " + wide + "\n";
    text += "%dw" + n + " = neap.matmul %t" + n + ", " + gradient + " : tensor<64x512xf32>, " + wide + "\n";
    text += "%nw" + n + " = neap.sub %w" + n + ", %dw" + n + " : " + weight + "\n";
    text += "neap.write @w" + n + ", %nw" + n + " : " + weight + "\n";
    text += "%v" + n + " = neap.transpose %w" + n + " [1, 0] : " + weight + "\n";
    text += "%d" + n + " = neap.matmul " + gradient + ", %v" + n + " : " + wide + ", " + weight + "\n";
    text += "%g" + n + " = neap.mul %d" + n + ", %e" + before + " : " + wide + "\n";
    gradient = "%g" + n;
  }
  return text + "neap.return %loss : tensor<f32>\n}\n";
}

/// The network in so many rounds, and the model of it.
class StepModelTest : public testing::Test {
protected:
  void build(int64_t count) {
    settings.cpu = planning::describeTypicalCpu(8, 1);
    settings.target.cpu.lanes = 8;
    module = parseSourceString<ModuleOp>(writeNetwork(), &getContext());
    ASSERT_TRUE(module);
    FailureOr<TileRegion> region = findBatchRegion(findStep(*module), count);
    ASSERT_TRUE(succeeded(region));
    tileRegion(*region);
    auto keepAll = [](StepOp) { return success(); };
    FailureOr<StepTrial> trial = StepTrial::run(*module, settings, kernels, keepAll);
    ASSERT_TRUE(succeeded(trial));
    baseline.emplace(std::move(*trial));
    model = StepModel::build(findStep(*module), *baseline, settings, kernels);
  }

  const planning::RetentionProblem &problem() const { return model.getProblem(); }
  /// Positions of the round.
  planning::PositionRange round() const { return problem().link->loops.front(); }
  /// The values that are made in rounds, by place.
  std::vector<size_t> findInside() {
    NumberedOps ops(findStep(*module));
    std::vector<size_t> inside;
    for (auto [place, index] : llvm::enumerate(model.getValues()))
      if (isa<TileLoopOp>(ops.ops[index.op]->getParentOp()))
        inside.push_back(place);
    return inside;
  }
  FailureOr<StepTrial> tryOut(ArrayRef<planning::Action> actions) {
    return StepTrial::run(*module, settings, kernels, [&](StepOp copy) {
      model.insertPlan(copy, actions);
      return rematerialize(copy, /*reports=*/false);
    });
  }
  /// The largest sum of what is alive, if these values are computed again and all others kept.
  int64_t countPeak(const std::vector<planning::Action> &actions) const {
    std::vector<int64_t> live = problem().baseBytes;
    for (auto [value, action] : llvm::zip_equal(problem().values, actions))
      for (int position = value.gapFirst; position <= value.gapLast && action == planning::Action::Keep; ++position)
        live[position] += value.bytes;
    return *llvm::max_element(live);
  }

  TrialSettings settings;
  KernelMemo kernels{settings};
  OwningOpRef<ModuleOp> module;
  std::optional<StepTrial> baseline;
  StepModel model;
};

TEST_F(StepModelTest, HasTheTasksOfARoundAsPositions) {
  build(4);
  ASSERT_EQ(problem().link->loops.size(), 1u);
  EXPECT_EQ(problem().baseBytes.size(), baseline->getTasks().size());
  EXPECT_GE(round().last - round().first, 3 * layers - 2); // forward, and two products of each layer behind it
  ASSERT_EQ(baseline->getSections().size(), 2u);
  EXPECT_EQ(baseline->getSections()[1].rounds, 4);
}

TEST_F(StepModelTest, DecidesOnWhatRoundsStoreInTheirForwardPass) {
  build(4);
  std::vector<size_t> inside = findInside();
  ASSERT_GE(inside.size(), static_cast<size_t>(layers - 1));
  for (size_t place : inside) {
    const planning::RetainableValue &value = problem().values[place];
    EXPECT_EQ(value.bytes, 512 / 4 * 64 * 4);
    EXPECT_GE(value.gapFirst, round().first);
    EXPECT_LE(value.lateLast, round().last);
    EXPECT_FALSE(std::isfinite(value.offloadSeconds));
  }
}

/// Bytes count once, seconds in every round.
TEST_F(StepModelTest, CountsARoundForAll) {
  build(2);
  std::vector<planning::Action> keep;
  for (const planning::RetainableValue &value : problem().values)
    keep.push_back(value.isNeeded ? planning::Action::Keep : planning::Action::None);
  EXPECT_EQ(countPeak(keep), baseline->getPlannedBytes());
  size_t again = findInside()[1];
  std::vector<planning::Action> actions = keep;
  actions[again] = planning::Action::Recompute;
  FailureOr<StepTrial> trial = tryOut(actions);
  ASSERT_TRUE(succeeded(trial));
  double expected = problem().values[again].recomputeSeconds;
  EXPECT_NEAR(trial->getSeconds() - baseline->getSeconds(), expected, 0.05 * expected);
  double seconds = std::accumulate(problem().link->taskSeconds.begin(), problem().link->taskSeconds.end(), 0.0);
  EXPECT_NEAR(seconds, baseline->getSeconds(), 1e-9 * seconds);
}

/// Every other value, so that none is computed again from one that is.
TEST_F(StepModelTest, PlansInsideComeOutAsTheModelSays) {
  build(2);
  std::vector<planning::Action> actions(problem().values.size(), planning::Action::Keep);
  double seconds = baseline->getSeconds();
  for (auto [number, place] : llvm::enumerate(findInside()))
    if (number % 2 == 1 && problem().values[place].hasGap()) {
      actions[place] = planning::Action::Recompute;
      seconds += problem().values[place].recomputeSeconds;
    }
  FailureOr<StepTrial> trial = tryOut(actions);
  ASSERT_TRUE(succeeded(trial));
  // What is computed again may join the kernel that reads it, and then meets the results of that one.
  EXPECT_LE(trial->getPlannedBytes(), countPeak(actions) + problem().values[findInside().front()].bytes);
  EXPECT_LT(trial->getPlannedBytes(), baseline->getPlannedBytes());
  EXPECT_NEAR(trial->getSeconds(), seconds, 0.02 * seconds);
}

} // namespace
