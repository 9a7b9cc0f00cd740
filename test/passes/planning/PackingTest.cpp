// Packing against a validator that shares nothing with it, on random instances and on the shape of a training step.
#include "neap/passes/planning/Packing.h"

#include <gtest/gtest.h>

#include <random>

using namespace neap::planning;

namespace {

constexpr int64_t alignment = 64;

int64_t livePeak(const std::vector<Buffer> &buffers) {
  std::vector<LiveRange> ranges;
  std::vector<int64_t> bytes;
  for (const Buffer &buffer : buffers) {
    ranges.push_back(buffer.range);
    bytes.push_back((buffer.bytes + 63) / 64 * 64);
  }
  return computeLivePeak(ranges, bytes).bytes;
}

std::vector<Buffer> randomBuffers(unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Buffer> buffers(1 + random() % 60);
  for (Buffer &buffer : buffers) {
    int64_t first = random() % 40;
    buffer = {int64_t(random() % 5000), {first, first + int64_t(random() % 20) - 1}};
  }
  return buffers;
}

/// Forward keeps one buffer per op, backward frees them in turn; each op has a working buffer of its own size.
std::vector<Buffer> trainingStep(int64_t layers, int64_t opsPerLayer) {
  std::mt19937 random(1);
  std::vector<Buffer> buffers;
  int64_t ops = layers * opsPerLayer;
  for (int64_t op = 0; op < ops; ++op) {
    int64_t bytes = 4096 * (1 + random() % 4) * (op % opsPerLayer == 0 ? 4 : 1);
    buffers.push_back({bytes, {op, 2 * ops - op}});
    buffers.push_back({bytes / 2, {op, op + 1}});
    buffers.push_back({bytes, {2 * ops - op, 2 * ops - op + 1}});
  }
  return buffers;
}

TEST(Packing, IsValidOnRandomBuffers) {
  for (unsigned seed = 0; seed < 2000; ++seed) {
    std::vector<Buffer> buffers = randomBuffers(seed);
    Packing packing = packBuffers(buffers, alignment);
    EXPECT_EQ(findPackingError(buffers, packing, alignment), std::nullopt) << "seed " << seed;
    EXPECT_GE(packing.arenaBytes, livePeak(buffers));
  }
}

TEST(Packing, LandsNearTheLivePeakOnATrainingStep) {
  for (int64_t layers : {2, 12, 48}) {
    std::vector<Buffer> buffers = trainingStep(layers, 12);
    Packing packing = packBuffers(buffers, alignment);
    ASSERT_EQ(findPackingError(buffers, packing, alignment), std::nullopt);
    EXPECT_LE(double(packing.arenaBytes), 1.02 * double(livePeak(buffers))) << layers << " layers";
  }
}

TEST(Packing, PutsBuffersThatNeverMeetOnTheSameBytes) {
  std::vector<Buffer> buffers{{128, {0, 1}}, {128, {2, 3}}, {64, {1, 2}}};
  EXPECT_EQ(packBuffers(buffers, alignment).arenaBytes, 192);
}

TEST(Packing, IgnoresWhatIsNeverAlive) {
  Packing packing = packBuffers({{100, {3, 2}}, {0, {0, 5}}}, alignment);
  EXPECT_EQ(packing.arenaBytes, 0);
}

TEST(Packing, IsTheSameForTheSameBuffers) {
  std::vector<Buffer> buffers = trainingStep(4, 12);
  EXPECT_EQ(packBuffers(buffers, alignment).offsets, packBuffers(buffers, alignment).offsets);
}

TEST(PackingCheck, SeesEveryOverlap) {
  unsigned caught = 0, made = 0;
  for (unsigned seed = 0; seed < 500; ++seed) {
    std::vector<Buffer> buffers = randomBuffers(seed);
    Packing packing = packBuffers(buffers, alignment);
    // Move one buffer onto another that is alive with it.
    for (size_t a = 0; a < buffers.size(); ++a)
      for (size_t b = 0; b < a; ++b)
        if (buffers[a].bytes && buffers[b].bytes && !buffers[a].range.isEmpty() && !buffers[b].range.isEmpty() &&
            buffers[a].range.overlaps(buffers[b].range)) {
          Packing broken = packing;
          broken.offsets[a] = broken.offsets[b];
          broken.arenaBytes += 8192;
          ++made;
          caught += findPackingError(buffers, broken, alignment).has_value();
        }
  }
  EXPECT_GT(made, 1000u);
  EXPECT_EQ(caught, made);
}

TEST(PackingCheck, SeesOffsetsOutsideAndUnaligned) {
  std::vector<Buffer> buffers{{100, {0, 0}}};
  EXPECT_TRUE(findPackingError(buffers, {{64}, 128}, alignment));
  EXPECT_TRUE(findPackingError(buffers, {{32}, 256}, alignment));
  EXPECT_TRUE(findPackingError(buffers, {{}, 256}, alignment));
  EXPECT_FALSE(findPackingError(buffers, {{64}, 192}, alignment));
}

} // namespace
