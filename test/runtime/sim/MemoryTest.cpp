// Device memory as the host sees it, and the sets of bytes beneath it.
#include "neap/runtime/sim/memory/DeviceMemory.h"

#include <gtest/gtest.h>
#include <random>

namespace neap::test {
namespace {

using sim::DeviceMemory;

template <class Function> std::string errorOf(Function function) {
  try {
    function();
  } catch (const sim::MemoryError &error) {
    return error.what();
  }
  return "none";
}

TEST(DeviceMemoryTest, AllocationsAreAlignedAndApart) {
  DeviceMemory memory(10'000);
  uint64_t first = memory.allocate(1, "first"), second = memory.allocate(4097, "second");
  EXPECT_EQ(first % DeviceMemory::alignment, 0u);
  EXPECT_EQ(second % DeviceMemory::alignment, 0u);
  EXPECT_GE(second, first + 1 + DeviceMemory::gap);
  EXPECT_EQ(memory.used(), 4098u);
  memory.free(first);
  EXPECT_EQ(memory.used(), 4097u);
  EXPECT_NE(memory.allocate(1, "third"), first);
}

TEST(DeviceMemoryTest, RefusesWhatDoesNotFit) {
  DeviceMemory memory(1000);
  memory.allocate(600, "arena");
  EXPECT_EQ(errorOf([&] { memory.allocate(401, "scratch"); }),
            "cannot allocate 401 bytes for 'scratch': 600 of 1000 are in use");
  EXPECT_THROW(memory.allocate(401, "scratch"), sim::OutOfMemory);
  EXPECT_EQ(errorOf([&] { memory.allocate(0, "nothing"); }), "cannot allocate 0 bytes for 'nothing'");
  memory.allocate(400, "scratch");
}

TEST(DeviceMemoryTest, CopiesStayInsideOneAllocation) {
  DeviceMemory memory(10'000);
  uint64_t a = memory.allocate(16, "a"), b = memory.allocate(16, "b");
  char bytes[32] = {};
  std::string where = "'a' (16 bytes at " + sim::hex(a) + ")";
  memory.copyIn(a, bytes, 16);
  EXPECT_EQ(errorOf([&] { memory.copyIn(a, bytes, 17); }),
            "cannot copy in 17 bytes at " + sim::hex(a) + ": the first is 0 bytes into " + where);
  EXPECT_EQ(errorOf([&] { memory.copyIn(a + 16, bytes, 1); }),
            "cannot copy in 1 bytes at " + sim::hex(a + 16) + ": the first is 0 bytes past the end of " + where);
  EXPECT_EQ(errorOf([&] { memory.copyOut(bytes, 16, 1); }),
            "cannot copy out 1 bytes at 0x10: the first is in no allocation");
  EXPECT_NE(errorOf([&] { memory.fill(b - 8, 0, 4); }).find("the first is 8 bytes before 'b'"), std::string::npos);
  EXPECT_EQ(errorOf([&] { memory.free(a + 4); }), "cannot free " + sim::hex(a + 4) + ": 4 bytes into " + where);
  memory.free(a);
  EXPECT_EQ(errorOf([&] { memory.copyIn(a, bytes, 1); }),
            "cannot copy in 1 bytes at " + sim::hex(a) + ": the first is 0 bytes into " + where + ", which was freed");
  EXPECT_EQ(errorOf([&] { memory.free(a); }),
            "cannot free " + sim::hex(a) + ": 0 bytes into " + where + ", which was freed");
}

TEST(DeviceMemoryTest, KnowsWhatWasWritten) {
  DeviceMemory memory(10'000);
  uint64_t a = memory.allocate(200, "a");
  std::vector<uint8_t> bytes(200, 1), out(200);
  std::string error = errorOf([&] { memory.copyOut(out.data(), a, 1); });
  EXPECT_NE(error.find("nobody has written the byte 0 bytes into 'a'"), std::string::npos) << error;
  memory.copyIn(a + 3, bytes.data(), 100);
  memory.copyOut(out.data(), a + 3, 100);
  error = errorOf([&] { memory.copyOut(out.data(), a + 3, 101); });
  EXPECT_NE(error.find("the byte 103 bytes into 'a'"), std::string::npos) << error;
  memory.copyOutRaw(out.data(), a, 200);
  EXPECT_EQ(out[2], DeviceMemory::uninitialisedByte);
  EXPECT_EQ(out[3], 1);
  memory.poison(a + 50, 1);
  EXPECT_TRUE(memory.isInitialised(a + 3, 47));
  EXPECT_FALSE(memory.isInitialised(a + 3, 48));
  memory.fill(a, 9, 200);
  memory.copyOut(out.data(), a, 200);
  EXPECT_EQ(out[199], 9);
}

TEST(DeviceMemoryTest, CopiesOnTheDeviceCarryWhatIsUninitialised) {
  DeviceMemory memory(10'000);
  uint64_t a = memory.allocate(200, "a"), b = memory.allocate(200, "b");
  memory.fill(a + 10, 1, 60);
  memory.fill(a + 90, 2, 7);
  memory.fill(b, 3, 200);
  memory.copy(b, a, 150);
  for (uint64_t i = 0; i < 200; ++i)
    EXPECT_EQ(memory.isInitialised(b + i, 1), (i >= 10 && i < 70) || (i >= 90 && i < 97) || i >= 150) << i;
  EXPECT_NE(errorOf([&] { memory.copy(a + 8, a, 16); }).find("they overlap"), std::string::npos);
}

TEST(FlagArrayTest, AgreesWithOneFlagForEachByte) {
  std::mt19937 generator(3);
  sim::FlagArray flags(500);
  std::vector<bool> plain(500);
  for (int step = 0; step < 5000; ++step) {
    uint64_t offset = generator() % 500, count = generator() % (501 - offset);
    uint64_t first = offset;
    while (first < offset + count && plain[first])
      ++first;
    ASSERT_EQ(flags.firstClear(offset, count), first);
    bool sets = generator() % 2;
    sets ? flags.set(offset, count) : flags.clear(offset, count);
    std::fill_n(plain.begin() + ptrdiff_t(offset), count, sets);
  }
}

TEST(IntervalSetTest, AgreesWithOneFlagForEachByte) {
  std::mt19937 generator(3);
  for (int round = 0; round < 200; ++round) {
    sim::IntervalSet sets[2];
    std::vector<bool> plain[2] = {std::vector<bool>(300), std::vector<bool>(300)};
    for (int step = 0; step < 12; ++step) {
      uint64_t begin = generator() % 300, end = std::min<uint64_t>(300, begin + generator() % 30);
      sets[step % 2].add({begin, end});
      std::fill(plain[step % 2].begin() + ptrdiff_t(begin), plain[step % 2].begin() + ptrdiff_t(end), true);
    }
    uint64_t firstCommon = 300, bytes = 0;
    for (uint64_t i = 300; i-- > 0;) {
      ASSERT_EQ(sets[0].contains(i), plain[0][i]);
      bytes += plain[0][i];
      if (plain[0][i] && plain[1][i])
        firstCommon = i;
    }
    ASSERT_EQ(sets[0].bytes(), bytes);
    auto common = sets[0].intersection(sets[1]);
    ASSERT_EQ(common ? common->begin : 300, firstCommon);
    sim::IntervalSet gaps;
    for (sim::Interval gap : sets[0].gapsIn({50, 250}))
      gaps.add(gap);
    for (uint64_t i = 0; i < 300; ++i)
      ASSERT_EQ(gaps.contains(i), i >= 50 && i < 250 && !plain[0][i]);
    for (size_t i = 1; i < sets[0].intervals().size(); ++i)
      ASSERT_GT(sets[0].intervals()[i].begin, sets[0].intervals()[i - 1].end);
  }
}

// Races, against a plain record of all accesses and of all barriers.

struct PlainAccess {
  uint32_t block, era, thread, syncs;
  bool writes;
};

bool areOrdered(const PlainAccess &a, const PlainAccess &b) {
  if (a.block != b.block)
    return false;
  return a.era != b.era || a.thread == b.thread || (a.thread / 32 == b.thread / 32 && a.syncs != b.syncs);
}

TEST(AccessShadowTest, FindsARaceExactlyWhereThereIsOne) {
  std::mt19937 generator(11);
  size_t races = 0, fine = 0;
  for (int round = 0; round < 3000; ++round) {
    sim::AccessShadow shadow(8);
    std::vector<PlainAccess> history;
    sim::Clock clock{5, 5, 5};
    uint64_t era = 5;
    bool raced = false;
    for (uint32_t block = 0; block < 2 && !raced; ++block) {
      clock.block = clock.now = ++era;
      std::vector<uint32_t> syncs(2);
      for (int step = 0; step < 8 && !raced; ++step) {
        uint32_t thread = generator() % 2 * 32 + generator() % 2, action = generator() % 10;
        if (action == 0) {
          clock.now = ++era;
          syncs = {0, 0};
          continue;
        }
        if (action < 3) {
          ++syncs[generator() % 2];
          continue;
        }
        PlainAccess access{block, uint32_t(clock.now), thread, syncs[thread / 32], action < 5};
        for (const PlainAccess &earlier : history)
          raced |= (earlier.writes || access.writes) && !areOrdered(earlier, access);
        history.push_back(access);
        uint64_t stamp = sim::stamp::make(clock.now, access.syncs, thread);
        bool found = bool(access.writes ? shadow.write(4, 4, stamp, clock) : shadow.read(4, 4, stamp, clock, false));
        ASSERT_EQ(found, raced) << "round " << round << " step " << step;
      }
    }
    (raced ? races : fine) += 1;
  }
  EXPECT_GT(races, 500u);
  EXPECT_GT(fine, 100u);
}

} // namespace
} // namespace neap::test
