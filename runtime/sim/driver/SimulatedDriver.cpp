// The current driver and its table.
#include "neap/runtime/sim/driver/SimulatedDriver.h"

#include "neap/runtime/sim/driver/Call.h"

#include <stdexcept>

namespace neap::sim {

namespace driver {
Core *current = nullptr;
thread_local const void *currentContext = nullptr;
} // namespace driver

SimulatedDriver::SimulatedDriver(DriverSettings settings) : core_(std::make_unique<driver::Core>(std::move(settings))) {
  if (driver::current)
    throw std::logic_error("there is a simulated driver already");
  driver::current = core_.get();
  for (auto fill : {driver::fillDeviceCalls, driver::fillMemoryCalls, driver::fillStreamCalls, driver::fillModuleCalls,
                    driver::fillGraphCalls})
    fill(table_);
}

SimulatedDriver::~SimulatedDriver() { driver::current = nullptr; }

const std::vector<std::string> &SimulatedDriver::reports() const { return core_->errors.reports(); }
const DriverStatistics &SimulatedDriver::statistics() const { return core_->executor.statistics(); }

void SimulatedDriver::peek(void *target, uint64_t address, uint64_t bytes) const {
  core_->memory.copyOutRaw(target, address, bytes);
}

} // namespace neap::sim
