// Chooses between the simulated driver and the machine's.
#include "neap/runtime/cuda/OpenDriver.h"

#include "neap/runtime/cuda/LoadDriver.h"
#include "neap/runtime/program/Failure.h"
#include "neap/runtime/sim/driver/SimulatedDriver.h"

namespace neap::runtime {

namespace {

/// Newer than any device there is, so that it takes a program for whichever was asked for.
constexpr uint32_t anyArchitecture = 1000;

class Simulated final : public OpenDriver {
public:
  explicit Simulated(uint64_t seed) : simulated_(settings(seed)) {}
  const cuda::Driver &driver() const override { return simulated_.table(); }

private:
  static sim::DriverSettings settings(uint64_t seed) {
    sim::DriverSettings settings;
    settings.seed = seed;
    settings.device.architecture = anyArchitecture;
    return settings;
  }

  sim::SimulatedDriver simulated_;
};

class Installed final : public OpenDriver {
public:
  const cuda::Driver &driver() const override { return driver_; }

private:
  cuda::Driver driver_ = cuda::loadDriver();
};

} // namespace

std::unique_ptr<OpenDriver> openDriver(const DeviceOptions &options) {
  if (options.simulate)
    return std::make_unique<Simulated>(options.simulationSeed);
  try {
    return std::make_unique<Installed>();
  } catch (const cuda::DriverUnavailable &error) {
    throw Failure(ExitCode::DeviceFault, error.what(), error.note());
  }
}

} // namespace neap::runtime
