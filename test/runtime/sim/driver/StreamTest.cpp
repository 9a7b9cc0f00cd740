// Work on streams: ordered in a stream and by events, unordered otherwise; and what is said about it when it is not ordered
// but should be.
#include "Session.h"

namespace neap::test {
namespace {

using cuda::Result;

/// Values from `first` on.
std::vector<uint32_t> ascending(uint32_t first) {
  std::vector<uint32_t> values(wordCount);
  for (uint32_t i = 0; i < wordCount; ++i)
    values[i] = first + i;
  return values;
}

TEST(StreamTest, WorkOfAStreamRunsInOrder) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Session session(quiet(seed));
    cuda::Stream stream = session.stream();
    cuda::DevicePointer words = session.allocate();
    uint32_t *host = session.allocateHost(5);
    EXPECT_EQ(session.toDevice(words, host, stream), Result::Success);
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(session.launch("increment", stream, words), Result::Success);
    EXPECT_EQ(session.toHost(host, words, stream), Result::Success);
    EXPECT_EQ(session.cuda.cuStreamSynchronize(stream), Result::Success);
    EXPECT_EQ(std::vector<uint32_t>(host, host + wordCount), ascending(8));
    EXPECT_TRUE(isClean(session));
  }
}

} // namespace
} // namespace neap::test
