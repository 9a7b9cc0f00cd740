// A simulated device with an arena of random floats, a workspace and a library, for tests of what libraries do.
#ifndef NEAP_TEST_RUNTIME_CUDA_SIMULATEDARENA_H
#define NEAP_TEST_RUNTIME_CUDA_SIMULATEDARENA_H

#include "neap/runtime/cuda/MatrixProducts.h"
#include "neap/runtime/sim/driver/SimulatedDriver.h"
#include "neap/runtime/sim/library/SimulatedCublasLt.h"

#include <gtest/gtest.h>
#include <random>

namespace neap::test {

using runtime::Workspace;

/// A simulated device with one arena of floats.
class SimulatedArena {
public:
  explicit SimulatedArena(sim::CublasLtSettings librarySettings = {}, uint64_t seed = 0)
      : driver(settings(seed)), cuda(driver.table()), library(std::move(librarySettings)) {
    expect(cuda.cuInit(0));
    expect(cuda.cuDevicePrimaryCtxRetain(&context, 0));
    expect(cuda.cuCtxSetCurrent(context));
    expect(cuda.cuStreamCreate(&stream, cuda::streamNonBlocking));
    expect(cuda.cuMemAlloc(&arena, arenaFloats * sizeof(float)));
    expect(cuda.cuMemAlloc(&workspace.address, workspaceBytes));
    workspace.bytes = workspaceBytes;
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> values(-1, 1);
    for (float &value : host)
      value = values(random);
    expect(cuda.cuMemcpyHtoDAsync(arena, host.data(), arenaFloats * sizeof(float), stream));
    expect(cuda.cuStreamSynchronize(stream));
  }

  std::vector<float> read() {
    std::vector<float> values(arenaFloats);
    expect(cuda.cuMemcpyDtoHAsync(values.data(), arena, arenaFloats * sizeof(float), stream));
    return values;
  }

  static constexpr uint64_t arenaFloats = 1 << 14, workspaceBytes = 1 << 16;
  sim::SimulatedDriver driver;
  const cuda::Driver &cuda;
  sim::SimulatedCublasLt library;
  cuda::Context context = nullptr;
  cuda::Stream stream = nullptr;
  cuda::DevicePointer arena = 0;
  Workspace workspace;
  std::vector<float> host = std::vector<float>(arenaFloats);

private:
  static sim::DriverSettings settings(uint64_t seed) {
    sim::DriverSettings settings;
    settings.seed = seed;
    settings.onReport = nullptr;
    return settings;
  }
  static void expect(cuda::Result result) { EXPECT_EQ(int(result), 0); }
};

} // namespace neap::test

#endif
