// The orders that the simulated driver draws, and its judgement of programs, against every order of small programs.
#include "Session.h"
#include "SmallProgram.h"

#include <cstring>
#include <iostream>
#include <map>
#include <set>

namespace neap::test {
namespace {

using cuda::Result;

/// A small program on the simulated device.
class SmallRun {
public:
  SmallRun(const SmallProgram &program, uint64_t seed) : session_(settings(seed)) {
    prepare();
    for (size_t i = 0; i < program.steps.size() && result == Result::Success; ++i)
      result = run(program.steps[i]);
    if (result == Result::Success)
      result = session_.synchronize();
    session_.driver.peek(words.data(), device_, deviceWords * 4);
    std::memcpy(&words[deviceWords], host_, hostWords * 4);
  }

  Result result = Result::Success;
  Words words = {};
  const std::vector<std::string> &reports() const { return session_.driver.reports(); }

private:
  static sim::DriverSettings settings(uint64_t seed) {
    sim::DriverSettings settings = quiet(seed);
    settings.maxReports = 1000;
    return settings;
  }
  void prepare();
  Result run(const SmallStep &step);
  Result run(const SmallOperation &operation, cuda::Stream stream);
  cuda::GraphExec makeGraph(const SmallStep &step);
  Result launchGraph(const SmallStep &step);
  cuda::GraphNode addNode(cuda::Graph graph, const std::vector<cuda::GraphNode> &after,
                          const SmallOperation &operation);
  cuda::DevicePointer deviceWord(uint32_t word) const { return device_ + 4 * word; }
  uint32_t *hostWord(uint32_t word) const { return host_ + (word - deviceWords); }

  Session session_;
  cuda::DevicePointer device_ = 0;
  uint32_t *host_ = nullptr;
  std::vector<cuda::Stream> streams_ = {nullptr};
  std::vector<cuda::Event> events_;
  std::map<uint32_t, cuda::GraphExec> graphs_;
};

void SmallRun::prepare() {
  Words initial = initialWords();
  device_ = session_.allocate(deviceWords * 4);
  host_ = session_.allocateHost();
  session_.toDevice(device_, initial.data(), nullptr, deviceWords * 4);
  session_.synchronize();
  std::memcpy(host_, &initial[deviceWords], hostWords * 4);
  cuda::Stream blocking = nullptr;
  session_.cuda.cuStreamCreate(&blocking, 0);
  streams_.push_back(blocking);
  while (streams_.size() < smallStreams)
    streams_.push_back(session_.stream());
  while (events_.size() < smallEvents)
    events_.push_back(session_.event());
}

Result SmallRun::run(const SmallStep &step) {
  cuda::Stream stream = streams_[step.stream];
  cuda::Event event = events_[step.event];
  switch (step.kind) {
  case StepKind::Operation: return run(step.operations.front(), stream);
  case StepKind::Graph: return launchGraph(step);
  case StepKind::Record: return session_.cuda.cuEventRecord(event, stream);
  case StepKind::Wait: return session_.cuda.cuStreamWaitEvent(stream, event, 0);
  case StepKind::SynchronizeStream: return session_.cuda.cuStreamSynchronize(stream);
  case StepKind::SynchronizeEvent: return session_.cuda.cuEventSynchronize(event);
  }
  return Result::InvalidValue;
}

Result SmallRun::run(const SmallOperation &operation, cuda::Stream stream) {
  uint32_t target = operation.target, source = operation.source;
  size_t bytes = operation.count * 4;
  if (operation.effect == Effect::Fill)
    return session_.cuda.cuMemsetD8Async(deviceWord(target), operation.value, bytes, stream);
  if (operation.effect == Effect::Combine)
    return session_.launch("combine", stream, deviceWord(target), deviceWord(source), operation.count);
  if (target >= deviceWords)
    return session_.toHost(hostWord(target), deviceWord(source), stream, bytes);
  if (source >= deviceWords)
    return session_.toDevice(deviceWord(target), hostWord(source), stream, bytes);
  return session_.cuda.cuMemcpyDtoDAsync(deviceWord(target), deviceWord(source), bytes, stream);
}

cuda::GraphNode SmallRun::addNode(cuda::Graph graph, const std::vector<cuda::GraphNode> &after,
                                  const SmallOperation &operation) {
  uint32_t target = operation.target, source = operation.source, count = operation.count;
  if (operation.effect == Effect::Combine)
    return session_.kernelNode(graph, after, "combine", deviceWord(target), deviceWord(source), count);
  cuda::CopyNodeParameters copy = {};
  copy.widthBytes = count * 4;
  copy.targetType = target < deviceWords ? cuda::MemoryType::Device : cuda::MemoryType::Host;
  copy.sourceType = source < deviceWords ? cuda::MemoryType::Device : cuda::MemoryType::Host;
  copy.targetDevice = deviceWord(target);
  copy.sourceDevice = deviceWord(source);
  copy.targetHost = hostWord(target);
  copy.sourceHost = hostWord(source);
  return session_.copyNode(graph, after, copy);
}

cuda::GraphExec SmallRun::makeGraph(const SmallStep &step) {
  cuda::Graph graph = session_.graph();
  std::vector<cuda::GraphNode> nodes;
  for (uint32_t node = 0; node < step.operations.size(); ++node) {
    std::vector<cuda::GraphNode> after;
    for (uint32_t other = 0; other < node; ++other)
      if (step.edges[node] >> other & 1)
        after.push_back(nodes[other]);
    nodes.push_back(addNode(graph, after, step.operations[node]));
  }
  return session_.instantiate(graph);
}

Result SmallRun::launchGraph(const SmallStep &step) {
  cuda::GraphExec &exec = graphs_[step.graph];
  if (!exec)
    exec = makeGraph(step);
  return session_.cuda.cuGraphLaunch(exec, streams_[step.stream]);
}

struct Counts {
  int programs = 0, ordered = 0, racing = 0, racingWithEqualResults = 0;
  uint64_t orders = 0, pairs = 0;
};

void checkProgram(const SmallProgram &program, uint64_t seed, Counts &counts) {
  Reference reference(program);
  bool isRacing = reference.racingPairs > 0, differs = reference.results.size() > 1;
  // Of the reference itself: without a race there is one result.
  ASSERT_TRUE(isRacing || !differs);
  for (uint64_t variant : {0, 1, 2}) {
    SmallRun run(program, 3 * seed + variant);
    ASSERT_EQ(run.result, isRacing ? Result::IllegalAddress : Result::Success);
    ASSERT_EQ(run.reports().empty(), !isRacing);
    ASSERT_LE(run.reports().size(), reference.racingPairs) << run.reports().front();
    // A wait in the middle may see a race; then the rest does not run. The pattern that stands in for results of copies
    // that have not run is in no result of the reference.
    bool runsToTheEnd = !isRacing || !program.waits();
    if (runsToTheEnd)
      ASSERT_EQ(run.reports().size(), reference.racingPairs) << run.reports().front();
    if (runsToTheEnd && (!isRacing || !program.usesHost()))
      ASSERT_TRUE(reference.results.contains(run.words));
  }
  ++counts.programs;
  ++(isRacing ? counts.racing : counts.ordered);
  counts.racingWithEqualResults += isRacing && !differs;
  counts.orders += reference.orders;
  counts.pairs += reference.racingPairs;
}

TEST(OrderTest, SmallProgramsAreAccusedExactlyWhenTheyRace) {
  sim::Random random(20);
  Counts counts;
  for (uint64_t seed = 0; seed < 4000; ++seed) {
    SmallProgram program = makeSmallProgram(random, uint32_t(2 + random.below(6)));
    checkProgram(program, seed, counts);
    if (HasFatalFailure())
      FAIL() << "program " << seed;
  }
  std::cout << counts.programs << " programs, " << counts.orders << " orders: " << counts.ordered << " without a race, "
            << counts.racing << " with " << counts.pairs << " racing pairs, of these " << counts.racingWithEqualResults
            << " with equal results in every order\n";
  EXPECT_GT(counts.ordered, 1000);
  EXPECT_GT(counts.racing, 1000);
}

/// A program with one thing less that orders it: a wait, a record, a synchronisation, or an edge of a graph.
std::vector<SmallProgram> mutantsOf(const SmallProgram &program) {
  std::vector<SmallProgram> mutants;
  for (size_t i = 0; i < program.steps.size(); ++i) {
    const SmallStep &step = program.steps[i];
    if (step.operations.empty()) {
      mutants.push_back(program);
      mutants.back().steps.erase(mutants.back().steps.begin() + int64_t(i));
    }
    for (size_t node = 0; step.kind == StepKind::Graph && node < step.edges.size(); ++node)
      for (size_t other = 0; other < node; ++other)
        if (step.edges[node] >> other & 1) {
          mutants.push_back(program);
          // Launches of one graph have the same edges.
          for (SmallStep &same : mutants.back().steps)
            if (same.kind == StepKind::Graph && same.graph == step.graph)
              same.edges[node] &= ~(1u << other);
        }
  }
  return mutants;
}

TEST(OrderTest, WhatIsMissingInACorrectProgramIsFoundWhenItMatters) {
  sim::Random random(21);
  Counts counts;
  for (uint64_t seed = 0; counts.racing < 600; ++seed) {
    SmallProgram program = makeSmallProgram(random, 6);
    if (Reference(program).racingPairs > 0)
      continue;
    for (const SmallProgram &mutant : mutantsOf(program))
      checkProgram(mutant, seed, counts);
    if (HasFatalFailure())
      FAIL() << "program " << seed;
  }
  std::cout << counts.programs << " mutants of correct programs: " << counts.racing << " race, and all of them are accused; "
            << counts.ordered << " do not, and none of them is accused\n";
}

TEST(OrderTest, EveryOrderIsDrawn) {
  // Two operations on each of three streams: 90 orders. Each makes a digit of the result, which says where its stream ran.
  SmallProgram program;
  for (uint32_t i = 0; i < 6; ++i) {
    SmallStep step;
    step.stream = 1 + i / 2;
    step.operations = {{Effect::Combine, 0, step.stream, 1, 0}};
    step.edges = {0};
    program.steps.push_back(step);
  }
  Reference reference(program);
  EXPECT_EQ(reference.orders, 90u);
  EXPECT_EQ(reference.results.size(), 90u);
  std::set<Words> drawn;
  for (uint64_t seed = 0; seed < 5000; ++seed)
    drawn.insert(SmallRun(program, seed).words);
  EXPECT_EQ(drawn.size(), 90u);
  EXPECT_TRUE(drawn == reference.results);
}

} // namespace
} // namespace neap::test
