// A device for tests: buffers from vectors, kernels from text, launches in one line.
#ifndef NEAP_TEST_RUNTIME_SIM_SIMULATOR_H
#define NEAP_TEST_RUNTIME_SIM_SIMULATOR_H

#include "neap/runtime/sim/machine/Launch.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace neap::test {

class Simulator {
public:
  explicit Simulator(const std::string &text = "") {
    device.architecture = 100;
    if (!text.empty())
      load(text);
  }
  /// Replaces the module.
  void load(const std::string &text) {
    module.reset();
    module = std::make_unique<sim::LoadedModule>(sim::ptx::decode(text), memory, device);
  }

  /// A new allocation with the values.
  template <class T> uint64_t buffer(const std::vector<T> &values, const std::string &name = "buffer") {
    uint64_t address = memory.allocate(values.size() * sizeof(T), name);
    memory.copyIn(address, values.data(), values.size() * sizeof(T));
    return address;
  }
  /// A new allocation of uninitialised bytes.
  uint64_t buffer(uint64_t bytes, const std::string &name = "buffer") { return memory.allocate(bytes, name); }
  template <class T> std::vector<T> read(uint64_t address, size_t count) const {
    std::vector<T> values(count);
    memory.copyOut(values.data(), address, count * sizeof(T));
    return values;
  }

  /// Launches with the arguments, which have the types that the kernel declares, and all else as `launch` says.
  template <class... Arguments>
  sim::LaunchResult run(const std::string &kernel, sim::Dim3 grid, sim::Dim3 block, Arguments... arguments) {
    const sim::Executable *executable = module->kernel(kernel);
    if (!executable)
      throw std::runtime_error("no kernel " + kernel);
    const void *pointers[] = {&arguments..., nullptr};
    launch.grid = grid;
    launch.block = block;
    launch.arguments = sim::packArguments(executable->kernel(), std::span(pointers, sizeof...(arguments)));
    return sim::run(*executable, launch, memory, device);
  }

  sim::DeviceMemory memory{uint64_t(1) << 32};
  sim::Device device;
  sim::Launch launch;
  std::unique_ptr<sim::LoadedModule> module;
};

/// A module with the kernel `k`, whose parameters are the 64-bit `p0` to `p3`. It declares registers of each width
/// (%p, %rs, %r, %rd, 32 each), loads the parameters into %rd0 to %rd3 and has %tid.x in %r0.
std::string kernelText(const std::string &body, const std::string &variables = "");

/// The faults of a result's reports.
std::vector<sim::Fault> faultsOf(const sim::LaunchResult &result);

/// Runs `instruction` for each index of the inputs, with the inputs in %a, %b, %c, %d and %e, and returns what it writes
/// to %x. Registers have the width of the types. %p, %q are predicates and %t a register of 32 bits.
template <class Result, class... Inputs>
std::vector<Result> evaluate(const std::string &instruction, const std::vector<Inputs> &...inputs);

/// As evaluate, with all inputs as bytes: `widths` and `inputs` belong together.
std::vector<std::byte> evaluateBytes(const std::string &instruction, uint32_t resultBytes,
                                     const std::vector<uint32_t> &widths,
                                     const std::vector<std::vector<std::byte>> &inputs, size_t count);

template <class Result, class... Inputs>
std::vector<Result> evaluate(const std::string &instruction, const std::vector<Inputs> &...inputs) {
  auto bytesOf = [](const auto &values) {
    std::vector<std::byte> bytes(values.size() * sizeof(values[0]));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
  };
  size_t count = std::get<0>(std::tie(inputs...)).size();
  std::vector<std::byte> bytes =
      evaluateBytes(instruction, sizeof(Result), {uint32_t(sizeof(Inputs))...}, {bytesOf(inputs)...}, count);
  std::vector<Result> results(count);
  std::memcpy(results.data(), bytes.data(), bytes.size());
  return results;
}

} // namespace neap::test

#endif
