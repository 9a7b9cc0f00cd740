// Order of copies against each other and against the step, and what is left of it when one fails.
#include "neap/runtime/cpu/CopyStreams.h"

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <random>

namespace neap::test {
namespace {

using runtime::CopyStreams;

constexpr uint64_t blockBytes = files::SpillFile::blockBytes, blocks = 16;

class CopyStreamsTest : public testing::Test {
protected:
  static std::string makeFolder() {
    std::string pattern = testing::TempDir() + "neap-copies-XXXXXX";
    return mkdtemp(pattern.data());
  }
  CopyStreamsTest() { std::fill_n(memory_, blocks * blockBytes, std::byte{0}); }
  ~CopyStreamsTest() override {
    std::free(memory_);
    std::filesystem::remove_all(folder_);
  }

  std::byte *block(uint64_t number) const { return memory_ + number * blockBytes; }
  void fill(uint64_t number, int value) const { std::fill_n(block(number), blockBytes, std::byte(value)); }
  void offload(uint64_t from, uint64_t to, uint64_t signals = 0, uint64_t reloads = 0) {
    copies_.begin(CopyStreams::Offload, {block(from), to * blockBytes, blockBytes, signals, reloads});
  }
  void reload(uint64_t from, uint64_t to, uint64_t signals = 0, uint64_t offloads = 0) {
    copies_.begin(CopyStreams::Reload, {block(to), from * blockBytes, blockBytes, signals, offloads});
  }
  static void giveTime() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

  std::string folder_ = makeFolder();
  std::byte *memory_ = static_cast<std::byte *>(std::aligned_alloc(blockBytes, blocks *blockBytes));
  files::SpillFile file_{folder_, blocks * blockBytes};
  CopyStreams copies_{file_};
};

TEST_F(CopyStreamsTest, WhatWasMovedOutComesBack) {
  fill(0, 7);
  offload(0, 3);
  reload(3, 1, 0, 1);
  copies_.wait(0, 1);
  EXPECT_EQ(*block(1), std::byte{7});
  copies_.endStep();
}

TEST_F(CopyStreamsTest, ACopyWaitsForItsSignal) {
  fill(0, 1);
  offload(0, 0, 2);
  copies_.signal();
  giveTime();
  fill(0, 2); // what the second signal tells of
  copies_.signal();
  copies_.wait(1, 0);
  reload(0, 1);
  copies_.wait(1, 1);
  EXPECT_EQ(*block(1), std::byte{2});
  copies_.endStep();
}

TEST_F(CopyStreamsTest, ACopyWaitsForTheOtherStream) {
  fill(0, 1);
  reload(5, 1, 0, 1); // of what an offload brings that is begun later
  giveTime();
  offload(0, 5);
  copies_.wait(0, 1);
  EXPECT_EQ(*block(1), std::byte{1});
  copies_.endStep();
}

TEST_F(CopyStreamsTest, AStepThatIsBrokenOffEndsAllTheSame) {
  offload(0, 0, 5);
  copies_.signal();
  copies_.endStep();
  EXPECT_EQ(copies_.failure(), nullptr);
}

TEST_F(CopyStreamsTest, AFailureEndsEveryWaitAndAllThatComesBehind) {
  fill(0, 9);
  reload(blocks + 8, 1); // behind the end of the file
  offload(0, 0, 0, 1);
  copies_.wait(1, 1);
  ASSERT_NE(copies_.failure(), nullptr);
  copies_.endStep();
  EXPECT_THROW(std::rethrow_exception(copies_.failure()), files::Error);
  file_.read(0, block(2), blockBytes);
  EXPECT_EQ(*block(2), std::byte{0}) << "a copy behind the failed one was made";
}

/// Random programs of copies, steps one after the other. Each copy comes after all that touches its blocks, by counts, and the
/// same copies are made one by one elsewhere.
TEST_F(CopyStreamsTest, CountsOrderRandomPrograms) {
  std::mt19937 random(5);
  std::array<int, blocks> near{}, far{};
  for (int step = 0; step < 100; ++step) {
    uint64_t offloads = 0, reloads = 0;
    for (int i = 0; i < 10; ++i) {
      uint64_t from = random() % blocks, to = random() % blocks;
      if (random() % 3 == 0) {
        copies_.wait(offloads, reloads);
        fill(from, near[from] = int(random() % 256));
        copies_.signal();
      } else if (random() % 2 == 0) {
        offload(from, to, 0, reloads);
        far[to] = near[from];
        ++offloads;
      } else {
        reload(from, to, 0, offloads);
        near[to] = far[from];
        ++reloads;
      }
    }
    copies_.endStep();
    for (uint64_t i = 0; i < blocks; ++i)
      ASSERT_EQ(*block(i), std::byte(near[i])) << "block " << i << " after step " << step;
  }
}

} // namespace
} // namespace neap::test
