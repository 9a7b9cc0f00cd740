// Faults on demand: each kind once, at the call or operation that was named and no other.
#include "Session.h"

#include "neap/runtime/sim/driver/FaultPlan.h"

namespace neap::test {
namespace {

using cuda::Result;

sim::DriverSettings withFaults(const std::string &faults, uint64_t seed = 0) {
  sim::DriverSettings settings = quiet(seed);
  settings.faults = faults;
  return settings;
}

TEST(FaultPlanTest, InitialisationFails) {
  sim::SimulatedDriver driver(withFaults("init=no-device"));
  EXPECT_EQ(driver.table().cuInit(0), Result::NoDevice);
}

TEST(FaultPlanTest, CallsFailOnTheSpotOnce) {
  Session session(
      withFaults("alloc:2=out-of-memory,host-alloc=out-of-memory,stream=failed,event=failed,load:2=invalid-ptx,"
                 "instantiate=out-of-memory,graph-launch:2=out-of-memory"));
  cuda::DevicePointer address = 0;
  void *host = nullptr;
  cuda::Stream stream = nullptr;
  cuda::Event event = nullptr;
  cuda::Module module = nullptr;
  cuda::GraphExec exec = nullptr;
  cuda::Graph graph = session.graph();
  std::vector<Result> results;
  for (int i = 0; i < 3; ++i) {
    results.push_back(session.cuda.cuMemAlloc(&address, 4));
    results.push_back(session.cuda.cuMemHostAlloc(&host, 4, 0));
    results.push_back(session.cuda.cuStreamCreate(&stream, 0));
    results.push_back(session.cuda.cuEventCreate(&event, 0));
    results.push_back(session.cuda.cuModuleLoadDataEx(&module, wordKernels, 0, nullptr, nullptr));
    results.push_back(session.cuda.cuGraphInstantiateWithFlags(&exec, graph, 0));
    if (i > 0)
      results.push_back(session.cuda.cuGraphLaunch(exec, nullptr));
  }
  constexpr Result ok = Result::Success, memory = Result::OutOfMemory, failed = Result::LaunchFailed;
  // The module of the session was the first one that was loaded.
  EXPECT_EQ(results, (std::vector{ok,     memory, failed, failed, Result::InvalidPtx,
                                  memory, //
                                  memory, ok,     ok,     ok,     ok,
                                  ok,     ok, //
                                  ok,     ok,     ok,     ok,     ok,
                                  ok,     memory}));
  EXPECT_EQ(session.synchronize(), ok);
  EXPECT_TRUE(isClean(session));
}

/// Runs copy, kernel, kernel, fill, copy in one stream, one after the other, and returns after which of them waiting
/// failed, 0 if never, and how.
std::pair<int, Result> runUntilFault(const std::string &faults) {
  Session session(withFaults(faults));
  cuda::Stream stream = session.stream();
  cuda::DevicePointer words = session.allocate();
  uint32_t *host = session.allocateHost();
  const std::function<Result()> program[] = {
      [&] { return session.toDevice(words, host, stream); },
      [&] { return session.launch("increment", stream, words); },
      [&] { return session.launch("copy", stream, words, words); },
      [&] { return session.cuda.cuMemsetD8Async(words, 0, 4, stream); },
      [&] { return session.toHost(host, words, stream); },
  };
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(program[i](), Result::Success);
    if (Result result = session.cuda.cuStreamSynchronize(stream); result != Result::Success) {
      EXPECT_EQ(session.launch("increment", stream, words), result);
      EXPECT_TRUE(isClean(session));
      return {i + 1, result};
    }
  }
  return {0, Result::Success};
}

TEST(FaultPlanTest, OperationsFailWhenTheyRun) {
  EXPECT_EQ(runUntilFault(""), (std::pair{0, Result::Success}));
  EXPECT_EQ(runUntilFault("copy:1=failed"), (std::pair{1, Result::LaunchFailed}));
  EXPECT_EQ(runUntilFault("copy:2=illegal-address"), (std::pair{5, Result::IllegalAddress}));
  EXPECT_EQ(runUntilFault("copy:3=failed"), (std::pair{0, Result::Success}));
  EXPECT_EQ(runUntilFault("launch=failed"), (std::pair{2, Result::LaunchFailed}));
  EXPECT_EQ(runUntilFault("launch:2=failed"), (std::pair{3, Result::LaunchFailed}));
  EXPECT_EQ(runUntilFault("launch:copy=failed"), (std::pair{3, Result::LaunchFailed}));
  EXPECT_EQ(runUntilFault("launch:copy:2=failed"), (std::pair{0, Result::Success}));
  EXPECT_EQ(runUntilFault("fill=failed"), (std::pair{4, Result::LaunchFailed}));
  EXPECT_EQ(runUntilFault("operation:4=device-lost"), (std::pair{4, Result::Unknown}));
}

TEST(FaultPlanTest, NodesCountAsOperations) {
  Session session(withFaults("launch:increment:3=failed"));
  cuda::Graph graph = session.graph();
  session.kernelNode(graph, {}, "increment", session.words());
  cuda::GraphExec exec = session.instantiate(graph);
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(session.cuda.cuGraphLaunch(exec, nullptr), Result::Success);
    EXPECT_EQ(session.synchronize(), i < 3 ? Result::Success : Result::LaunchFailed);
  }
}

std::string parseError(const std::string &faults) {
  try {
    sim::driver::FaultPlan plan(faults);
    return {};
  } catch (const std::invalid_argument &error) {
    return error.what();
  }
}

TEST(FaultPlanTest, WhatCannotBeReadIsRefused) {
  EXPECT_EQ(parseError("alloc:2=out-of-memory,copy=failed"), "");
  EXPECT_EQ(parseError("alloc"), "fault 'alloc': expected POINT[:KERNEL][:NUMBER]=ERROR");
  EXPECT_EQ(parseError("alloc:x=failed"), "fault 'alloc:x=failed': expected a number from 1 on, got 'x'");
  EXPECT_EQ(parseError("launch:k:0=failed"), "fault 'launch:k:0=failed': expected a number from 1 on, got '0'");
  EXPECT_EQ(parseError("copy=slow").substr(0, 46), "fault 'copy=slow': expected one of device-lost");
  EXPECT_EQ(parseError("walk=failed").substr(0, 42), "fault 'walk=failed': expected one of alloc");
  EXPECT_THROW(sim::SimulatedDriver driver(withFaults("x")), std::invalid_argument);
}

} // namespace
} // namespace neap::test
