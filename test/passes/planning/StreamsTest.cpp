// Streams run side by side, and wait where they are told to.
#include "neap/passes/planning/Streams.h"

#include <gtest/gtest.h>

using namespace neap::planning;

namespace {

constexpr int compute = 0, copy = 1;

TEST(Streams, TasksOfOneStreamFollowOneAnother) {
  EXPECT_EQ(simulateStreams({{compute, 2, {}}, {compute, 3, {}}}), (std::vector<double>{2, 5}));
}

TEST(Streams, StreamsDoNotWaitForOneAnother) {
  EXPECT_EQ(simulateStreams({{compute, 2, {}}, {copy, 3, {}}, {compute, 2, {}}}), (std::vector<double>{2, 3, 4}));
}

TEST(Streams, ATaskWaitsForThoseItIsAfter) {
  // The copy begins behind the first kernel; the third kernel waits for it, the second does not.
  EXPECT_EQ(simulateStreams({{compute, 2, {}}, {copy, 4, {0}}, {compute, 1, {}}, {compute, 1, {1}}}),
            (std::vector<double>{2, 6, 3, 7}));
}

TEST(Streams, AHiddenCopyDelaysNothing) {
  EXPECT_EQ(simulateStreams({{copy, 2, {}}, {compute, 5, {}}, {compute, 1, {0}}}), (std::vector<double>{2, 5, 6}));
}

TEST(Streams, NoTasksTakeNoTime) { EXPECT_TRUE(simulateStreams({}).empty()); }

} // namespace
