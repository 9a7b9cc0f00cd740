// Plans by hand, against enumeration and an independent exact solver on random steps, and on the shape of a transformer.
#include "RetentionProblems.h"
#include "neap/passes/planning/LiveBytes.h"
#include "neap/passes/planning/RetentionRepair.h"

#include <coin/CbcModel.hpp>
#include <coin/OsiClpSolverInterface.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <random>

using namespace neap::planning;
using namespace neap::test;

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

/// Makes plans by search alone, as for large problems.
RetentionOptions searchOnly() {
  RetentionOptions options;
  options.exactValues = 0;
  return options;
}

/// Capacities between a step's minimum and its peak with everything kept.
std::vector<int64_t> capacitiesOf(const RetentionProblem &problem) {
  int64_t low = findMinimum(problem).plan.peakBytes, high = countKeptPeak(problem);
  return {low, low + (high - low) / 4, low + (high - low) / 2, low + (high - low) * 3 / 4};
}

/// A step of six positions: base bytes, and values that lie idle at positions 2 and 3.
RetentionProblem idleAt2And3(std::vector<RetainableValue> values) {
  for (RetainableValue &value : values) {
    value.gapFirst = 2;
    value.gapLast = 3;
    value.lateFirst = 4;
    value.lateLast = 5;
  }
  return {{10, 10, 10, 10, 10, 10}, std::move(values)};
}

RetainableValue needed(int64_t bytes, double seconds, std::vector<int> sources = {}) {
  return {.bytes = bytes, .isNeeded = true, .sources = std::move(sources), .recomputeSeconds = seconds};
}

RetainableValue spare(int64_t bytes, double seconds, std::vector<int> sources = {}) {
  return {.bytes = bytes, .sources = std::move(sources), .recomputeSeconds = seconds};
}

TEST(Retention, KeepsEverythingThatFits) {
  RetentionProblem problem = idleAt2And3({needed(100, 1), needed(50, 1)});
  std::optional<RetentionPlan> plan = planRetention(problem, 160);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->actions, (std::vector<Action>{Action::Keep, Action::Keep}));
  EXPECT_EQ(plan->seconds, 0);
  EXPECT_EQ(plan->peakBytes, 160);
  EXPECT_EQ(plan->peakPosition, 2);
}

TEST(Retention, ComputesAgainWhatIsCheapForItsBytes) {
  RetentionProblem problem = idleAt2And3({needed(100, 5), needed(100, 1), needed(100, 3)});
  std::optional<RetentionPlan> plan = planRetention(problem, 110 + 100);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->actions, (std::vector<Action>{Action::Keep, Action::Recompute, Action::Keep}));
  EXPECT_DOUBLE_EQ(plan->seconds, 1);
  EXPECT_EQ(findRetentionError(problem, *plan, 210), std::nullopt);
}

// By price for each byte the small values go first; one large value does it for less.
TEST(Retention, TakesTheSetThatIsCheapestAsAWhole) {
  RetentionProblem problem = idleAt2And3({needed(60, 6), needed(60, 6), needed(100, 11)});
  std::optional<RetentionPlan> plan = planRetention(problem, 130);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->actions, (std::vector<Action>{Action::Keep, Action::Keep, Action::Recompute}));
}

TEST(Retention, CountsWhatComputingAgainReads) {
  // The second value is computed from the first, which nobody else reads: 100 bytes are freed for 90 that must stay.
  RetentionProblem problem = idleAt2And3({spare(90, never), needed(100, 1, {0}), needed(20, 4)});
  std::optional<RetentionPlan> plan = planRetention(problem, 110);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->actions, (std::vector<Action>{Action::None, Action::Keep, Action::Recompute}));
  problem.values[0] = spare(70, never);
  problem.values[0].gapFirst = 2, problem.values[0].gapLast = 3;
  plan = planRetention(problem, 110);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->actions, (std::vector<Action>{Action::Keep, Action::Recompute, Action::Keep}));
}

TEST(Retention, CountsSourcesBehindTheGap) {
  RetentionProblem problem = idleAt2And3({spare(50, 1), needed(100, 1, {0}), needed(60, 9)});
  problem.baseBytes = {10, 10, 10, 10, 50, 50};
  // Two in a chain: nothing of 150 bytes stays, but the source lies at positions 4 and 5 again.
  std::optional<RetentionPlan> plan = planRetention(problem, 100);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->actions, (std::vector<Action>{Action::Recompute, Action::Recompute, Action::Keep}));
  EXPECT_EQ(plan->peakBytes, 100);
  EXPECT_EQ(plan->peakPosition, 4);
  EXPECT_FALSE(planRetention(problem, 99));
}

TEST(Retention, RefusesWhatCannotFit) {
  RetentionProblem problem = idleAt2And3({needed(100, never), needed(50, 1)});
  EXPECT_TRUE(planRetention(problem, 110));
  EXPECT_FALSE(planRetention(problem, 109));
  RetentionMinimum minimum = findMinimum(problem);
  EXPECT_EQ(minimum.boundBytes, 110);
  EXPECT_EQ(minimum.plan.peakBytes, 110);
}

TEST(Retention, PutsAPriceOnMemory) {
  RetentionProblem problem = idleAt2And3({needed(100, 5), needed(100, 1), needed(100, 3)});
  std::optional<RetentionPlan> plan = planRetention(problem, 160);
  ASSERT_TRUE(plan);
  // The value of 3 seconds is torn: another byte would save a hundredth of it.
  for (double price : plan->gapPrices)
    EXPECT_NEAR(price, 0.03, 1e-9);
  EXPECT_NEAR(plan->flipPrices[0], 0.05, 1e-9);
  EXPECT_NEAR(plan->flipPrices[1], 0.01, 1e-9);
  EXPECT_NEAR(plan->boundSeconds, 2.5, 1e-5);
}

TEST(Retention, PricesSourcesWithWhatIsComputedFromThem) {
  // Computing the second value again for a second frees 100 bytes and holds 70.
  RetentionProblem problem = idleAt2And3({spare(70, never), needed(100, 1, {0}), needed(20, 4)});
  std::optional<RetentionPlan> plan = planRetention(problem, 110);
  ASSERT_TRUE(plan);
  EXPECT_NEAR(plan->gapPrices[1], 1.0 / 30, 1e-9);
  EXPECT_NEAR(plan->flipPrices[1], 1.0 / 30, 1e-9);
}

/// A step of ten tasks of a second each, and a link of 50 bytes/s.
RetentionProblem withLink(std::vector<RetainableValue> values) {
  return {std::vector<int64_t>(10, 10), std::move(values), FarLink{50, 50, std::vector<double>(10, 1)}};
}

/// A needed value that lies idle from `first` to `last`, and cannot be computed again.
RetainableValue movable(int64_t bytes, int first, int last, double offloadSeconds = 0.1) {
  RetainableValue value = needed(bytes, never);
  value.gapFirst = first;
  value.gapLast = last;
  value.offloadSeconds = offloadSeconds;
  return value;
}

TEST(Retention, CountsCopiesInFlight) {
  // Out during positions 2 and 3, in during 6 and 7.
  RetentionProblem problem = withLink({movable(100, 2, 7)});
  problem.baseBytes = {10, 10, 10, 10, 50, 50, 10, 10, 10, 10};
  std::optional<RetentionPlan> plan = planRetention(problem, 110);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->actions, (std::vector<Action>{Action::Offload}));
  EXPECT_EQ(plan->copies, (std::vector<CopyWindow>{{3, 6}}));
  EXPECT_EQ(plan->peakBytes, 110);
  EXPECT_EQ(findRetentionError(problem, *plan, 110), std::nullopt);
  problem.baseBytes[3] = 50;
  EXPECT_FALSE(planRetention(problem, 110));
}

TEST(Retention, QueuesCopies) {
  // Two values of a second each: the second waits for the first, and comes back after it.
  RetentionProblem problem = withLink({movable(50, 2, 7), movable(50, 2, 7)});
  problem.baseBytes = {10, 10, 10, 10, 50, 50, 10, 10, 10, 10};
  std::optional<RetentionPlan> plan = planRetention(problem, 110);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->actions[0] == Action::Offload, plan->actions[1] == Action::Keep);
  problem.baseBytes[4] = 110;
  problem.baseBytes[3] = problem.baseBytes[6] = 60; // room for one in flight
  plan = planRetention(problem, 110);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->copies, (std::vector<CopyWindow>{{2, 6}, {3, 7}}));
}

TEST(Retention, KnowsInItsBoundWhatTheLinkCarries) {
  // Two values of a second each in one of the directions, both to be gone at position 3: there is time for one.
  for (auto [out, in] : {std::pair(50, 1000), std::pair(1000, 50)}) {
    RetentionProblem problem = withLink({movable(50, 2, 4), movable(50, 2, 4)});
    problem.link->outBytesPerSecond = out;
    problem.link->inBytesPerSecond = in;
    for (RetainableValue &value : problem.values)
      value.recomputeSeconds = 5;
    problem.baseBytes[3] = 110;
    std::optional<RetentionPlan> plan = planRetention(problem, 110);
    ASSERT_TRUE(plan);
    EXPECT_DOUBLE_EQ(plan->seconds, 5.1);
    EXPECT_NEAR(plan->boundSeconds, 5.1, 1e-5);
  }
}

TEST(Retention, DoesNotMoveWhatTheLinkCannotBringBack) {
  // 200 bytes take four seconds out and four in; the gap lasts six.
  RetentionProblem problem = withLink({movable(200, 2, 7)});
  problem.baseBytes[5] = 50;
  EXPECT_FALSE(planRetention(problem, 210));
  problem = withLink({movable(100, 2, 5)});
  EXPECT_TRUE(planRetention(problem, 110));
  problem.baseBytes[3] = 50;
  EXPECT_FALSE(planRetention(problem, 110));
}

TEST(Retention, MovesStateThatLivesFromStepToStep) {
  // Updated at position 5; out until 7, in from 3; far at the start and the end of the step.
  RetainableValue state = movable(100, 6, 4);
  state.wrapsAround = true;
  RetentionProblem problem = withLink({state});
  problem.baseBytes = {90, 90, 90, 10, 10, 110, 10, 10, 90, 90};
  std::optional<RetentionPlan> plan = planRetention(problem, 110);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->copies, (std::vector<CopyWindow>{{7, 3}}));
  EXPECT_EQ(findRetentionError(problem, *plan, 110), std::nullopt);
  problem.baseBytes[7] = 20;
  EXPECT_FALSE(planRetention(problem, 110));
  // Updated at position 8, it would not be out by the end of the step.
  problem.values[0].gapFirst = 9;
  problem.values[0].gapLast = 7;
  problem.baseBytes = {90, 10, 10, 10, 10, 10, 10, 10, 110, 10};
  EXPECT_FALSE(planRetention(problem, 110));
}

TEST(Retention, HandlesStepsWithoutValues) {
  EXPECT_TRUE(planRetention({{10, 20}, {}}, 20));
  EXPECT_FALSE(planRetention({{10, 20}, {}}, 19));
  EXPECT_EQ(findMinimum({{10, 20}, {}}).plan.peakBytes, 20);
}

/// Every combination of actions, checked by the validator alone: least seconds, infinity if nothing fits.
double enumerate(const RetentionProblem &problem, int64_t capacity) {
  double best = never;
  size_t count = problem.values.size(), combinations = size_t(std::pow(3, count));
  for (size_t combination = 0; combination < combinations; ++combination) {
    RetentionPlan plan;
    size_t rest = combination;
    for (size_t value = 0; value < count; ++value, rest /= 3) {
      plan.actions.push_back(std::array{Action::None, Action::Keep, Action::Recompute}[rest % 3]);
      if (plan.actions.back() == Action::Recompute)
        plan.seconds += problem.values[value].recomputeSeconds;
    }
    if (plan.seconds < best && !findRetentionError(problem, plan, capacity))
      best = plan.seconds;
  }
  return best;
}

TEST(Retention, IsOptimalOnStepsThatCanBeEnumerated) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    RetentionProblem problem = makeRandomStep(seed, 7);
    for (int64_t capacity : capacitiesOf(problem)) {
      std::optional<RetentionPlan> plan = planRetention(problem, capacity);
      ASSERT_TRUE(plan) << "seed " << seed;
      EXPECT_LE(plan->seconds, enumerate(problem, capacity) * 1.001 + 1e-12) << "seed " << seed;
    }
    int64_t below = findMinimum(problem).plan.peakBytes - 1;
    EXPECT_EQ(enumerate(problem, below), never) << "seed " << seed;
    EXPECT_FALSE(planRetention(problem, below)) << "seed " << seed;
  }
}

TEST(Retention, ComputesAgainWhatIsFasterThenWhateverFits) {
  int fasterAgain = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    RetentionProblem problem = makeRandomStep(seed, 7);
    for (size_t value = seed % 3; value < problem.values.size(); value += 3)
      if (RetainableValue &it = problem.values[value]; it.isNeeded && it.hasGap())
        it.recomputeSeconds = -0.5 * it.recomputeSeconds;
    for (int64_t capacity : {countKeptPeak(problem), findMinimum(problem).plan.peakBytes}) {
      std::optional<RetentionPlan> plan = planRetention(problem, capacity);
      ASSERT_TRUE(plan) << "seed " << seed;
      double best = enumerate(problem, capacity);
      EXPECT_LE(plan->seconds, best + 0.001 * std::abs(best) + 1e-12) << "seed " << seed;
      EXPECT_LE(plan->boundSeconds, best + 1e-12) << "seed " << seed;
      fasterAgain += plan->seconds < 0;
    }
  }
  EXPECT_GT(fasterAgain, 40);
}

/// The problem written out for Cbc, every row of it: k, r of each value; k + r <= 1, = 1 if needed; r[v] <= k[u] + r[u].
/// Least seconds, infinity if nothing fits; no number if the search did not end.
double solveWithCbc(const RetentionProblem &problem, int64_t capacity) {
  int count = static_cast<int>(problem.values.size());
  CoinPackedMatrix rows(false, 0, 0);
  rows.setDimensions(0, 2 * count);
  std::vector<double> lower, upper, cost(2 * count, 0), columnLower(2 * count, 0), columnUpper(2 * count, 1);
  auto addRow = [&](const CoinPackedVector &row, double low, double high) {
    rows.appendRow(row);
    lower.push_back(low);
    upper.push_back(high);
  };
  auto keep = [](int value) { return 2 * value; };
  auto again = [](int value) { return 2 * value + 1; };
  for (int value = 0; value < count; ++value) {
    const RetainableValue &it = problem.values[value];
    bool isPossible = std::isfinite(it.recomputeSeconds);
    cost[again(value)] = isPossible ? it.recomputeSeconds * 1e3 : 0;
    columnUpper[again(value)] = isPossible;
    CoinPackedVector row;
    row.insert(keep(value), 1);
    row.insert(again(value), 1);
    addRow(row, it.isNeeded, 1);
    for (int source : it.sources) {
      CoinPackedVector reads;
      reads.insert(again(value), 1);
      reads.insert(keep(source), -1);
      reads.insert(again(source), -1);
      addRow(reads, -COIN_DBL_MAX, 0);
    }
  }
  for (int position = 0; position < static_cast<int>(problem.baseBytes.size()); ++position) {
    CoinPackedVector row;
    for (int value = 0; value < count; ++value) {
      const RetainableValue &it = problem.values[value];
      bool isGap = it.gapFirst <= position && position <= it.gapLast;
      bool isLate = !it.isNeeded && it.lateFirst <= position && position <= it.lateLast;
      if (isGap || isLate)
        row.insert(keep(value), double(it.bytes) / 256 * (isGap + isLate));
      if (isLate)
        row.insert(again(value), double(it.bytes) / 256);
    }
    addRow(row, -COIN_DBL_MAX, double(capacity - problem.baseBytes[position]) / 256);
  }
  OsiClpSolverInterface solver;
  solver.loadProblem(rows, columnLower.data(), columnUpper.data(), cost.data(), lower.data(), upper.data());
  for (int column = 0; column < 2 * count; ++column)
    solver.setInteger(column);
  solver.setHintParam(OsiDoReducePrint, true, OsiHintTry);
  CbcModel model(solver);
  model.setLogLevel(0);
  model.setIntegerTolerance(1e-9);
  model.branchAndBound();
  if (!model.isProvenOptimal())
    return model.isProvenInfeasible() ? never : std::nan("");
  return model.getObjValue() / 1e3;
}

TEST(Retention, IsNearTheOptimumByExactAndByHeuristicSearch) {
  double exactGap = 0, searchGap = 0;
  constexpr unsigned graphs = 500;
  for (unsigned seed = 0; seed < graphs; ++seed) {
    RetentionProblem problem = makeRandomStep(1000 + seed, 60);
    int64_t capacity = capacitiesOf(problem)[seed % 4];
    double optimum = solveWithCbc(problem, capacity), total = 3 * sumRecomputeSeconds(problem);
    ASSERT_TRUE(std::isfinite(optimum)) << "seed " << seed;
    for (bool isExact : {true, false}) {
      std::optional<RetentionPlan> plan = planRetention(problem, capacity, isExact ? RetentionOptions{} : searchOnly());
      ASSERT_TRUE(plan) << "seed " << seed;
      EXPECT_EQ(findRetentionError(problem, *plan, capacity), std::nullopt) << "seed " << seed;
      EXPECT_GE(plan->seconds, optimum * (1 - 1e-6)) << "seed " << seed;
      EXPECT_LE(plan->boundSeconds, optimum * (1 + 1e-6)) << "seed " << seed;
      (isExact ? exactGap : searchGap) += total > 0 ? (plan->seconds - optimum) / total / graphs : 0;
    }
  }
  std::printf("mean distance from the optimum, of a step: %.5f %% exact, %.5f %% by search\n", 100 * exactGap,
              100 * searchGap);
  EXPECT_LE(exactGap, 0.00001);
  EXPECT_LE(searchGap, 0.005);
}

TEST(Retention, LooksForNothingAboveACutoff) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    RetentionProblem problem = makeRandomStep(3000 + seed, 40);
    int64_t capacity = (findMinimum(problem, searchOnly()).plan.peakBytes + countKeptPeak(problem)) / 2;
    std::optional<RetentionPlan> plan = planRetention(problem, capacity, searchOnly());
    ASSERT_TRUE(plan) << "seed " << seed;
    RetentionOptions options = searchOnly();
    options.cutoffSeconds = plan->boundSeconds;
    EXPECT_EQ(planRetention(problem, capacity, options).has_value(), plan->seconds == 0) << "seed " << seed;
    options.cutoffSeconds = plan->boundSeconds * 1.01 + 1e-9;
    EXPECT_TRUE(planRetention(problem, capacity, options)) << "seed " << seed;
  }
}

TEST(Retention, NeverNeedsMoreTimeForMoreMemoryOnALadder) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    RetentionProblem problem = makeRandomStep(2000 + seed, 40);
    RetentionLadder ladder{findMinimum(problem, searchOnly())};
    int64_t low = ladder.minimum.plan.peakBytes, high = countKeptPeak(problem);
    EXPECT_FALSE(planOnLadder(problem, low - 1, ladder, searchOnly()));
    double previous = never;
    for (int step = 0; step <= 20; ++step) {
      int64_t capacity = low + (high - low) * step / 20;
      std::optional<RetentionPlan> plan = planOnLadder(problem, capacity, ladder, searchOnly());
      ASSERT_TRUE(plan) << "seed " << seed;
      EXPECT_EQ(findRetentionError(problem, *plan, capacity), std::nullopt) << "seed " << seed;
      EXPECT_LE(plan->seconds, previous) << "seed " << seed;
      previous = plan->seconds;
    }
  }
}

/// Copy windows by the rules of CopyWindow, in plain loops over all offloaded values.
std::vector<CopyWindow> simulateCopies(const RetentionProblem &problem, const std::vector<Action> &actions) {
  std::vector<CopyWindow> windows(actions.size());
  std::vector<double> starts{0};
  for (double seconds : problem.link->taskSeconds)
    starts.push_back(starts.back() + seconds);
  int positions = int(problem.baseBytes.size()), count = int(actions.size());
  double out = 0, in = starts.back();
  for (int gapFirst = 0; gapFirst <= positions; ++gapFirst)
    for (int value = 0; value < count; ++value)
      if (actions[value] == Action::Offload && problem.values[value].gapFirst == gapFirst) {
        out = std::max(out, starts[gapFirst]) + double(problem.values[value].bytes) / problem.link->outBytesPerSecond;
        int last = positions - 1;
        while (last >= 0 && starts[last] >= out)
          --last;
        windows[value].outLast = out > starts.back() ? positions : last;
      }
  for (int gapLast = positions - 1; gapLast >= -1; --gapLast)
    for (int value = count - 1; value >= 0; --value)
      if (actions[value] == Action::Offload && problem.values[value].gapLast == gapLast) {
        in = std::min(in, starts[gapLast + 1]) - double(problem.values[value].bytes) / problem.link->inBytesPerSecond;
        int first = 0;
        while (first < positions && starts[first + 1] <= in)
          ++first;
        windows[value].inFirst = in < 0 ? -1 : first;
      }
  return windows;
}

/// As `enumerate`, with the fourth action.
double enumerateWithLink(const RetentionProblem &problem, int64_t capacity) {
  double best = never;
  int count = int(problem.values.size());
  for (int combination = 0; combination < 1 << (2 * count); ++combination) {
    RetentionPlan plan;
    for (int value = 0; value < count; ++value) {
      plan.actions.push_back(Action(combination >> (2 * value) & 3));
      plan.seconds += plan.actions[value] == Action::Recompute ? problem.values[value].recomputeSeconds
                      : plan.actions[value] == Action::Offload ? problem.values[value].offloadSeconds
                                                               : 0;
    }
    if (plan.seconds >= best)
      continue;
    plan.copies = simulateCopies(problem, plan.actions);
    std::optional<std::string> error = findRetentionError(problem, plan, capacity);
    if (!error || error->starts_with("expected a peak"))
      best = plan.seconds;
  }
  return best;
}

TEST(Retention, IsNearTheOptimumWithALinkThatCanBeEnumerated) {
  double distance = 0;
  int plans = 0, missed = 0, moving = 0;
  for (unsigned seed = 0; seed < 100; ++seed) {
    // From links that carry a few values to links that carry all.
    RetentionProblem problem = addFarMemory(makeRandomStep(3000 + seed, 5), 2e8 * (1 + seed % 10), 1, 2048);
    int64_t low = findMinimum(problem).boundBytes, high = countKeptPeak(problem);
    for (int64_t capacity : {low, low + (high - low) / 4, low + (high - low) / 2, low + (high - low) * 3 / 4}) {
      double optimum = enumerateWithLink(problem, capacity);
      std::optional<RetentionPlan> plan = planRetention(problem, capacity);
      if (!plan) {
        missed += std::isfinite(optimum);
        continue;
      }
      EXPECT_EQ(findRetentionError(problem, *plan, capacity), std::nullopt) << "seed " << seed;
      EXPECT_GE(plan->seconds, optimum * (1 - 1e-9)) << "seed " << seed;
      EXPECT_LE(plan->boundSeconds, optimum * (1 + 1e-6)) << "seed " << seed;
      distance += (plan->seconds - optimum) / (3 * sumRecomputeSeconds(problem) + 1e-9);
      ++plans;
      moving += std::count(plan->actions.begin(), plan->actions.end(), Action::Offload) > 0;
    }
  }
  std::printf("%d plans with a link, %d move something, %d missed, mean distance from the optimum %.4f %% of a step\n",
              plans, moving, missed, 100 * distance / plans);
  EXPECT_EQ(missed, 0);
  EXPECT_GT(moving, plans / 4);
  EXPECT_LE(distance / plans, 0.005);
}

TEST(Retention, IsNearTheBoundOnATransformer) {
  RetentionProblem problem = makeTransformerStep(24);
  RetentionMinimum minimum = findMinimum(problem);
  EXPECT_LE(double(minimum.plan.peakBytes), 1.01 * double(minimum.boundBytes));
  for (int64_t capacity : capacitiesOf(problem)) {
    std::optional<RetentionPlan> plan = planRetention(problem, capacity);
    ASSERT_TRUE(plan);
    EXPECT_EQ(findRetentionError(problem, *plan, capacity), std::nullopt);
    // At the minimum there are few plans, and the relaxation does not know how few.
    EXPECT_LE(plan->seconds, (capacity == minimum.plan.peakBytes ? 1.1 : 1.02) * plan->boundSeconds);
  }
}

TEST(Retention, GainsFromALink) {
  RetentionProblem problem = makeTransformerStep(12);
  // Room for about a fifth of the activations on a link, and for some of the optimizer state.
  RetentionProblem linked = addFarMemory(problem, 25e9, 12, 8 * 12 * 1600 * 1600);
  int64_t low = findMinimum(problem).plan.peakBytes;
  EXPECT_LT(findMinimum(linked).plan.peakBytes, low);
  for (int64_t capacity : capacitiesOf(problem)) {
    std::optional<RetentionPlan> without = planRetention(problem, capacity), with = planRetention(linked, capacity);
    ASSERT_TRUE(without && with);
    EXPECT_EQ(findRetentionError(linked, *with, capacity), std::nullopt);
    EXPECT_LE(with->seconds, 0.95 * without->seconds);
    EXPECT_LE(with->seconds, 1.2 * with->boundSeconds);
    EXPECT_GT(std::count(with->actions.begin(), with->actions.end(), Action::Offload), 0);
  }
}

TEST(Retention, IsTheSameForTheSameProblem) {
  RetentionProblem linked = addFarMemory(makeTransformerStep(4), 25e9, 4, 8 * 12 * 1600 * 1600);
  for (const RetentionProblem &problem : {makeTransformerStep(6), makeRandomStep(7, 60), linked}) {
    int64_t capacity = capacitiesOf(problem)[1];
    std::optional<RetentionPlan> one = planRetention(problem, capacity), other = planRetention(problem, capacity);
    ASSERT_TRUE(one && other);
    EXPECT_EQ(one->actions, other->actions);
    EXPECT_EQ(one->copies, other->copies);
    EXPECT_EQ(one->gapPrices, other->gapPrices);
  }
}

TEST(RetentionRepair, LooksAtAllValuesWhereThePromisingOnesDoNotHelp) {
  // What looks cheap is computed from something larger that nobody else reads.
  std::vector<RetainableValue> values;
  for (int i = 0; i < 40; ++i) {
    values.push_back(spare(100, never));
    values.push_back(needed(90, 1 + i, {2 * i}));
  }
  values.push_back(needed(50, 1000));
  RetentionProblem problem = idleAt2And3(values);
  RetentionDecisions decisions(problem, 10 + 40 * 90);
  ASSERT_FALSE(decisions.fits());
  EXPECT_TRUE(repair(decisions));
  EXPECT_EQ(decisions.actionOf(80), Action::Recompute);
  EXPECT_EQ(decisions.seconds(), 1000);
}

TEST(RetentionRepair, KeepsTheDearestThatFits) {
  RetentionProblem problem = idleAt2And3({needed(50, 1), needed(50, 3), needed(50, 2)});
  RetentionDecisions decisions(problem, 10 + 50);
  decisions.setAll(std::vector<Action>(3, Action::Recompute));
  keepWhatFits(decisions);
  EXPECT_EQ(decisions.wishes(), (std::vector<Action>{Action::Recompute, Action::Keep, Action::Recompute}));
}

TEST(CopySchedule, RefusesCopiesThatEndBehindTheStepOrBeginBeforeIt) {
  RetainableValue one = movable(100, 7, 2), other = movable(100, 8, 3);
  one.wrapsAround = other.wrapsAround = true;
  RetentionProblem problem = withLink({one, other});
  CopySchedule schedule(problem);
  schedule.setMoved(1, true);
  EXPECT_EQ(schedule.windowOf(1), (CopyWindow{9, 2}));
  schedule.setMoved(0, true); // first out, so that the other ends a second late
  EXPECT_EQ(schedule.windowOf(0), (CopyWindow{8, 0}));
  EXPECT_EQ(schedule.windowOf(1), std::nullopt);
  schedule.setMoved(0, false);
  EXPECT_EQ(schedule.windowOf(1), (CopyWindow{9, 2}));
}

TEST(CopySchedule, CopiesOfTheOutsideTakeALoopAsAWhole) {
  // Alone, out during 1 to 4 and in during 6 to 8. Positions 3 to 6 are run again and again.
  RetentionProblem problem = withLink({movable(200, 1, 8)});
  problem.link->inBytesPerSecond = 70;
  EXPECT_EQ(CopySchedule(problem).windowAlone(0), (CopyWindow{4, 6}));
  problem.link->loops = {{3, 6}};
  EXPECT_EQ(CopySchedule(problem).windowAlone(0), std::nullopt);
  problem.link->loops = {{2, 4}, {5, 7}};
  EXPECT_EQ(CopySchedule(problem).windowAlone(0), (CopyWindow{4, 5}));
  // The bound knows: half of the value is out at position 3 only if nothing is whole there.
  problem.baseBytes = {10, 10, 10, 10, 110, 10, 10, 10, 10, 10};
  EXPECT_FALSE(planRetention(problem, 300));
  problem.link->loops.clear();
  problem.baseBytes[4] = 10;
  problem.baseBytes[5] = 110;
  EXPECT_TRUE(planRetention(problem, 300));
}

TEST(LiveBytes, CountsLikeAPlainLoop) {
  std::mt19937 random(3);
  std::vector<int64_t> plain(300);
  for (int64_t &bytes : plain)
    bytes = int64_t(random() % 100);
  constexpr int64_t capacity = 150;
  LiveBytes live(plain, capacity);
  for (int step = 0; step < 2000; ++step) {
    int first = int(random() % 300), last = std::min(299, first + int(random() % 200) - 1);
    int64_t bytes = int64_t(random() % 200) - 100;
    live.add(first, last, bytes);
    for (int position = first; position <= last; ++position)
      plain[position] += bytes;
    int64_t excess = 0;
    for (int64_t value : plain)
      excess += std::max<int64_t>(0, value - capacity);
    ASSERT_EQ(live.excess(), excess) << "step " << step;
    ASSERT_EQ(live.findPeak(), std::max_element(plain.begin(), plain.end()) - plain.begin()) << "step " << step;
  }
}

TEST(RetentionCheck, SeesEveryKindOfError) {
  RetentionProblem problem = idleAt2And3({spare(70, never), needed(100, 1, {0}), needed(20, 4)});
  RetentionPlan right{{Action::Keep, Action::Recompute, Action::Keep}, {}, 1, 0, 100, 2, {}, {}};
  ASSERT_EQ(findRetentionError(problem, right, 100), std::nullopt);
  auto errorOf = [&](auto change, int64_t capacity = 1000) {
    RetentionPlan plan = right;
    change(plan);
    return findRetentionError(problem, plan, capacity).value_or("");
  };
  EXPECT_EQ(errorOf([](RetentionPlan &) {}, 99), "position 2 holds 100 bytes of 99");
  EXPECT_EQ(errorOf([](RetentionPlan &plan) { plan.actions.pop_back(); }), "expected one action per value");
  EXPECT_EQ(errorOf([](RetentionPlan &plan) { plan.actions[2] = Action::None; }),
            "value 2 is needed, and nothing is done to have it");
  EXPECT_EQ(errorOf([](RetentionPlan &plan) { plan.actions[0] = Action::Recompute; }),
            "value 0 cannot be computed again");
  EXPECT_EQ(errorOf([](RetentionPlan &plan) { plan.actions[0] = Action::None; }),
            "value 1 is computed again from value 0, which is not there");
  EXPECT_EQ(errorOf([](RetentionPlan &plan) { plan.peakBytes = 90; }),
            "expected a peak of 100 bytes at position 2, got 90 at 2");
  EXPECT_EQ(errorOf([](RetentionPlan &plan) { plan.peakPosition = 3; }),
            "expected a peak of 100 bytes at position 2, got 100 at 3");
  EXPECT_EQ(errorOf([](RetentionPlan &plan) { plan.seconds = 0.5; }), "expected 1.000000 seconds, got 0.500000");
  EXPECT_EQ(errorOf([](RetentionPlan &plan) { plan.boundSeconds = 2; }), "the bound is above the plan");
}

TEST(RetentionCheck, SeesEveryKindOfErrorInCopies) {
  RetentionProblem problem = withLink({movable(100, 2, 7), movable(50, 2, 8), needed(1, never)});
  RetentionPlan right{{Action::Offload, Action::Offload, Action::Keep}, {{3, 5}, {4, 8}, {}}, 0.2, 0, 160, 2, {}, {}};
  auto errorOf = [&](auto change) {
    RetentionProblem changed = problem;
    RetentionPlan plan = right;
    change(changed, plan);
    return findRetentionError(changed, plan, 1000).value_or("");
  };
  EXPECT_EQ(errorOf([](RetentionProblem &, RetentionPlan &) {}), "");
  EXPECT_EQ(errorOf([](RetentionProblem &changed, RetentionPlan &) { changed.link.reset(); }),
            "value 0 cannot be offloaded");
  EXPECT_EQ(errorOf([](RetentionProblem &, RetentionPlan &plan) { plan.actions[2] = Action::Offload; }),
            "value 2 cannot be offloaded");
  EXPECT_EQ(errorOf([](RetentionProblem &, RetentionPlan &plan) { plan.copies.pop_back(); }),
            "expected one copy window per value");
  EXPECT_EQ(errorOf([](RetentionProblem &, RetentionPlan &plan) { plan.copies[0].outLast = 8; }),
            "value 0 is copied outside its gap");
  EXPECT_EQ(errorOf([](RetentionProblem &, RetentionPlan &plan) { plan.copies[0].inFirst = 1; }),
            "value 0 is copied outside its gap");
  EXPECT_EQ(errorOf([](RetentionProblem &, RetentionPlan &plan) { plan.copies[0].outLast = 5; }),
            "value 0 is copied in before it is out");
  EXPECT_EQ(errorOf([](RetentionProblem &changed, RetentionPlan &) { changed.link->loops = {{3, 4}}; }),
            "value 0 is copied in the midst of a loop");
  EXPECT_EQ(errorOf([](RetentionProblem &changed, RetentionPlan &) { changed.link->loops = {{7, 8}}; }),
            "value 1 is copied in the midst of a loop");
  EXPECT_EQ(errorOf([](RetentionProblem &changed, RetentionPlan &) { changed.link->taskSeconds.pop_back(); }),
            "expected the seconds of each task");
  EXPECT_EQ(errorOf([](RetentionProblem &, RetentionPlan &plan) { plan.copies[0].outLast = 2; }),
            "value 0 is not out in time");
  // The second waits for the first.
  EXPECT_EQ(errorOf([](RetentionProblem &, RetentionPlan &plan) { plan.copies[1].outLast = 3; }),
            "value 1 is not out in time");
  EXPECT_EQ(errorOf([](RetentionProblem &, RetentionPlan &plan) { plan.copies[0].inFirst = 7; }),
            "value 0 is not back in time");
  EXPECT_EQ(errorOf([](RetentionProblem &, RetentionPlan &plan) { plan.seconds = 0.1; }),
            "expected 0.200000 seconds, got 0.100000");
}

} // namespace
