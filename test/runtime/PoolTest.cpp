// The thread pool: every item once, pieces of the promised size, scratch of one's own, any number of launches.
#include "neap/runtime/threads/Pool.h"

#include <atomic>
#include <gtest/gtest.h>
#include <mutex>

namespace neap::test {
namespace {

using runtime::Pool;

void countItems(void *const *buffers, int64_t begin, int64_t end, void *) {
  auto *counts = static_cast<std::atomic<int> *>(buffers[0]);
  for (int64_t i = begin; i < end; ++i)
    counts[i].fetch_add(1, std::memory_order_relaxed);
}

TEST(PoolTest, EveryItemRunsOnce) {
  for (int workers : {1, 2, 3, 8}) {
    Pool pool(workers, nullptr, 0);
    for (int64_t items : {0, 1, 2, 7, 64, 1000, 4099})
      for (int64_t grain : {0, 1, 3, 64, 5000}) {
        std::vector<std::atomic<int>> counts(size_t(items) + 1);
        void *buffers[] = {counts.data()};
        pool.launch(countItems, buffers, items, grain);
        for (int64_t i = 0; i < items; ++i)
          ASSERT_EQ(counts[size_t(i)], 1) << workers << " workers, item " << i << " of " << items;
        ASSERT_EQ(counts[size_t(items)], 0);
      }
  }
}

struct Pieces {
  std::mutex mutex;
  std::vector<std::pair<int64_t, int64_t>> ranges;
};

void recordPiece(void *const *buffers, int64_t begin, int64_t end, void *) {
  auto *pieces = static_cast<Pieces *>(buffers[0]);
  std::lock_guard lock(pieces->mutex);
  pieces->ranges.push_back({begin, end});
}

TEST(PoolTest, PiecesBeginAtMultiplesOfTheGrainAndAreAtLeastThatLarge) {
  Pool pool(4, nullptr, 0);
  Pieces pieces;
  void *buffers[] = {&pieces};
  pool.launch(recordPiece, buffers, 1003, 16);
  EXPECT_GT(pieces.ranges.size(), 4u);
  for (auto [begin, end] : pieces.ranges) {
    EXPECT_EQ(begin % 16, 0);
    EXPECT_GE(end - begin, 16);
  }
}

void ownScratch(void *const *buffers, int64_t begin, int64_t end, void *scratch) {
  auto *value = static_cast<volatile int64_t *>(scratch);
  auto *results = static_cast<int64_t *>(buffers[0]);
  for (int64_t i = begin; i < end; ++i) {
    *value = i;
    for (int spin = 0; spin < 50; ++spin)
      *value = *value + 1;
    results[i] = *value;
  }
}

TEST(PoolTest, WorkersDoNotShareScratch) {
  std::vector<int64_t> scratch(4 * 8);
  Pool pool(4, reinterpret_cast<std::byte *>(scratch.data()), 64);
  std::vector<int64_t> results(10'000);
  void *buffers[] = {results.data()};
  pool.launch(ownScratch, buffers, 10'000, 1);
  for (int64_t i = 0; i < 10'000; ++i)
    ASSERT_EQ(results[size_t(i)], i + 50);
}

void addOne(void *const *buffers, int64_t begin, int64_t end, void *) {
  auto *values = static_cast<int64_t *>(buffers[0]);
  for (int64_t i = begin; i < end; ++i)
    ++values[i];
}

TEST(PoolTest, ALaunchSeesAllThatTheOneBeforeWrote) {
  Pool pool(4, nullptr, 0);
  std::vector<int64_t> values(64);
  void *buffers[] = {values.data()};
  for (int launch = 0; launch < 20'000; ++launch)
    pool.launch(addOne, buffers, 64 - launch % 3, 1 + launch % 5);
  EXPECT_EQ(values[0], 20'000);
}

TEST(PoolTest, WorkersWakeFromSleep) {
  Pool pool(3, nullptr, 0);
  std::vector<int64_t> values(64);
  void *buffers[] = {values.data()};
  for (int launch = 0; launch < 20; ++launch) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    pool.launch(addOne, buffers, 64, 1);
  }
  EXPECT_EQ(values[63], 20);
}

TEST(PoolTest, AvailableCoresAreAtLeastOne) { EXPECT_GE(runtime::availableCores(), 1); }

} // namespace
} // namespace neap::test
