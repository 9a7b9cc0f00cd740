// Orders and live ranges on small graphs drawn by hand, and on random ones.
#include "neap/passes/planning/Liveness.h"
#include "neap/passes/planning/Order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

using namespace neap::planning;

namespace {

int64_t peakOf(const StorageGraph &graph, const std::vector<int> &order) {
  std::vector<int64_t> bytes;
  for (const Storage &storage : graph.storages)
    bytes.push_back(storage.bytes);
  return computeLivePeak(computeLiveRanges(graph, order), bytes).bytes;
}

std::vector<int> given(const StorageGraph &graph) {
  std::vector<int> order;
  for (size_t i = 0; i < graph.tasks.size(); ++i)
    order.push_back(int(i));
  return order;
}

/// What every task reads, by who wrote it last; equal for orders that mean the same.
std::vector<std::vector<int>> lastWriters(const StorageGraph &graph, const std::vector<int> &order) {
  std::vector<int> writer(graph.storages.size(), -1);
  std::vector<std::vector<int>> seen(graph.tasks.size());
  for (int task : order) {
    for (int storage : graph.tasks[task].reads)
      seen[task].push_back(writer[storage]);
    for (int storage : graph.tasks[task].writes)
      writer[storage] = task;
  }
  return seen;
}

TEST(Liveness, SpansFirstToLastUse) {
  StorageGraph graph{{{8}, {8, true}, {8, false, true}, {8}}, {{{}, {0}, {}}, {{1}, {}, {}}, {{0}, {2}, {}}}};
  std::vector<LiveRange> ranges = computeLiveRanges(graph, {0, 1, 2});
  EXPECT_EQ(ranges[0].first, 0);
  EXPECT_EQ(ranges[0].last, 2);
  EXPECT_EQ(ranges[1].first, 0); // alive before
  EXPECT_EQ(ranges[2].last, 2);  // alive after
  EXPECT_TRUE(ranges[3].isEmpty());
}

TEST(Liveness, FindsThePeakAndItsFirstPosition) {
  LivePeak peak = computeLivePeak({{0, 1}, {1, 2}, {2, 2}}, {10, 20, 10});
  EXPECT_EQ(peak.bytes, 30);
  EXPECT_EQ(peak.position, 1);
}

// Two gradients, then two updates: each update moves to its gradient, so that only one gradient is alive.
TEST(Order, RunsAnUpdateAsSoonAsItsGradientIsThere) {
  StorageGraph graph{{{64}, {64}, {64, true, true}, {64, true, true}},
                     {{{}, {0}, {}}, {{}, {1}, {}}, {{0, 2}, {2}, {}}, {{1, 3}, {3}, {}}}};
  EXPECT_EQ(orderTasks(graph), (std::vector<int>{0, 2, 1, 3}));
}

// The second gradient still reads the first parameter: its update waits.
TEST(Order, KeepsReadersOfTheOldValueBeforeTheUpdate) {
  StorageGraph graph{{{64}, {64}, {64, true, true}, {64, true, true}},
                     {{{}, {0}, {}}, {{2}, {1}, {}}, {{0, 2}, {2}, {}}, {{1, 3}, {3}, {}}}};
  EXPECT_EQ(orderTasks(graph), (std::vector<int>{0, 1, 2, 3}));
}

TEST(Order, RespectsAfter) {
  StorageGraph graph{{{64}, {64, true, true}}, {{{}, {0}, {}}, {{}, {}, {}}, {{0, 1}, {1}, {1}}}};
  std::vector<int> order = orderTasks(graph);
  EXPECT_LT(std::find(order.begin(), order.end(), 1), std::find(order.begin(), order.end(), 2));
}

TEST(Order, MeansTheSameAndNeverNeedsMoreOnRandomGraphs) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    std::mt19937 random(seed);
    StorageGraph graph;
    for (int i = 0; i < 30; ++i)
      graph.storages.push_back({int64_t(64 * (1 + random() % 8)), i < 5, i < 5});
    for (int task = 0; task < 25; ++task) {
      auto &[reads, writes, after] = graph.tasks.emplace_back();
      for (int i = 0; i < 3; ++i)
        if (int storage = int(random() % unsigned(5 + task)); !std::count(reads.begin(), reads.end(), storage))
          reads.push_back(storage);
      writes.push_back(random() % 6 == 0 ? int(random() % 5) : 5 + task);
    }
    std::vector<int> order = orderTasks(graph);
    EXPECT_EQ(lastWriters(graph, order), lastWriters(graph, given(graph))) << "seed " << seed;
    EXPECT_LE(peakOf(graph, order), peakOf(graph, given(graph))) << "seed " << seed;
  }
}

} // namespace
