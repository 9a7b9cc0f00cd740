// Graphs: only their edges order them, and a launch is one piece of its stream's work.
#include "Session.h"

#include <chrono>
#include <iostream>

namespace neap::test {
namespace {

using cuda::Result;

/// A step as a graph: batch to the device, two kernels, result back.
cuda::GraphExec makeStep(Session &session, cuda::DevicePointer words, const uint32_t *input, uint32_t *output,
                         int missingEdge) {
  cuda::Graph graph = session.graph();
  cuda::DevicePointer batch = session.allocate();
  auto edge = [&](int number, cuda::GraphNode node) {
    return number == missingEdge ? std::vector<cuda::GraphNode>() : std::vector{node};
  };
  cuda::GraphNode copied = session.toDeviceNode(graph, {}, batch, input);
  cuda::GraphNode added = session.kernelNode(graph, edge(0, copied), "combine", words, batch);
  cuda::GraphNode counted = session.kernelNode(graph, edge(1, added), "increment", words);
  session.toHostNode(graph, edge(2, counted), output, words);
  return session.instantiate(graph);
}

TEST(GraphTest, StepsByGraphGiveTheSameInEveryOrder) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Session session(quiet(seed));
    cuda::Stream stream = session.stream();
    uint32_t *input = session.allocateHost(2), *output = session.allocateHost();
    cuda::GraphExec step = makeStep(session, session.words(), input, output, -1);
    uint32_t expected = 0;
    for (uint32_t i = 0; i < 4; ++i) {
      input[0] = i;
      expected = 3 * expected + i + 1;
      EXPECT_EQ(session.cuda.cuGraphLaunch(step, stream), Result::Success);
      EXPECT_EQ(session.cuda.cuStreamSynchronize(stream), Result::Success);
      EXPECT_EQ(output[0], expected);
    }
    EXPECT_TRUE(isClean(session));
  }
}

TEST(GraphTest, AMissingEdgeIsFoundInEveryOrder) {
  const char *const second[] = {"node 1 of launch 1 of executable graph 1 in stream 1) reads",
                                "kernel 'increment' (node 2", "to the host (node 3"};
  for (int missing = 0; missing < 3; ++missing)
    for (uint64_t seed = 0; seed < 20; ++seed) {
      Session session(quiet(seed));
      uint32_t *input = session.allocateHost(2), *output = session.allocateHost();
      cuda::GraphExec step = makeStep(session, session.words(), input, output, missing);
      session.cuda.cuGraphLaunch(step, session.stream());
      EXPECT_EQ(session.synchronize(), Result::IllegalAddress);
      // Node 0 or 1 runs first or second; a kernel that comes too early may read what nobody has written.
      if (missing > 0)
        EXPECT_TRUE(hasReport(session, second[missing]));
    }
}

TEST(GraphTest, LaunchesAreOrderedAmongThemselvesAndInTheirStreams) {
  Session session;
  cuda::Stream first = session.stream(), second = session.stream();
  cuda::DevicePointer words = session.words(), other = session.words();
  cuda::Graph graph = session.graph();
  session.kernelNode(graph, {}, "increment", words);
  cuda::GraphExec exec = session.instantiate(graph);
  session.launch("increment", first, words);
  session.cuda.cuGraphLaunch(exec, first);
  // Of one executable graph two launches are never at work together, in whatever stream.
  session.cuda.cuGraphLaunch(exec, second);
  session.launch("increment", second, words);
  session.launch("increment", first, other);
  EXPECT_EQ(session.synchronize(), Result::Success);
  EXPECT_EQ(session.read(words).front(), 4u);
}

TEST(GraphTest, NodesRaceWithWorkOfOtherStreams) {
  for (bool isOrdered : {true, false}) {
    Session session;
    cuda::Stream first = session.stream(), second = session.stream();
    cuda::DevicePointer words = session.words();
    cuda::Graph graph = session.graph();
    cuda::GraphNode before = session.kernelNode(graph, {}, "increment", session.words());
    session.kernelNode(graph, {before}, "increment", words);
    session.cuda.cuGraphLaunch(session.instantiate(graph), first);
    if (isOrdered)
      session.order(first, second);
    session.launch("increment", second, words);
    EXPECT_EQ(session.synchronize() == Result::Success, isOrdered);
    EXPECT_EQ(bool(hasReport(session, "(node 1 of launch 1 of executable graph 1 in stream 1)")), !isOrdered);
  }
}

TEST(GraphTest, ParametersAreThoseOfTheTimeOfAddingAndNodesThoseOfInstantiation) {
  Session session;
  cuda::DevicePointer words = session.words();
  cuda::Graph graph = session.graph();
  session.kernelNode(graph, {}, "increment", words);
  cuda::GraphExec exec = session.instantiate(graph);
  session.kernelNode(graph, {}, "trap", words);
  session.cuda.cuGraphDestroy(graph);
  session.cuda.cuGraphLaunch(exec, nullptr);
  EXPECT_EQ(session.synchronize(), Result::Success);
  EXPECT_EQ(session.read(words).front(), 1u);
}

TEST(GraphTest, AGraphWithoutNodesIsDone) {
  Session session;
  cuda::Stream stream = session.stream();
  cuda::GraphExec exec = session.instantiate(session.graph());
  session.cuda.cuGraphLaunch(exec, stream);
  session.cuda.cuGraphLaunch(exec, stream);
  cuda::DevicePointer words = session.words();
  session.launch("increment", stream, words);
  EXPECT_EQ(session.cuda.cuStreamSynchronize(stream), Result::Success);
  EXPECT_EQ(session.read(words).front(), 1u);
}

TEST(GraphTest, WhatANodeTouchesAnewIsComparedAnew) {
  // The kernel's target is what a word on the device says: nothing of the graph changes between its launches.
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Session session(quiet(seed));
    cuda::DevicePointer words = session.words(), other = session.words(), pointer = session.allocate(8);
    session.toDevice(pointer, &other, nullptr, 8);
    cuda::Graph graph = session.graph();
    session.kernelNode(graph, {}, "increment_at", pointer);
    session.kernelNode(graph, {}, "increment", words);
    cuda::GraphExec exec = session.instantiate(graph);
    for (int i = 0; i < 3; ++i)
      session.cuda.cuGraphLaunch(exec, nullptr);
    EXPECT_EQ(session.synchronize(), Result::Success);
    session.toDevice(pointer, &words, nullptr, 8);
    session.cuda.cuGraphLaunch(exec, nullptr);
    EXPECT_EQ(session.synchronize(), Result::IllegalAddress);
    EXPECT_TRUE(hasReport(session, "kernel 'increment_at' (node 0 of launch 4"));
  }
}

/// A graph of many kernels: chains side by side that meet in one node at their end.
cuda::GraphExec makeWideGraph(Session &session, int chains, int length) {
  cuda::Graph graph = session.graph();
  std::vector<cuda::GraphNode> ends;
  for (int chain = 0; chain < chains; ++chain) {
    cuda::DevicePointer words = session.words();
    cuda::GraphNode last = session.kernelNode(graph, {}, "increment", words);
    for (int i = 1; i < length; ++i)
      last = session.kernelNode(graph, {last}, "increment", words);
    ends.push_back(last);
  }
  session.kernelNode(graph, ends, "increment", session.words());
  return session.instantiate(graph);
}

TEST(GraphTest, LargeGraphsAreCheckedInAMomentWhenTheyAreRepeated) {
  Session session;
  cuda::Stream stream = session.stream();
  cuda::GraphExec exec = makeWideGraph(session, 20, 50);
  auto launch = [&] {
    auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 10; ++i)
      session.cuda.cuGraphLaunch(exec, stream);
    EXPECT_EQ(session.cuda.cuStreamSynchronize(stream), Result::Success);
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count() / 10;
  };
  double first = launch(), later = launch();
  std::cout << "1001 nodes: " << first << " ms a launch among the first ten, " << later << " ms among the next ten\n";
  EXPECT_LT(later, 500);
  EXPECT_TRUE(isClean(session));
}

TEST(GraphTest, EdgesComeFromNodesOfTheSameGraphOnce) {
  Session session;
  cuda::Graph graph = session.graph(), other = session.graph();
  cuda::DevicePointer words = session.words();
  cuda::GraphNode node = session.kernelNode(graph, {}, "increment", words), result;
  void *parameters[] = {&words};
  cuda::KernelNodeParameters given{
      session.function("increment"), 1, 1, 1, 32, 1, 1, 0, parameters, nullptr, nullptr, nullptr};
  EXPECT_EQ(session.cuda.cuGraphAddKernelNode(&result, other, &node, 1, &given), Result::InvalidValue);
  EXPECT_TRUE(hasReport(session, "graph node 1 is of another graph"));
  cuda::GraphNode twice[] = {node, node};
  EXPECT_EQ(session.cuda.cuGraphAddKernelNode(&result, graph, twice, 2, &given), Result::InvalidValue);
  EXPECT_TRUE(hasReport(session, "graph node 1 is given twice"));
}

TEST(GraphTest, ALaunchNeedsItsModulesAndMemory) {
  Session session;
  cuda::DevicePointer words = session.words();
  uint32_t *host = session.allocateHost();
  cuda::Graph graph = session.graph();
  session.toDeviceNode(graph, {}, words, host);
  cuda::GraphExec copies = session.instantiate(graph);
  session.kernelNode(graph, {}, "increment", session.words());
  cuda::GraphExec kernels = session.instantiate(graph);
  session.cuda.cuModuleUnload(session.module);
  EXPECT_EQ(session.cuda.cuGraphLaunch(kernels, nullptr), Result::InvalidValue);
  EXPECT_TRUE(hasReport(session, "node 1, kernel 'increment', is of a module that was unloaded"));
  EXPECT_EQ(session.cuda.cuGraphLaunch(copies, nullptr), Result::Success);
  session.cuda.cuMemFree(words);
  EXPECT_EQ(session.cuda.cuGraphLaunch(copies, nullptr), Result::InvalidValue);
  EXPECT_TRUE(hasReport(session, "node 0, copy of 128 bytes to the device, uses memory that was freed"));
}

} // namespace
} // namespace neap::test
