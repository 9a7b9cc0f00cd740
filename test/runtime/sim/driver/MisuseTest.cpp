// Calls that are refused on the spot, and errors of the device that stay.
#include "Session.h"

#include <thread>

namespace neap::test {
namespace {

using cuda::Result;

TEST(MisuseTest, NothingWorksBeforeInitialisation) {
  sim::SimulatedDriver driver(quiet());
  int count = 0;
  EXPECT_EQ(driver.table().cuDeviceGetCount(&count), Result::NotInitialized);
  EXPECT_EQ(driver.table().cuInit(0), Result::Success);
  EXPECT_EQ(driver.table().cuDeviceGetCount(&count), Result::Success);
  cuda::DevicePointer address = 0;
  EXPECT_EQ(driver.table().cuMemAlloc(&address, 4), Result::InvalidContext);
}

TEST(MisuseTest, AContextIsCurrentInOneThread) {
  Session session;
  cuda::DevicePointer address = 0;
  Result unset, set;
  std::thread([&] {
    unset = session.cuda.cuMemAlloc(&address, 4);
    session.cuda.cuCtxSetCurrent(session.context);
    set = session.cuda.cuMemAlloc(&address, 4);
  }).join();
  EXPECT_EQ(unset, Result::InvalidContext);
  EXPECT_EQ(set, Result::Success);
}

TEST(MisuseTest, AContextEndsWithItsLastRelease) {
  Session session;
  cuda::DevicePointer address = 0;
  cuda::Context again = nullptr;
  EXPECT_EQ(session.cuda.cuDevicePrimaryCtxRetain(&again, 0), Result::Success);
  EXPECT_EQ(again, session.context);
  EXPECT_EQ(session.cuda.cuDevicePrimaryCtxRelease(0), Result::Success);
  EXPECT_EQ(session.cuda.cuMemAlloc(&address, 4), Result::Success);
  EXPECT_EQ(session.cuda.cuDevicePrimaryCtxRelease(0), Result::Success);
  EXPECT_EQ(session.cuda.cuMemAlloc(&address, 4), Result::InvalidContext);
  EXPECT_EQ(session.cuda.cuDevicePrimaryCtxRelease(0), Result::InvalidContext);
}

TEST(MisuseTest, ReleasingTheContextFinishesItsWork) {
  Session session;
  session.launch("trap", session.stream(), session.words());
  EXPECT_EQ(session.cuda.cuDevicePrimaryCtxRelease(0), Result::LaunchFailed);
}

TEST(MisuseTest, TheDeviceIsDescribed) {
  sim::DriverSettings settings = quiet();
  settings.device.name = "Simulated H100";
  settings.device.architecture = 89;
  settings.memoryBytes = 1 << 20;
  Session session(settings);
  char name[10];
  int major = 0, minor = 0;
  size_t free = 0, total = 0;
  session.cuda.cuDeviceGetName(name, sizeof name, 0);
  session.cuda.cuDeviceGetAttribute(&major, cuda::DeviceAttribute::ComputeCapabilityMajor, 0);
  session.cuda.cuDeviceGetAttribute(&minor, cuda::DeviceAttribute::ComputeCapabilityMinor, 0);
  session.allocate(1000);
  session.cuda.cuMemGetInfo(&free, &total);
  EXPECT_STREQ(name, "Simulated");
  EXPECT_EQ(major * 10 + minor, 89);
  EXPECT_EQ(total, size_t(1) << 20);
  EXPECT_EQ(free, total - 1000);
  EXPECT_EQ(session.cuda.cuDeviceTotalMem(&total, 1), Result::InvalidDevice);
}

TEST(MisuseTest, MemoryEnds) {
  sim::DriverSettings settings = quiet();
  settings.memoryBytes = 1000;
  Session session(settings);
  cuda::DevicePointer first = session.allocate(600), second = 0;
  EXPECT_EQ(session.cuda.cuMemAlloc(&second, 600), Result::OutOfMemory);
  session.cuda.cuMemFree(first);
  EXPECT_EQ(session.cuda.cuMemAlloc(&second, 600), Result::Success);
  EXPECT_EQ(session.cuda.cuMemAlloc(&second, 0), Result::InvalidValue);
  EXPECT_TRUE(hasReport(session, "cuMemAlloc: cannot allocate 0 bytes"));
}

TEST(MisuseTest, AHandleIsUsedWhileItLives) {
  Session session;
  cuda::Event event = session.event();
  EXPECT_EQ(session.cuda.cuEventDestroy(event), Result::Success);
  EXPECT_EQ(session.cuda.cuEventRecord(event, nullptr), Result::InvalidHandle);
  EXPECT_TRUE(hasReport(session, "cuEventRecord: expected a live handle, got event 1, which was destroyed"));
  EXPECT_EQ(session.cuda.cuEventDestroy(event), Result::InvalidHandle);
  cuda::Stream stream = session.stream();
  EXPECT_EQ(session.cuda.cuStreamDestroy(stream), Result::Success);
  EXPECT_EQ(session.launch("increment", stream, session.words()), Result::InvalidHandle);
  EXPECT_TRUE(hasReport(session, "cuLaunchKernel: expected a live handle, got stream 1, which was destroyed"));
  cuda::Graph graph = session.graph();
  cuda::GraphExec exec = session.instantiate(graph);
  EXPECT_EQ(session.cuda.cuGraphDestroy(graph), Result::Success);
  EXPECT_EQ(session.cuda.cuGraphInstantiateWithFlags(&exec, graph, 0), Result::InvalidHandle);
  EXPECT_EQ(session.cuda.cuGraphExecDestroy(exec), Result::Success);
  EXPECT_EQ(session.cuda.cuGraphLaunch(exec, nullptr), Result::InvalidHandle);
}

TEST(MisuseTest, AHandleIsOfTheRightKind) {
  Session session;
  auto event = reinterpret_cast<cuda::Event>(session.stream());
  EXPECT_EQ(session.cuda.cuEventSynchronize(event), Result::InvalidHandle);
  EXPECT_TRUE(hasReport(session, "expected a handle of kind 'event', got stream 1"));
  EXPECT_EQ(session.cuda.cuEventSynchronize(reinterpret_cast<cuda::Event>(&event)), Result::InvalidHandle);
  EXPECT_TRUE(hasReport(session, "got something that is no handle"));
  EXPECT_EQ(session.cuda.cuEventSynchronize(nullptr), Result::InvalidHandle);
  EXPECT_TRUE(hasReport(session, "got null"));
}

TEST(MisuseTest, AFunctionIsUsedWhileItsModuleIsLoaded) {
  Session session;
  cuda::DevicePointer words = session.words();
  cuda::Function function = session.function("increment");
  void *parameters[] = {&words};
  EXPECT_EQ(session.cuda.cuModuleUnload(session.module), Result::Success);
  EXPECT_EQ(session.cuda.cuLaunchKernel(function, 1, 1, 1, 32, 1, 1, 0, nullptr, parameters, nullptr),
            Result::InvalidHandle);
  EXPECT_TRUE(hasReport(session, "function 1 is of a module that was unloaded"));
}

TEST(MisuseTest, DeviceMemoryIsFreedOnceAndNotUsedAfterwards) {
  Session session;
  cuda::DevicePointer words = session.words();
  EXPECT_EQ(session.cuda.cuMemFree(words + 4), Result::InvalidValue);
  EXPECT_EQ(session.cuda.cuMemFree(words), Result::Success);
  EXPECT_EQ(session.cuda.cuMemFree(words), Result::InvalidValue);
  EXPECT_EQ(session.cuda.cuMemFree(0), Result::Success);
  EXPECT_EQ(session.cuda.cuMemsetD8Async(words, 0, 4, nullptr), Result::InvalidValue);
  EXPECT_TRUE(hasReport(session, "0 bytes into 'allocation 1' (128 bytes at"));
  // A kernel's pointers are its own affair until it follows them.
  EXPECT_EQ(session.launch("increment", nullptr, words), Result::Success);
  EXPECT_EQ(session.synchronize(), Result::IllegalAddress);
  EXPECT_TRUE(hasReport(session, "which was freed"));
}

TEST(MisuseTest, FreeingWaitsForAllWork) {
  Session session;
  cuda::DevicePointer words = session.words();
  session.launch("increment", session.stream(), words);
  EXPECT_EQ(session.cuda.cuMemFree(words), Result::Success);
  EXPECT_EQ(session.synchronize(), Result::Success);
  EXPECT_TRUE(isClean(session));
}

TEST(MisuseTest, CopiesStayInsideAnAllocation) {
  Session session;
  cuda::DevicePointer words = session.words(), other = session.words();
  EXPECT_EQ(session.cuda.cuMemcpyDtoDAsync(other, words, wordBytes, nullptr), Result::Success);
  EXPECT_EQ(session.cuda.cuMemcpyDtoDAsync(other, words, wordBytes + 1, nullptr), Result::InvalidValue);
  EXPECT_EQ(session.cuda.cuMemcpyDtoDAsync(other, 0, 4, nullptr), Result::InvalidValue);
  EXPECT_EQ(session.cuda.cuMemcpyDtoDAsync(other, words, 0, nullptr), Result::Success);
  EXPECT_EQ(session.synchronize(), Result::Success);
}

TEST(MisuseTest, ALaunchThatCannotStartIsRefusedOnTheSpot) {
  Session session;
  cuda::DevicePointer words = session.words();
  void *parameters[] = {&words};
  cuda::Function function = session.function("increment");
  EXPECT_EQ(session.cuda.cuLaunchKernel(function, 1, 1, 1, 2048, 1, 1, 0, nullptr, parameters, nullptr),
            Result::InvalidValue);
  EXPECT_TRUE(hasReport(session, "kernel 'increment': block (2048,1,1), at least (1,1,1)"));
  EXPECT_EQ(session.cuda.cuLaunchKernel(function, 1, 1, 1, 32, 1, 1, 0, nullptr, nullptr, nullptr),
            Result::InvalidValue);
  EXPECT_TRUE(hasReport(session, "kernel 'increment' has parameters, none are given"));
  EXPECT_EQ(session.synchronize(), Result::Success);
}

TEST(MisuseTest, ModulesThatCannotBeLoaded) {
  Session session;
  cuda::Module module = nullptr;
  char log[64] = "";
  cuda::JitOption options[] = {cuda::JitOption::ErrorLogBuffer, cuda::JitOption::ErrorLogBufferBytes};
  void *values[] = {log, reinterpret_cast<void *>(sizeof log)};
  const char *text = ".version 7.8\n.target sm_80\n.address_size 64\n.visible .entry k() {\nfrobnicate.f32;\n}\n";
  EXPECT_EQ(session.cuda.cuModuleLoadDataEx(&module, text, 2, options, values), Result::InvalidPtx);
  EXPECT_EQ(std::string(log).substr(0, 8), "line 5: ");
  EXPECT_EQ(reinterpret_cast<size_t>(values[1]), std::string(log).size() + 1);
  const char *newer = ".version 8.6\n.target sm_100\n.address_size 64\n";
  EXPECT_EQ(session.cuda.cuModuleLoadDataEx(&module, newer, 0, nullptr, nullptr), Result::InvalidPtx);
  EXPECT_TRUE(hasReport(session, "cannot load a module for sm_100 on a device of sm_90"));
  EXPECT_EQ(session.cuda.cuModuleLoadDataEx(&module,
                                            "\x7f"
                                            "ELF...",
                                            0, nullptr, nullptr),
            Result::NoBinaryForGpu);
  cuda::Function function = nullptr;
  EXPECT_EQ(session.cuda.cuModuleGetFunction(&function, session.module, "decrement"), Result::NotFound);
}

TEST(MisuseTest, AnErrorOfTheDeviceIsSeenByWaitingAndStays) {
  const std::pair<const char *, Result> faults[] = {
      {"trap", Result::LaunchFailed}, {"beyond", Result::IllegalAddress}, {"misaligned", Result::MisalignedAddress}};
  for (auto [kernel, code] : faults) {
    Session session;
    cuda::DevicePointer words = session.words();
    EXPECT_EQ(session.launch(kernel, nullptr, words), Result::Success);
    EXPECT_EQ(session.launch("increment", nullptr, words), Result::Success);
    EXPECT_EQ(session.synchronize(), code) << kernel;
    EXPECT_EQ(session.launch("increment", nullptr, words), code);
    EXPECT_EQ(session.cuda.cuMemFree(words), code);
    EXPECT_EQ(session.synchronize(), code);
    EXPECT_TRUE(hasReport(session, "in kernel '" + std::string(kernel) + "' (the default stream)"));
    const char *name = nullptr;
    EXPECT_EQ(session.cuda.cuGetErrorName(code, &name), Result::Success);
    EXPECT_NE(name, nullptr);
  }
}

TEST(MisuseTest, AKernelIsHeldToWhatItsLaunchDeclares) {
  for (bool isWritten : {true, false}) {
    Session session;
    cuda::DevicePointer words = session.words();
    cuda::DeclaredAccess declared{words, wordBytes, true, isWritten, "slot 7"};
    session.cuda.declareAccesses(&declared, 1);
    session.launch("increment", nullptr, words);
    EXPECT_EQ(session.synchronize() == Result::Success, isWritten);
    EXPECT_EQ(bool(hasReport(session, "slot 7")), !isWritten);
  }
}

TEST(MisuseTest, ADeclarationIsForOneOperation) {
  Session session;
  cuda::DevicePointer words = session.words(), other = session.words();
  cuda::DeclaredAccess declared{words, wordBytes, true, true, "slot 7"};
  session.cuda.declareAccesses(&declared, 1);
  session.launch("increment", nullptr, words);
  session.launch("increment", nullptr, other);
  EXPECT_EQ(session.synchronize(), Result::Success);
}

TEST(MisuseTest, BytesThatNobodyWroteAreNotCopiedOut) {
  Session session;
  uint32_t *host = session.allocateHost();
  session.toHost(host, session.allocate(), nullptr);
  EXPECT_EQ(session.synchronize(), Result::IllegalAddress);
  EXPECT_TRUE(hasReport(session, "copy of 128 bytes to the host (the default stream): cannot copy out"));
}

TEST(MisuseTest, TheDeviceGoesOnUntilItHasEnoughReports) {
  for (uint32_t enough : {1, 3, 100}) {
    sim::DriverSettings settings = quiet();
    settings.maxReports = enough;
    Session session(settings);
    cuda::DevicePointer words = session.words();
    for (int i = 0; i < 5; ++i)
      session.launch("beyond", session.stream(), words);
    EXPECT_EQ(session.synchronize(), Result::IllegalAddress);
    // Each of the five has a load and a store that go wrong.
    EXPECT_EQ(session.driver.reports().size(), std::min(enough, 10u));
  }
}

TEST(MisuseTest, ReportsAreHandedOutAsTheyCome) {
  std::vector<std::string> seen;
  sim::DriverSettings settings = quiet();
  settings.onReport = [&](const std::string &report) { seen.push_back(report); };
  Session session(settings);
  session.cuda.cuMemFree(12);
  EXPECT_EQ(seen, session.driver.reports());
  EXPECT_EQ(seen.size(), 1u);
}

TEST(MisuseTest, ThereIsOneDriverAtATime) {
  sim::SimulatedDriver driver(quiet());
  EXPECT_THROW(sim::SimulatedDriver second(quiet()), std::logic_error);
}

} // namespace
} // namespace neap::test
