// The file for far memory: what comes back, what is left alone, and where the bytes are meanwhile.
#include "neap/runtime/files/SpillFile.h"

#include "Process.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <numeric>
#include <thread>

namespace neap::test {
namespace {

using files::SpillFile;

constexpr uint64_t blockBytes = SpillFile::blockBytes;
constexpr auto untouched = std::byte{0x55};

/// Memory that direct I/O can be made from.
class Memory {
public:
  explicit Memory(uint64_t bytes, std::byte value = {}) : bytes_((bytes + blockBytes - 1) / blockBytes * blockBytes) {
    data_ = static_cast<std::byte *>(std::aligned_alloc(blockBytes, bytes_));
    std::fill(data_, data_ + bytes_, value);
  }
  Memory(const Memory &) = delete;
  ~Memory() { std::free(data_); }

  std::byte *data() const { return data_; }
  void number(uint64_t seed) const {
    for (uint64_t i = 0; i < bytes_; ++i)
      data_[i] = std::byte((i * 2654435761u + seed) >> 7);
  }

private:
  uint64_t bytes_;
  std::byte *data_;
};

class SpillFileTest : public testing::Test {
protected:
  SpillFileTest() {
    std::string pattern = testing::TempDir() + "neap-spill-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~SpillFileTest() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
};

TEST_F(SpillFileTest, BytesBeginAsZeros) {
  SpillFile file(folder_, 3 * blockBytes);
  Memory memory(3 * blockBytes, untouched);
  file.read(0, memory.data(), 3 * blockBytes);
  EXPECT_TRUE(
      std::all_of(memory.data(), memory.data() + 3 * blockBytes, [](std::byte b) { return b == std::byte{0}; }));
}

TEST_F(SpillFileTest, LengthsAreFreeAndWhatLiesBehindIsLeftAlone) {
  constexpr uint64_t lengths[] = {0, 1, 4095, 4096, 4097, 12288, (9 << 20) + 1000};
  SpillFile file(folder_, 10 << 20);
  for (uint64_t bytes : lengths) {
    Memory source(bytes + 1), target(bytes + blockBytes, untouched);
    source.number(bytes);
    file.write(blockBytes, source.data(), bytes);
    file.read(blockBytes, target.data(), bytes);
    EXPECT_TRUE(std::equal(source.data(), source.data() + bytes, target.data())) << bytes;
    EXPECT_EQ(target.data()[bytes], untouched) << bytes;
  }
}

TEST_F(SpillFileTest, ThreadsDoNotDisturbEachOther) {
  SpillFile file(folder_, 8 << 20);
  constexpr uint64_t bytes = 1 << 20;
  std::vector<std::thread> threads;
  std::array<bool, 4> isRight{};
  for (uint64_t i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      Memory source(bytes), target(bytes);
      source.number(i);
      for (int round = 0; round < 8; ++round) {
        file.write(i * bytes, source.data(), bytes);
        file.read(i * bytes, target.data(), bytes);
      }
      isRight[i] = std::equal(source.data(), source.data() + bytes, target.data());
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(isRight, (std::array<bool, 4>{true, true, true, true}));
}

TEST_F(SpillFileTest, TheFolderStaysEmpty) {
  SpillFile file(folder_, blockBytes);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(SpillFileTest, WhatCannotBeReadIsAnErrorWithItsPlace) {
  SpillFile file(folder_, blockBytes);
  Memory memory(blockBytes);
  try {
    file.read(8 * blockBytes, memory.data(), blockBytes);
    ADD_FAILURE() << "read behind the end";
  } catch (const files::Error &error) {
    EXPECT_EQ(error.what(),
              folder_ + ": cannot read 4096 bytes at byte 32768 of the file for far memory: Input/output error");
  }
}

TEST_F(SpillFileTest, MoreThanADiskHasIsRefusedAtOnce) {
  uint64_t free = std::filesystem::space(folder_).available;
  try {
    SpillFile(folder_, free / 4096 * 4096 * 4 + (uint64_t(1) << 40));
    ADD_FAILURE() << "reserved";
  } catch (const files::NoRoom &error) {
    EXPECT_NE(std::string(error.what()).find("bytes for far memory: "), std::string::npos) << error.what();
  }
}

/// The value of a line of /proc/self/io.
uint64_t readCounter(const std::string &name) {
  std::string text = readFile("/proc/self/io");
  size_t line = text.find(name + ": ");
  return line == std::string::npos ? 0 : std::stoull(text.substr(line + name.size() + 2));
}

/// What was just written is in the page cache, unless it was written past it; reading it would then not reach the disk.
TEST_F(SpillFileTest, BytesAreOnTheDiskAndNotInThePageCache) {
  SpillFile file(folder_, 32 << 20);
  if (file.weakness() || readCounter("read_bytes") + readCounter("write_bytes") == 0)
    GTEST_SKIP() << "no direct I/O or no counters here";
  Memory memory(32 << 20);
  memory.number(1);
  uint64_t before = readCounter("read_bytes");
  file.write(0, memory.data(), 32 << 20);
  file.read(0, memory.data(), 32 << 20);
  EXPECT_GE(readCounter("read_bytes") - before, uint64_t(32 << 20));
}

} // namespace
} // namespace neap::test
