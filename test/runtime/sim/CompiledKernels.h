// The kernels of kernels/kernels.ll as problems: inputs, a launch, and what plain C++ computes, in the same order.
#ifndef NEAP_TEST_RUNTIME_SIM_COMPILEDKERNELS_H
#define NEAP_TEST_RUNTIME_SIM_COMPILEDKERNELS_H

#include "CompileKernels.h"
#include "Simulator.h"

namespace neap::test {

/// One kernel on one set of inputs.
struct Problem {
  std::string kernel;
  sim::Dim3 grid, block;
  /// Read-only buffers, then the one that is written, then integers; in this order they are the kernel's arguments.
  std::vector<std::vector<float>> inputs;
  size_t outputCount = 0;
  std::vector<int32_t> integers;
  std::vector<float> expected;

  struct Outcome {
    sim::LaunchResult result;
    /// Bytes of the output, with a pattern where nothing was written.
    std::vector<uint32_t> output;
    /// Whether a thread accessed something else than the buffers and the kernel's variables, or wrote an input, by the plain
    /// trace of addresses.
    bool strays = false;
  };
  /// Runs the kernel of a module's text, with each buffer declared for what it is for.
  Outcome run(const std::string &text, uint64_t seed, uint32_t maxReports = 1) const;
};

/// All kernels, each on a small problem with ragged edges.
std::vector<Problem> problems();

} // namespace neap::test

#endif
