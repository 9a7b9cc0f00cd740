// Work on streams: ordered in a stream and by events, unordered otherwise; and what is said about it when it is not ordered
// but should be. Each fault stands beside the program that does it right.
#include "Session.h"

#include <set>

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

/// A copy on one stream fills what a kernel on another reads. Returns the answer to waiting.
Result copyThenCompute(Session &session, bool isOrdered) {
  cuda::Stream copying = session.stream(), computing = session.stream();
  cuda::DevicePointer source = session.allocate(), target = session.words();
  session.toDevice(source, session.allocateHost(), copying);
  if (isOrdered)
    session.order(copying, computing);
  session.launch("combine", computing, target, source);
  return session.synchronize();
}

TEST(StreamTest, TwoStreamsNeedAnEvent) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    {
      Session session(quiet(seed));
      EXPECT_EQ(copyThenCompute(session, true), Result::Success);
      EXPECT_TRUE(isClean(session));
    }
    // Whether the copy came first or the kernel did.
    Session session(quiet(seed));
    EXPECT_EQ(copyThenCompute(session, false), Result::IllegalAddress);
    EXPECT_FALSE(isClean(session));
  }
}

TEST(StreamTest, AReportNamesBothOperationsTheBytesAndTheirNames) {
  Session session;
  cuda::Stream first = session.stream(), second = session.stream();
  cuda::DevicePointer words = session.words(), other = session.words();
  cuda::DeclaredAccess weight{words, wordBytes, true, true, "layer 3 weight"};
  session.cuda.declareAccesses(&weight, 1);
  session.launch("increment", first, words);
  session.cuda.cuMemsetD8Async(words + 64, 0, 8, second);
  session.launch("increment", second, other);
  EXPECT_EQ(session.synchronize(), Result::IllegalAddress);
  EXPECT_TRUE(hasReport(session, "race: two operations touch the same 8 bytes, 64 bytes into 'allocation 1'"));
  EXPECT_TRUE(hasReport(session, "kernel 'increment' (stream 1) writes them as 'layer 3 weight'"));
  EXPECT_TRUE(hasReport(session, "fill of 8 bytes (stream 2) writes them"));
}

TEST(StreamTest, ReadersNeedNoOrder) {
  Session session;
  cuda::Stream first = session.stream(), second = session.stream();
  cuda::DevicePointer source = session.words(), left = session.allocate(), right = session.allocate();
  session.launch("copy", first, left, source);
  session.launch("copy", second, right, source);
  EXPECT_EQ(session.synchronize(), Result::Success);
  EXPECT_TRUE(isClean(session));
}

TEST(StreamTest, OrderGoesThroughSeveralStreams) {
  for (bool isWhole : {true, false}) {
    Session session;
    cuda::Stream streams[] = {session.stream(), session.stream(), session.stream()};
    cuda::DevicePointer words = session.words(), other = session.words();
    session.launch("increment", streams[0], words);
    session.order(streams[0], streams[1]);
    session.launch("increment", streams[1], other);
    if (isWhole)
      session.order(streams[1], streams[2]);
    session.launch("increment", streams[2], words);
    EXPECT_EQ(session.synchronize() == Result::Success, isWhole);
  }
}

TEST(StreamTest, AnEventHoldsWhatWasBeforeItsRecord) {
  Session session;
  cuda::Stream first = session.stream(), second = session.stream();
  cuda::DevicePointer words = session.words();
  cuda::Event event = session.event();
  session.cuda.cuEventRecord(event, first);
  session.launch("increment", first, words);
  session.cuda.cuStreamWaitEvent(second, event, 0);
  session.launch("increment", second, words);
  EXPECT_EQ(session.synchronize(), Result::IllegalAddress);
}

TEST(StreamTest, AWaitHoldsForTheRecordItSaw) {
  Session session;
  cuda::Stream first = session.stream(), second = session.stream();
  cuda::DevicePointer words = session.words(), other = session.words();
  cuda::Event event = session.event();
  session.launch("increment", first, words);
  session.cuda.cuEventRecord(event, first);
  session.cuda.cuStreamWaitEvent(second, event, 0);
  session.launch("increment", first, other);
  session.cuda.cuEventRecord(event, first);
  session.launch("increment", second, words);
  EXPECT_EQ(session.synchronize(), Result::Success);
  EXPECT_TRUE(isClean(session));
}

TEST(StreamTest, WaitingForAnEventThatWasNotRecordedDoesNothing) {
  Session session;
  cuda::Stream first = session.stream(), second = session.stream();
  cuda::DevicePointer words = session.words();
  cuda::Event event = session.event();
  EXPECT_EQ(session.cuda.cuEventSynchronize(event), Result::Success);
  EXPECT_EQ(session.cuda.cuEventQuery(event), Result::Success);
  EXPECT_EQ(session.cuda.cuStreamWaitEvent(second, event, 0), Result::Success);
  session.launch("increment", first, words);
  session.cuda.cuEventRecord(event, first);
  session.launch("increment", second, words);
  EXPECT_EQ(session.synchronize(), Result::IllegalAddress);
}

TEST(StreamTest, TheHostOrdersWhatItHasWaitedFor) {
  for (int way = 0; way < 4; ++way) {
    Session session(quiet(uint64_t(way)));
    cuda::Stream first = session.stream(), second = session.stream();
    cuda::DevicePointer words = session.words();
    cuda::Event event = session.event();
    session.launch("increment", first, words);
    session.cuda.cuEventRecord(event, first);
    if (way == 1)
      session.cuda.cuStreamSynchronize(first);
    if (way == 2)
      session.cuda.cuEventSynchronize(event);
    while (way == 3 && session.cuda.cuEventQuery(event) == Result::NotReady)
      ;
    session.launch("increment", second, words);
    EXPECT_EQ(session.synchronize() == Result::Success, way > 0) << way;
  }
}

TEST(StreamTest, AQueryThatSaysNoOrdersNothing) {
  int answers[2] = {0, 0};
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Session session(quiet(seed));
    cuda::Stream first = session.stream(), second = session.stream();
    cuda::DevicePointer words = session.words(), other = session.words();
    session.launch("increment", first, words);
    session.launch("increment", first, other);
    bool isDone = session.cuda.cuStreamQuery(first) == Result::Success;
    ++answers[isDone];
    session.launch("increment", second, words);
    EXPECT_EQ(session.synchronize() == Result::Success, isDone);
  }
  EXPECT_GT(answers[false], 0);
  EXPECT_GT(answers[true], 0);
}

TEST(StreamTest, WaitingForAnotherStreamOrdersNothing) {
  Session session;
  cuda::Stream first = session.stream(), second = session.stream();
  cuda::DevicePointer words = session.words(), other = session.words();
  session.launch("increment", first, words);
  session.launch("increment", second, other);
  session.cuda.cuStreamSynchronize(second);
  session.launch("increment", second, words);
  EXPECT_EQ(session.synchronize(), Result::IllegalAddress);
}

TEST(StreamTest, TheDefaultStreamWaitsForBlockingStreamsOnly) {
  for (unsigned flags : {0u, unsigned(cuda::streamNonBlocking)}) {
    Session session;
    cuda::Stream stream = nullptr;
    session.cuda.cuStreamCreate(&stream, flags);
    cuda::DevicePointer words = session.words();
    session.launch("increment", stream, words);
    session.launch("increment", nullptr, words);
    session.launch("increment", stream, words);
    EXPECT_EQ(session.synchronize() == Result::Success, flags == 0);
  }
}

TEST(StreamTest, WorkOfADestroyedStreamGoesOnUnordered) {
  for (bool waits : {true, false}) {
    Session session;
    cuda::Stream first = session.stream(), second = session.stream();
    cuda::DevicePointer words = session.words();
    session.launch("increment", first, words);
    session.cuda.cuStreamDestroy(first);
    if (waits)
      session.synchronize();
    session.launch("increment", second, words);
    EXPECT_EQ(session.synchronize() == Result::Success, waits);
  }
}

/// Sums ten batches into a total, with the next batch copied while the one before is added: two buffers, each filled when
/// it has been read. Returns the total's first word.
uint32_t sumBatches(Session &session, bool waitsForReaders) {
  cuda::Stream copying = session.stream(), computing = session.stream();
  cuda::DevicePointer total = session.words(), buffers[] = {session.allocate(), session.allocate()};
  uint32_t *batches[10];
  for (uint32_t i = 0; i < 10; ++i)
    batches[i] = session.allocateHost(i + 1);
  cuda::Event wasRead[] = {session.event(), session.event()};
  for (int i = 0; i < 10; ++i) {
    if (waitsForReaders)
      session.cuda.cuStreamWaitEvent(copying, wasRead[i % 2], 0);
    session.toDevice(buffers[i % 2], batches[i], copying);
    session.order(copying, computing);
    session.launch("combine", computing, total, buffers[i % 2]);
    session.cuda.cuEventRecord(wasRead[i % 2], computing);
  }
  return session.synchronize() == Result::Success ? session.read(total).front() : 0;
}

TEST(StreamTest, DoubleBufferingIsRightInEveryOrder) {
  uint32_t expected = 0;
  for (uint32_t i = 1; i <= 10; ++i)
    expected = 3 * expected + i;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Session session(quiet(seed));
    EXPECT_EQ(sumBatches(session, true), expected) << "seed " << seed;
    EXPECT_TRUE(isClean(session));
  }
}

TEST(StreamTest, ABufferFilledWhileItIsReadIsARace) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Session session(quiet(seed));
    EXPECT_EQ(sumBatches(session, false), 0u);
    EXPECT_TRUE(hasReport(session, "kernel 'combine' (stream 2) reads them"));
    EXPECT_TRUE(hasReport(session, "to the device (stream 1) writes them"));
  }
}

TEST(StreamTest, SeedsGiveDifferentOrders) {
  std::set<bool> results;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Session session(quiet(seed));
    cuda::Stream first = session.stream(), second = session.stream(), third = session.stream();
    cuda::DevicePointer words = session.words(), one = session.words(1), two = session.words(2);
    session.launch("increment", first, one);
    session.launch("increment", second, two);
    session.cuda.cuStreamSynchronize(first);
    // By now the work of the second stream was done or not: the race is there either way, and the device has stopped.
    session.launch("combine", third, words, two);
    EXPECT_EQ(session.synchronize(), Result::IllegalAddress);
    const std::string &report = session.driver.reports().front();
    results.insert(report.find("increment") < report.find("combine"));
  }
  EXPECT_EQ(results.size(), 2u);
}

} // namespace
} // namespace neap::test
