// What launches cost by given rates, and how rates are found from times.
#include "neap/passes/planning/CpuCosts.h"
#include "neap/passes/planning/LeastSquares.h"

#include "gtest/gtest.h"

#include <random>

using namespace neap::planning;

namespace {

/// Rates that are easy to multiply.
CpuCosts roundCosts() {
  CpuCosts costs;
  costs.threads = 2;
  costs.launchSeconds = 1e-6;
  costs.memory = {{1e6, 100e9}, {100e6, 10e9}};
  costs.multiplyAddSeconds = 1e-11;
  costs.copySeconds = 1e-10;
  costs.transposeSeconds = 2e-10;
  costs.productByteSeconds = 1e-10;
  costs.forwardMultiplyAddSeconds = 1e-11;
  costs.forwardScoreSeconds = 1e-9;
  costs.backwardMultiplyAddSeconds = 2e-11;
  costs.operationSeconds["exp"] = 1e-10;
  costs.otherOperationSeconds = 1e-11;
  costs.stridedSeconds = 1e-9;
  return costs;
}

CpuWork stream(double bytes) {
  CpuWork work;
  work.bytesRead = work.bytesWritten = bytes / 2;
  return work;
}

} // namespace

TEST(CpuCosts, MemoryIsInterpolatedBetweenMeasuredSizes) {
  CpuCosts costs = roundCosts();
  EXPECT_DOUBLE_EQ(estimateMemory(costs, 1e6), 1e-5);
  EXPECT_DOUBLE_EQ(estimateMemory(costs, 5e5), 5e-6);         // as the smallest
  EXPECT_DOUBLE_EQ(estimateMemory(costs, 1e9), 0.1);          // as the largest
  EXPECT_NEAR(estimateMemory(costs, 1e7), 1e7 / 55e9, 1e-12); // half way on a scale of factors
  EXPECT_DOUBLE_EQ(estimateColdMemory(costs, 1e6), 1e-4);
}

TEST(CpuCosts, PointwiseKernelsTakeTheLongerOfComputingAndMemory) {
  CpuCosts costs = roundCosts();
  CpuWork work = stream(1e6);
  EXPECT_DOUBLE_EQ(estimateLaunch(costs, work), 1.1e-5);
  work.operations["add"] = 2e5; // hidden behind memory
  EXPECT_DOUBLE_EQ(estimateLaunch(costs, work), 1.1e-5);
  work.operations["exp"] = 2e5;
  EXPECT_DOUBLE_EQ(estimateLaunch(costs, work), 1e-6 + 2e-6 + 2e-5);
  work.strided = 1e5;
  EXPECT_DOUBLE_EQ(estimateLaunch(costs, work), 1e-6 + 2e-6 + 2e-5 + 1e-4);
}

TEST(CpuCosts, WhatLayUntouchedComesFromMemory) {
  CpuWork work = stream(1e6);
  work.isCold = true;
  EXPECT_DOUBLE_EQ(estimateLaunch(roundCosts(), work), 1e-6 + 1e-4);
}

TEST(CpuCosts, SmallLaunchesWakeNobody) { EXPECT_DOUBLE_EQ(estimateLaunch(roundCosts(), stream(1e4)), 1e-7); }

TEST(CpuCosts, ProductsAddPackingAndBytesToTheirTiles) {
  CpuWork work = stream(1e6);
  work.product = ProductWork{1e9, 1e6, 1e6, 1};
  double tiles = 1e-2 + 1e-4 + 2e-4, rest = 1e-6 + 1e-4;
  EXPECT_DOUBLE_EQ(estimateLaunch(roundCosts(), work), rest + tiles);
  work.product->idleFactor = 2; // one of two threads has nothing to do
  EXPECT_DOUBLE_EQ(estimateLaunch(roundCosts(), work), rest + 2 * tiles);
}

TEST(CpuCosts, AttentionCountsScoresAndWhatEachNeeds) {
  CpuWork work = stream(1e6);
  work.attention = AttentionWork{false, 1e6, 128, 1};
  EXPECT_DOUBLE_EQ(estimateLaunch(roundCosts(), work), 1e-6 + 1e6 * (128e-11 + 1e-9));
  work.attention->isBackward = true;
  EXPECT_DOUBLE_EQ(estimateLaunch(roundCosts(), work), 1e-6 + 1e6 * 256e-11);
}

TEST(CpuCosts, MoreCoresAndWiderVectorsAreFaster) {
  CpuWork work = stream(1e8);
  work.product = ProductWork{1e9, 1e6, 1e6, 1};
  double narrow = estimateLaunch(describeTypicalCpu(8, 2), work);
  EXPECT_LT(estimateLaunch(describeTypicalCpu(16, 2), work), narrow);
  EXPECT_LT(estimateLaunch(describeTypicalCpu(8, 4), work), narrow);
}

TEST(LeastSquares, FindsTheRatesThatTimesWereMadeFrom) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> part(0.1, 1);
  std::vector<double> rates{1e-11, 3e-10, 0, 2e-6};
  std::vector<std::vector<double>> work;
  std::vector<double> seconds;
  for (int i = 0; i < 20; ++i) {
    work.push_back({1e9 * part(random), 1e7 * part(random), 1e8 * part(random), part(random)});
    seconds.push_back(0);
    for (size_t j = 0; j < rates.size(); ++j)
      seconds.back() += work.back()[j] * rates[j];
  }
  std::vector<double> found = fitRates(work, seconds);
  for (size_t j = 0; j < rates.size(); ++j)
    EXPECT_NEAR(found[j], rates[j], 1e-6 * std::max(rates[j], 1e-12)) << j;
}

TEST(LeastSquares, GivesNothingWhatWouldHaveToBeNegative) {
  // Twice the second takes less time: at best it takes none.
  std::vector<double> found = fitRates({{1, 1}, {1, 2}}, {2, 1});
  EXPECT_GT(found[0], 0);
  EXPECT_EQ(found[1], 0);
}

TEST(LeastSquares, CountsErrorsInSharesOfTheTime) {
  // No rate fits both; the long one must not decide alone: sum of (x - 1)^2 + (x - 2)^2 with x the rate.
  EXPECT_NEAR(fitRates({{1}, {1000}}, {1, 500})[0], (1 + 2) / (1.0 + 4.0), 1e-9);
}
