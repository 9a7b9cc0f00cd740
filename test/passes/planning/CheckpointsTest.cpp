// Narrow places of made-up networks.
#include "neap/passes/planning/Checkpoints.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

using namespace neap::planning;

namespace {

RetainableValue makeValue(int64_t bytes, std::vector<int> sources) {
  RetainableValue value;
  value.bytes = bytes;
  value.sources = std::move(sources);
  value.recomputeSeconds = 1;
  return value;
}

/// Blocks of three values: two wide ones, and the stream that they are added to. Every block reads a mask, value 0.
RetentionProblem makeBlocks(int blocks) {
  RetentionProblem problem;
  problem.values.push_back(makeValue(1000, {}));
  problem.values.push_back(makeValue(10, {0}));
  int stream = 1;
  for (int block = 0; block < blocks; ++block) {
    problem.values.push_back(makeValue(40, {0, stream}));
    problem.values.push_back(makeValue(40, {stream + 1}));
    problem.values.push_back(makeValue(10, {stream, stream + 2}));
    stream += 3;
  }
  return problem;
}

TEST(Checkpoints, AreTheStreamBetweenBlocks) {
  std::vector<std::vector<int>> found = findCheckpoints(makeBlocks(8));
  // The ends are left out, so some of the first and last may be missing.
  ASSERT_GE(found.size(), 6u);
  for (const std::vector<int> &set : found) {
    ASSERT_EQ(set.size(), 1u);
    EXPECT_EQ(set[0] % 3, 1) << "value " << set[0] << " is inside a block";
  }
}

/// What is made outside of a loop is there beside the blocks inside, and next to nothing crosses while it is made.
TEST(Checkpoints, AreFoundBesideManyValuesThatNothingIsComputedFrom) {
  RetentionProblem problem;
  problem.values.push_back(makeValue(1, {}));
  problem.values.push_back(makeValue(1, {0}));
  for (int value = 0; value < 40; ++value)
    problem.values.push_back(makeValue(100, {0}));
  problem.values.push_back(makeValue(1, {1}));
  for (RetainableValue value : makeBlocks(8).values) {
    for (int &source : value.sources)
      source += 43;
    problem.values.push_back(std::move(value));
  }
  EXPECT_GE(findCheckpoints(problem).size(), 7u);
}

TEST(Checkpoints, AreAllOfAChain) {
  RetentionProblem problem;
  problem.values.push_back(makeValue(10, {}));
  for (int value = 1; value < 10; ++value)
    problem.values.push_back(makeValue(10, {value - 1}));
  EXPECT_EQ(findCheckpoints(problem).size(),
            8u); // all but the first, which has no sources, and the last, which nobody reads
}

TEST(Checkpoints, OfTwoStreamsAreBoth) {
  RetentionProblem problem;
  problem.values = {makeValue(1, {}), makeValue(10, {0}), makeValue(10, {0})};
  for (int block = 0; block < 6; ++block) {
    int first = static_cast<int>(problem.values.size()) - 2, second = first + 1, wide = first + 2;
    problem.values.push_back(makeValue(50, {first, second}));
    problem.values.push_back(makeValue(10, {first, wide}));
    problem.values.push_back(makeValue(10, {second, wide}));
  }
  // Inside a block both streams cross with more; between blocks they cross alone. Behind the last block one is not read.
  std::vector<std::vector<int>> found = findCheckpoints(problem);
  size_t pairs = std::count_if(found.begin(), found.end(), [](const std::vector<int> &set) { return set.size() == 2; });
  EXPECT_GE(pairs, 4u);
}

TEST(Checkpoints, AreKeptInSteps) {
  RetentionProblem problem = makeBlocks(8);
  std::vector<std::vector<int>> checkpoints = findCheckpoints(problem);
  RetentionProblem kept = keepCheckpoints(problem, checkpoints, 2);
  for (size_t i = 0; i < checkpoints.size(); ++i)
    EXPECT_EQ(std::isfinite(kept.values[checkpoints[i][0]].recomputeSeconds), i % 2 == 0) << i;
}

TEST(Checkpoints, OfNothingAreNone) { EXPECT_TRUE(findCheckpoints({}).empty()); }

} // namespace
