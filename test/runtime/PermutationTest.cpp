// The shuffle: a permutation for every count, that seed and epoch change.
#include "neap/runtime/data/Permutation.h"

#include <gtest/gtest.h>
#include <set>
#include <vector>

namespace neap::test {
namespace {

using runtime::permute;

std::vector<uint64_t> permutation(uint64_t count, uint64_t seed, uint64_t epoch) {
  std::vector<uint64_t> images;
  for (uint64_t i = 0; i < count; ++i)
    images.push_back(permute(i, count, seed, epoch));
  return images;
}

TEST(PermutationTest, ReachesEveryIndexOnce) {
  for (uint64_t count = 1; count < 300; ++count) {
    std::vector<uint64_t> images = permutation(count, 7, count);
    std::set<uint64_t> distinct(images.begin(), images.end());
    ASSERT_EQ(distinct.size(), count);
    ASSERT_EQ(*distinct.rbegin(), count - 1);
  }
}

TEST(PermutationTest, DependsOnSeedAndEpochOnly) {
  EXPECT_EQ(permutation(100, 1, 0), permutation(100, 1, 0));
  EXPECT_NE(permutation(100, 1, 0), permutation(100, 2, 0));
  EXPECT_NE(permutation(100, 1, 0), permutation(100, 1, 1));
}

TEST(PermutationTest, LargeCountsStayInRange) {
  for (uint64_t count : {uint64_t(1) << 32, (uint64_t(1) << 40) + 1, uint64_t(1) << 62})
    for (uint64_t i = 0; i < 100; ++i)
      EXPECT_LT(permute(count - 1 - i, count, 3, 4), count);
}

} // namespace
} // namespace neap::test
