// Philox against its published test vectors, and the masks of dropout against what chance would make. Seeds are fixed: these
// tests give the same answer every time.
#include "Programs.h"

#include "neap/dialects/neap/Philox.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;
using namespace neap;
using namespace neap::test;

namespace {

/// The vectors of Random123's kat_vectors for philox4x32, ten rounds.
TEST(Philox, GivesThePublishedWords) {
  constexpr uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}), (PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({ones, ones, ones, ones}, {ones, ones}),
            (PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

/// Where seed, step, op and element stand in key and counter is what makes an old run repeatable.
TEST(Philox, TakesEveryPartOfAStream) {
  RandomStream<uint32_t> stream{/*seedLow=*/11, /*seedHigh=*/12, /*step=*/13, /*id=*/14};
  uint64_t counter = (uint64_t(16) << 32) | 15;
  for (unsigned word = 0; word < 4; ++word)
    EXPECT_EQ(randomWord(stream, counter * 4 + word), philox4x32({15, 16, 14, 13}, {11, 12})[word]);
}

/// A part of a tensor skips the counters before it, also where there are more than a word can count.
TEST(Philox, SkipsWhatComesBeforeAPart) {
  for (uint32_t skipped : {0u, 5u, 0xffffffffu})
    for (uint64_t number : {0, 1, 6, 41})
      EXPECT_EQ(randomWord({11, 12, 13, 14, skipped}, number),
                randomWord({11, 12, 13, 14}, uint64_t(skipped) * 4 + number));
}

/// Rows begin with a counter of their own; dimensions of one element do not count.
TEST(WordMap, NumbersRowByRow) {
  auto number = [](ArrayRef<int64_t> shape, ArrayRef<int64_t> index) {
    return randomWordMap(shape, &getContext()).compose(index)[0];
  };
  EXPECT_EQ(number({5, 8}, {1, 3}), 11);
  EXPECT_EQ(number({5, 7}, {1, 3}), 11);
  EXPECT_EQ(number({3, 5, 7}, {2, 1, 3}), (2 * 5 + 1) * 8 + 3);
  EXPECT_EQ(number({5, 7, 1, 1}, {1, 3, 0, 0}), 11);
  EXPECT_EQ(number({6, 1}, {5, 0}), 5);
  EXPECT_EQ(number({1, 1}, {0, 0}), 0);
  EXPECT_EQ(number({}, {}), 0);
}

struct Draw {
  uint64_t seed = 0;
  uint32_t step = 1;
  uint32_t id = 0;
  double ratio = 0.1;
};

constexpr int64_t elements = 200'000;

/// Where a dropout of ones drops, by the evaluator.
std::vector<bool> drawDropped(const Draw &draw) {
  Case test{"dropout",
            {"tensor<400x500xf64>", "tensor<ui32>", "tensor<ui32>", "tensor<ui32>", "tensor<ui32>"},
            "%r = neap.dropout %a0 ratio " + std::to_string(draw.ratio) +
                " key %a1, %a2, %a3, %a4 : tensor<400x500xf64>"};
  Program program = parse(test);
  Evaluator evaluator;
  auto arguments = program.step.getArguments();
  auto set = [&](unsigned index, int64_t word) {
    HostTensor scalar = HostTensor::zeros(cast<RankedTensorType>(arguments[index].getType()));
    scalar.integers.front() = word;
    evaluator.set(arguments[index], scalar);
  };
  HostTensor ones = HostTensor::zeros(cast<RankedTensorType>(arguments[0].getType()));
  ones.floats.assign(elements, 1.0);
  evaluator.set(arguments[0], ones);
  set(1, static_cast<uint32_t>(draw.seed));
  set(2, static_cast<uint32_t>(draw.seed >> 32));
  set(3, draw.step);
  set(4, draw.id);
  EXPECT_TRUE(succeeded(evaluator.run(program.op)));
  std::vector<bool> dropped;
  for (double value : evaluator.get(program.op->getResult(0)).floats) {
    EXPECT_TRUE(value == 0 || std::abs(value - 1 / (1 - draw.ratio)) < 1e-12) << value;
    dropped.push_back(value == 0);
  }
  return dropped;
}

/// A count of events of probability p among n lies within five standard deviations of its mean, 1.7 million to one.
void expectBinomial(int64_t count, int64_t n, double p, const std::string &what) {
  EXPECT_NEAR(count, n * p, 5 * std::sqrt(n * p * (1 - p))) << what;
}

int64_t countBoth(const std::vector<bool> &a, const std::vector<bool> &b, size_t distance = 0) {
  int64_t count = 0;
  for (size_t i = 0; i + distance < a.size(); ++i)
    count += a[i] && b[i + distance];
  return count;
}

TEST(Mask, DropsTheRatio) {
  for (double ratio : {0.001, 0.1, 0.5, 0.9})
    for (uint64_t seed : {uint64_t(0), uint64_t(1), uint64_t(1) << 32}) {
      std::vector<bool> dropped = drawDropped({seed, 1, 0, ratio});
      expectBinomial(llvm::count(dropped, true), elements, ratio, "ratio " + std::to_string(ratio));
    }
}

/// Neighbours, neighbouring rows, and masks that differ in one part of the stream agree as often as chance lets them.
TEST(Mask, IsIndependentOfItsNeighboursAndOfOtherMasks) {
  constexpr double ratio = 0.3;
  Draw draw{12345, 7, 3, ratio};
  std::vector<bool> mask = drawDropped(draw);
  for (size_t distance : {1, 2, 3, 4, 5, 16, 64, 500})
    expectBinomial(countBoth(mask, mask, distance), elements - distance, ratio * ratio,
                   "distance " + std::to_string(distance));
  Draw otherSeed = draw, otherHalf = draw, otherStep = draw, otherId = draw;
  otherSeed.seed += 1;
  otherHalf.seed += uint64_t(1) << 32;
  otherStep.step += 1;
  otherId.id += 1;
  for (const Draw &other : {otherSeed, otherHalf, otherStep, otherId})
    expectBinomial(countBoth(mask, drawDropped(other)), elements, ratio * ratio, "another mask");
  EXPECT_EQ(mask, drawDropped(draw));
}

/// Chi-square over the four bytes of words: 255 degrees of freedom, mean 255, standard deviation 22.6.
TEST(Words, HaveAllBytesEquallyOften) {
  constexpr int64_t words = 1 << 18;
  for (unsigned byte = 0; byte < 4; ++byte) {
    std::array<int64_t, 256> counts{};
    for (int64_t number = 0; number < words; ++number)
      ++counts[randomWord({0, 0, /*step=*/1, 0}, number) >> (8 * byte) & 0xff];
    double expected = words / 256.0, chiSquare = 0;
    for (int64_t count : counts)
      chiSquare += (count - expected) * (count - expected) / expected;
    EXPECT_NEAR(chiSquare, 255, 5 * std::sqrt(2 * 255.0)) << "byte " << byte;
  }
}

} // namespace
