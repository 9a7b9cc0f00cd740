// Capture: what is put into a stream becomes a graph, and a graph becomes part of another.
#include "Session.h"

namespace neap::test {
namespace {

using cuda::Result;

/// Captures increments of `words`.
cuda::Graph captureIncrements(Session &session, cuda::DevicePointer words, int count) {
  cuda::Stream stream = session.stream();
  EXPECT_EQ(session.cuda.cuStreamBeginCapture(stream, cuda::CaptureMode::Relaxed), Result::Success);
  for (int i = 0; i < count; ++i)
    EXPECT_EQ(session.launch("increment", stream, words), Result::Success);
  cuda::Graph graph = nullptr;
  EXPECT_EQ(session.cuda.cuStreamEndCapture(stream, &graph), Result::Success);
  return graph;
}

cuda::GraphNode childNode(Session &session, cuda::Graph graph, const std::vector<cuda::GraphNode> &after,
                          cuda::Graph child) {
  cuda::GraphNode node = nullptr;
  EXPECT_EQ(session.cuda.cuGraphAddChildGraphNode(&node, graph, after.data(), after.size(), child), Result::Success);
  return node;
}

TEST(CaptureTest, CapturedWorkRunsWhenItsGraphDoes) {
  for (uint64_t seed = 0; seed < 10; ++seed) {
    Session session(quiet(seed));
    cuda::DevicePointer words = session.words();
    cuda::Graph graph = captureIncrements(session, words, 3);
    EXPECT_EQ(session.read(words).front(), 0u);
    cuda::GraphExec exec = session.instantiate(graph);
    cuda::Stream stream = session.stream();
    for (int i = 0; i < 2; ++i)
      EXPECT_EQ(session.cuda.cuGraphLaunch(exec, stream), Result::Success);
    EXPECT_EQ(session.read(words).front(), 6u);
    EXPECT_TRUE(isClean(session));
  }
}

/// copy -> child of two increments -> combine, with or without the edges at the child's ends.
TEST(CaptureTest, AChildStandsBetweenWhatItComesAfterAndWhatComesAfterIt) {
  for (int missing = -1; missing < 2; ++missing)
    for (uint64_t seed = 0; seed < 20; ++seed) {
      Session session(quiet(seed));
      cuda::DevicePointer words = session.words(), source = session.words(5);
      cuda::Graph graph = session.graph();
      cuda::GraphNode copied = session.kernelNode(graph, {}, "copy", words, source);
      std::vector<cuda::GraphNode> before;
      if (missing != 0)
        before = {copied};
      cuda::GraphNode child = childNode(session, graph, before, captureIncrements(session, words, 2));
      std::vector<cuda::GraphNode> after{copied};
      if (missing != 1)
        after = {child};
      session.kernelNode(graph, after, "combine", words, source);
      session.cuda.cuGraphLaunch(session.instantiate(graph), session.stream());
      if (missing == -1) {
        EXPECT_EQ(session.read(words).front(), 3 * (5 + 2) + 5u);
        EXPECT_TRUE(isClean(session));
      } else {
        EXPECT_EQ(session.synchronize(), Result::IllegalAddress);
        EXPECT_TRUE(hasReport(session, "race"));
      }
    }
}

/// A child without edges inside: all of its nodes come before what comes after it.
TEST(CaptureTest, AllEndsOfAChildCount) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Session session(quiet(seed));
    cuda::DevicePointer first = session.words(1), second = session.words(2);
    cuda::Graph child = session.graph(), graph = session.graph();
    session.kernelNode(child, {}, "increment", first);
    session.kernelNode(child, {}, "increment", second);
    session.kernelNode(graph, {childNode(session, graph, {}, child)}, "combine", first, second);
    session.cuda.cuGraphLaunch(session.instantiate(graph), session.stream());
    EXPECT_EQ(session.read(first).front(), 3 * 2 + 3u);
    EXPECT_TRUE(isClean(session));
  }
}

TEST(CaptureTest, TheChildIsCopied) {
  Session session;
  cuda::DevicePointer words = session.words();
  cuda::Graph child = captureIncrements(session, words, 1), graph = session.graph();
  childNode(session, graph, {}, child);
  EXPECT_EQ(session.cuda.cuGraphDestroy(child), Result::Success);
  session.cuda.cuGraphLaunch(session.instantiate(graph), session.stream());
  EXPECT_EQ(session.read(words).front(), 1u);
}

TEST(CaptureTest, AStreamThatIsCapturedTakesNoOtherCalls) {
  Session session;
  cuda::Stream stream = session.stream();
  cuda::GraphExec exec = session.instantiate(captureIncrements(session, session.words(), 1));
  session.cuda.cuStreamBeginCapture(stream, cuda::CaptureMode::Relaxed);
  constexpr Result refused = Result::StreamCaptureUnsupported;
  EXPECT_EQ(session.cuda.cuStreamSynchronize(stream), refused);
  EXPECT_EQ(session.cuda.cuStreamQuery(stream), refused);
  EXPECT_EQ(session.cuda.cuEventRecord(session.event(), stream), refused);
  EXPECT_EQ(session.cuda.cuStreamWaitEvent(stream, session.event(), 0), refused);
  EXPECT_EQ(session.cuda.cuGraphLaunch(exec, stream), refused);
  EXPECT_EQ(session.cuda.cuStreamBeginCapture(stream, cuda::CaptureMode::Relaxed), refused);
  EXPECT_EQ(session.cuda.cuStreamDestroy(stream), refused);
  uint32_t word = 0;
  EXPECT_EQ(session.toHost(&word, session.words(), stream, sizeof word), refused);
  EXPECT_TRUE(hasReport(session, "is being captured"));
}

TEST(CaptureTest, MisuseIsRefused) {
  Session session;
  cuda::Graph graph = session.graph(), captured = nullptr;
  cuda::GraphNode node = nullptr;
  EXPECT_EQ(session.cuda.cuStreamEndCapture(session.stream(), &captured), Result::InvalidValue);
  EXPECT_TRUE(hasReport(session, "stream 1 is not being captured"));
  EXPECT_EQ(session.cuda.cuStreamBeginCapture(nullptr, cuda::CaptureMode::Relaxed), Result::InvalidValue);
  EXPECT_TRUE(hasReport(session, "the legacy default stream cannot be captured"));
  EXPECT_EQ(session.cuda.cuStreamBeginCapture(session.stream(), cuda::CaptureMode(0)), Result::InvalidValue);
  EXPECT_TRUE(hasReport(session, "capture modes other than relaxed are not simulated"));
  EXPECT_EQ(session.cuda.cuGraphAddChildGraphNode(&node, graph, nullptr, 0, graph), Result::InvalidValue);
  EXPECT_TRUE(hasReport(session, "a graph cannot be its own child"));
  EXPECT_EQ(session.cuda.cuGraphAddChildGraphNode(&node, graph, nullptr, 0, session.graph()), Result::InvalidValue);
  EXPECT_TRUE(hasReport(session, "graph 2 is empty"));
}

} // namespace
} // namespace neap::test
