// A simulated driver with a context and some kernels, for programs of a few lines.
#ifndef NEAP_TEST_RUNTIME_SIM_DRIVER_SESSION_H
#define NEAP_TEST_RUNTIME_SIM_DRIVER_SESSION_H

#include "neap/runtime/sim/driver/SimulatedDriver.h"

#include <gtest/gtest.h>

namespace neap::cuda {

/// As a number, in messages of tests.
void PrintTo(Result result, std::ostream *stream);

} // namespace neap::cuda

namespace neap::test {

/// Kernels over 32-bit words, one block of 32 threads:
///   increment(words), copy(target, source), combine(target, source): target = 3 target + source,
///   copy_and_increment(target, source): copies, and increments the copy
///   increment_at(pointer): increments what the pointer on the device points to
///   beyond(words): reads and writes far behind them; misaligned(words); trap(words)
extern const char *const wordKernels;
constexpr uint32_t wordCount = 32;
constexpr size_t wordBytes = wordCount * sizeof(uint32_t);

/// Settings whose reports are not printed.
sim::DriverSettings quiet(uint64_t seed = 0);

class Session {
public:
  explicit Session(sim::DriverSettings settings = quiet());

  cuda::DevicePointer allocate(size_t bytes = wordBytes);
  /// Words on the device with values from `first` on.
  cuda::DevicePointer words(uint32_t first = 0);
  uint32_t *allocateHost(uint32_t first = 0);
  cuda::Stream stream();
  cuda::Event event();
  cuda::Function function(const char *name);

  cuda::Result launch(const char *kernel, cuda::Stream stream, cuda::DevicePointer first,
                      cuda::DevicePointer second = 0, uint32_t count = wordCount);
  cuda::Result toDevice(cuda::DevicePointer target, const void *source, cuda::Stream stream, size_t bytes = wordBytes);
  cuda::Result toHost(void *target, cuda::DevicePointer source, cuda::Stream stream, size_t bytes = wordBytes);
  /// `second` waits for what `first` has now.
  void order(cuda::Stream first, cuda::Stream second);
  cuda::Result synchronize() { return cuda.cuCtxSynchronize(); }
  /// The words at an address, after all work.
  std::vector<uint32_t> read(cuda::DevicePointer address);

  cuda::Graph graph();
  cuda::GraphNode kernelNode(cuda::Graph graph, const std::vector<cuda::GraphNode> &after, const char *kernel,
                             cuda::DevicePointer first, cuda::DevicePointer second = 0, uint32_t count = wordCount);
  cuda::GraphNode copyNode(cuda::Graph graph, const std::vector<cuda::GraphNode> &after,
                           cuda::CopyNodeParameters given);
  cuda::GraphNode toDeviceNode(cuda::Graph graph, const std::vector<cuda::GraphNode> &after, cuda::DevicePointer target,
                               const void *source);
  cuda::GraphNode toHostNode(cuda::Graph graph, const std::vector<cuda::GraphNode> &after, void *target,
                             cuda::DevicePointer source);
  cuda::GraphExec instantiate(cuda::Graph graph);

  sim::SimulatedDriver driver;
  const cuda::Driver &cuda;
  cuda::Context context = nullptr;
  cuda::Module module = nullptr;
};

/// Whether one of the driver's reports has the text.
::testing::AssertionResult hasReport(const Session &session, const std::string &text);
/// Whether nothing was reported.
::testing::AssertionResult isClean(const Session &session);

} // namespace neap::test

#endif
