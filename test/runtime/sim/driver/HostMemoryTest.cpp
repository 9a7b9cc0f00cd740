// What the host may do with memory that copies use: nothing from the call that queues the copy until it has waited.
#include "Session.h"

namespace neap::test {
namespace {

using cuda::Result;

constexpr uint32_t pattern = 0xa5a5a5a5;

TEST(HostMemoryTest, ACopyReadsItsSourceWhenItRuns) {
  for (bool waits : {true, false})
    for (uint64_t seed = 0; seed < 20; ++seed) {
      Session session(quiet(seed));
      cuda::Stream stream = session.stream();
      cuda::DevicePointer words = session.words();
      uint32_t *host = session.allocateHost();
      session.toDevice(words, host, stream);
      if (waits)
        session.cuda.cuStreamSynchronize(stream);
      host[3] = 99;
      EXPECT_EQ(session.synchronize(), waits ? Result::Success : Result::IllegalAddress);
      EXPECT_EQ(bool(hasReport(session, "host race: the host has written the byte 12 bytes into 'host 1'")), !waits);
    }
}

TEST(HostMemoryTest, TheHostMayUseABufferAfterAnEventOrAQuery) {
  for (bool queries : {true, false}) {
    Session session;
    cuda::Stream stream = session.stream();
    cuda::Event event = session.event();
    uint32_t *host = session.allocateHost();
    session.toDevice(session.words(), host, stream);
    session.cuda.cuEventRecord(event, stream);
    while (queries && session.cuda.cuEventQuery(event) == Result::NotReady)
      ;
    if (!queries)
      session.cuda.cuEventSynchronize(event);
    host[0] = 99;
    EXPECT_EQ(session.synchronize(), Result::Success);
    EXPECT_TRUE(isClean(session));
  }
}

TEST(HostMemoryTest, AResultIsAPatternUntilItsCopyHasRun) {
  int early = 0, late = 0;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Session session(quiet(seed));
    uint32_t *host = session.allocateHost();
    session.toHost(host, session.words(7), session.stream());
    (host[0] == pattern ? late : early) += 1;
    EXPECT_EQ(session.synchronize(), Result::Success);
    EXPECT_EQ(host[0], 7u);
  }
  EXPECT_GT(late, 20);
  EXPECT_GT(early, 0);
}

TEST(HostMemoryTest, WhatACopyWillWriteIsNotTheHostsToWrite) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Session session(quiet(seed));
    uint32_t *host = session.allocateHost();
    session.toHost(host, session.words(7), session.stream());
    host[1] = 99;
    EXPECT_EQ(session.synchronize(), Result::IllegalAddress);
    EXPECT_TRUE(hasReport(session, "host race: the host has written the byte 4 bytes into 'host 1'"));
  }
}

TEST(HostMemoryTest, CopiesOverOneBufferNeedAnOrder) {
  for (bool isOrdered : {true, false})
    for (uint64_t seed = 0; seed < 20; ++seed) {
      Session session(quiet(seed));
      cuda::Stream first = session.stream(), second = session.stream();
      cuda::DevicePointer source = session.words(7), target = session.words();
      uint32_t *host = session.allocateHost();
      session.toHost(host, source, first);
      if (isOrdered)
        session.order(first, second);
      session.toDevice(target, host, second);
      EXPECT_EQ(session.synchronize(), isOrdered ? Result::Success : Result::IllegalAddress);
      if (isOrdered)
        EXPECT_EQ(session.read(target).front(), 7u);
      else
        EXPECT_TRUE(hasReport(session, "touch the same 128 bytes, 0 bytes into 'host 1'"));
    }
}

TEST(HostMemoryTest, ASourceIsNotOverwrittenForACopyThatComesLater) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Session session(quiet(seed));
    cuda::DevicePointer words = session.words();
    uint32_t *host = session.allocateHost(5);
    cuda::Graph graph = session.graph();
    cuda::GraphNode in = session.toDeviceNode(graph, {}, words, host);
    cuda::GraphNode kernel = session.kernelNode(graph, {in}, "increment", words);
    session.toHostNode(graph, {kernel}, host, words);
    session.cuda.cuGraphLaunch(session.instantiate(graph), nullptr);
    EXPECT_EQ(session.synchronize(), Result::Success);
    EXPECT_EQ(host[0], 6u);
  }
}

TEST(HostMemoryTest, FreeingWhatACopyUsesIsRefused) {
  Session session;
  cuda::Stream stream = session.stream();
  uint32_t *host = session.allocateHost();
  session.toDevice(session.words(), host, stream);
  EXPECT_EQ(session.cuda.cuMemFreeHost(host), Result::InvalidValue);
  EXPECT_TRUE(
      hasReport(session, "'host 1' is freed while copy of 128 bytes to the device (stream 1) may still use it"));
  session.cuda.cuStreamSynchronize(stream);
  EXPECT_EQ(session.cuda.cuMemFreeHost(host), Result::Success);
}

TEST(HostMemoryTest, BlocksAreFreedOnceByTheirBeginningAndNotUsedAfterwards) {
  Session session;
  cuda::DevicePointer words = session.words();
  uint32_t *host = session.allocateHost();
  EXPECT_EQ(session.cuda.cuMemFreeHost(host + 1), Result::InvalidValue);
  EXPECT_EQ(session.cuda.cuMemFreeHost(host), Result::Success);
  EXPECT_EQ(session.cuda.cuMemFreeHost(host), Result::InvalidValue);
  EXPECT_TRUE(hasReport(session, "'host 1' was freed before"));
  EXPECT_EQ(session.toDevice(words, host, nullptr), Result::InvalidValue);
  EXPECT_TRUE(hasReport(session, "0 bytes into 'host 1' (128 bytes of the host), which was freed"));
  EXPECT_DEATH(host[0] = 1, "");
}

TEST(HostMemoryTest, ACopyStaysInsideItsBlock) {
  Session session;
  cuda::DevicePointer words = session.allocate(2 * wordBytes);
  uint32_t *host = session.allocateHost();
  EXPECT_EQ(session.toDevice(words, host + 1, nullptr, wordBytes - 4), Result::Success);
  EXPECT_EQ(session.toDevice(words, host + 1, nullptr, wordBytes), Result::InvalidValue);
  EXPECT_TRUE(hasReport(session, "the first is 4 bytes into 'host 1'"));
}

TEST(HostMemoryTest, OtherMemoryOfTheHostIsStaged) {
  Session session;
  cuda::Stream stream = session.stream();
  cuda::DevicePointer words = session.words();
  std::vector<uint32_t> host(wordCount, 4), result(wordCount);
  EXPECT_EQ(session.toDevice(words, host.data(), stream), Result::Success);
  host[0] = 99;
  EXPECT_EQ(session.toHost(result.data(), words, stream), Result::Success);
  EXPECT_EQ(result[0], 4u);
  EXPECT_TRUE(isClean(session));
}

TEST(HostMemoryTest, NodesCopyOnlyMemoryOfTheDriver) {
  Session session;
  cuda::Graph graph = session.graph();
  std::vector<uint32_t> host(wordCount);
  cuda::CopyNodeParameters copy = {};
  copy.sourceType = cuda::MemoryType::Host;
  copy.sourceHost = host.data();
  copy.targetType = cuda::MemoryType::Device;
  copy.targetDevice = session.words();
  copy.widthBytes = wordBytes;
  copy.height = copy.depth = 1;
  cuda::GraphNode node = nullptr;
  EXPECT_EQ(session.cuda.cuGraphAddMemcpyNode(&node, graph, nullptr, 0, &copy, session.context), Result::InvalidValue);
  EXPECT_TRUE(hasReport(session, "memory of the host that is not from cuMemHostAlloc"));
}

TEST(HostMemoryTest, PoisonedBytesAreUnreadableUntilACopyHasWrittenThem) {
  for (bool writes : {true, false}) {
    Session session(quiet(0));
    cuda::Stream stream = session.stream();
    cuda::DevicePointer words = session.words(7), target = session.allocate();
    uint32_t *host = session.allocateHost();
    session.toHost(host, words, stream);
    EXPECT_EQ(session.synchronize(), Result::Success);
    EXPECT_EQ(session.cuda.poisonHost(host + 4, 8), Result::Success);
    EXPECT_EQ(host[4], pattern);
    EXPECT_EQ(host[3], 10u);
    if (writes)
      session.toHost(host, words, stream);
    session.toDevice(target, host, stream);
    EXPECT_EQ(session.synchronize(), writes ? Result::Success : Result::IllegalAddress);
    EXPECT_EQ(bool(hasReport(session, "uninitialised memory: no copy has written the byte 16 bytes into 'host 1'")),
              !writes);
  }
}

TEST(HostMemoryTest, WhatLiesBesidePoisonCanBeRead) {
  Session session;
  cuda::Stream stream = session.stream();
  cuda::DevicePointer words = session.words(7);
  uint32_t *host = session.allocateHost();
  session.toHost(host, words, stream);
  EXPECT_EQ(session.cuda.poisonHost(host + 4, 8), Result::Success);
  session.cuda.cuMemcpyDtoHAsync(host + 4, words, 4, stream); // one of the two
  session.cuda.cuMemcpyHtoDAsync(words, host, 20, stream);
  session.cuda.cuMemcpyHtoDAsync(words, host + 6, 8, stream);
  EXPECT_EQ(session.synchronize(), Result::Success);
  EXPECT_TRUE(isClean(session));
  std::vector<uint32_t> own(4);
  EXPECT_EQ(session.cuda.poisonHost(own.data(), 16), Result::InvalidValue);
}

} // namespace
} // namespace neap::test
