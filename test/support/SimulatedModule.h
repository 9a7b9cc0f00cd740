// CUDA kernels on the simulated device: PTX is loaded, buffers become allocations, a launch may touch what it is given and
// nothing else.
#pragma once

#include "neap/runtime/sim/machine/Launch.h"

#include <string>
#include <vector>

namespace neap::testing {

class SimulatedModule {
public:
  /// Fails the test if the PTX is refused.
  explicit SimulatedModule(const std::string &ptx);

  struct Argument {
    /// Number of the buffer whose address it is.
    size_t buffer;
    bool isWritten;
  };
  /// Runs a kernel over `buffers`, which end up with what it wrote. Buffers that are arguments as results only start
  /// uninitialised. Every report of the simulated device fails the test.
  void run(const std::string &kernel, uint32_t blocks, uint32_t blockThreads, std::vector<std::vector<char>> &buffers,
           const std::vector<Argument> &arguments, uint64_t seed);

private:
  sim::DeviceMemory memory{uint64_t(1) << 32};
  sim::Device device;
  std::unique_ptr<sim::LoadedModule> module;
};

} // namespace neap::testing
