// Widening in place, for each pair of types that the readers use.
#include "neap/runtime/data/Widen.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

namespace neap::test {
namespace {

template <typename Narrow, typename Wide> void expectWidened(std::vector<Narrow> narrow) {
  std::vector<Wide> wide(narrow.size());
  auto *buffer = reinterpret_cast<std::byte *>(wide.data());
  std::memcpy(runtime::narrowTail<Narrow, Wide>(buffer, narrow.size()), narrow.data(), narrow.size() * sizeof(Narrow));
  runtime::widenTail<Narrow, Wide>(buffer, narrow.size());
  EXPECT_TRUE(std::equal(wide.begin(), wide.end(), narrow.begin(), narrow.end()));
}

TEST(WidenTest, EveryValueSurvives) {
  for (size_t count : {1, 2, 3, 7, 64, 1001}) {
    std::vector<uint16_t> tokens(count);
    std::vector<int32_t> labels(count);
    for (size_t i = 0; i < count; ++i)
      tokens[i] = uint16_t(65535 - i * 7), labels[i] = int32_t(i) * 1'000'003 - 500'000'000;
    expectWidened<uint16_t, int32_t>(tokens);
    expectWidened<uint16_t, int64_t>(tokens);
    expectWidened<int32_t, int64_t>(labels);
  }
}

} // namespace
} // namespace neap::test
