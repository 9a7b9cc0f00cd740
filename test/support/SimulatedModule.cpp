// See SimulatedModule.h.
#include "neap/test/support/SimulatedModule.h"

#include "neap/runtime/sim/ptx/Program.h"

#include <gtest/gtest.h>

namespace neap::testing {

SimulatedModule::SimulatedModule(const std::string &ptx) {
  device.architecture = 100;
  try {
    module = std::make_unique<sim::LoadedModule>(sim::ptx::decode(ptx), memory, device);
  } catch (const std::exception &error) {
    ADD_FAILURE() << error.what();
  }
}

/// What the arguments say together of one buffer.
static sim::DeclaredRange declare(size_t buffer, uint64_t address, uint64_t bytes,
                                  const std::vector<SimulatedModule::Argument> &arguments) {
  sim::DeclaredRange range{address, bytes, false, false, "buffer " + std::to_string(buffer)};
  for (const SimulatedModule::Argument &argument : arguments)
    if (argument.buffer == buffer)
      (argument.isWritten ? range.writable : range.readable) = true;
  return range;
}

void SimulatedModule::run(const std::string &kernel, uint32_t blocks, uint32_t blockThreads,
                          std::vector<std::vector<char>> &buffers, const std::vector<Argument> &arguments,
                          uint64_t seed) {
  const sim::Executable *executable = module ? module->kernel(kernel) : nullptr;
  ASSERT_TRUE(executable) << kernel;
  sim::Launch launch;
  launch.grid.x = blocks;
  launch.block.x = blockThreads;
  launch.seed = seed;
  launch.ranges.emplace();
  std::vector<uint64_t> addresses;
  for (size_t buffer = 0; buffer < buffers.size(); ++buffer) {
    addresses.push_back(memory.allocate(buffers[buffer].size(), "buffer " + std::to_string(buffer)));
    launch.ranges->push_back(declare(buffer, addresses.back(), buffers[buffer].size(), arguments));
    // A kernel may read again what it has written of a result, as a scatter does, and nothing else of it.
    if (launch.ranges->back().readable)
      memory.copyIn(addresses.back(), buffers[buffer].data(), buffers[buffer].size());
    else
      launch.ranges->back().readable = true;
  }
  std::vector<const void *> values;
  for (const Argument &argument : arguments)
    values.push_back(&addresses[argument.buffer]);
  launch.arguments = sim::packArguments(executable->kernel(), values);
  sim::LaunchResult result = sim::run(*executable, launch, memory, device);
  EXPECT_TRUE(result.ok()) << result.message();
  for (size_t buffer = 0; buffer < buffers.size(); ++buffer) {
    if (launch.ranges->at(buffer).writable && result.ok())
      memory.copyOut(buffers[buffer].data(), addresses[buffer], buffers[buffer].size());
    memory.free(addresses[buffer]);
  }
}

} // namespace neap::testing
