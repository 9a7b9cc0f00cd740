// The simulated driver: a table of functions like the one that comes from libcuda.so.1, over a device in this process.
//
//   SimulatedDriver driver({.seed = 7});
//   const cuda::Driver &cuda = driver.table();
//   ... cuda.cuInit(0) and so on ...
//   EXPECT_TRUE(driver.reports().empty());
//
// Work that is queued runs when something waits for it, in an order drawn from the seed among all that the program allows;
// README.md says what is checked on the way.
#ifndef NEAP_RUNTIME_SIM_DRIVER_SIMULATEDDRIVER_H
#define NEAP_RUNTIME_SIM_DRIVER_SIMULATEDDRIVER_H

#include "neap/runtime/cuda/Driver.h"
#include "neap/runtime/sim/driver/Settings.h"

#include <memory>
#include <string>
#include <vector>

namespace neap::sim {

namespace driver {
class Core;
}

/// How much the device has done.
struct DriverStatistics {
  uint64_t launches = 0, copies = 0, fills = 0, libraryCalls = 0;
  uint64_t copiedBytes = 0, threadInstructions = 0;
};

/// There is one at a time in a process, as the table's functions are plain ones.
class SimulatedDriver {
public:
  /// Throws std::invalid_argument if the faults cannot be read, std::logic_error if there is another driver.
  explicit SimulatedDriver(DriverSettings settings = {});
  SimulatedDriver(const SimulatedDriver &) = delete;
  /// Drops what is still queued.
  ~SimulatedDriver();

  const cuda::Driver &table() const { return table_; }
  /// All that was found wrong so far: calls that were refused and why, kernels' faults, races.
  const std::vector<std::string> &reports() const;
  const DriverStatistics &statistics() const;
  /// Copies bytes of an allocation as they are now, whatever errors there were; no part of the program, as a debugger is not.
  /// Throws MemoryError if they lie in none.
  void peek(void *target, uint64_t address, uint64_t bytes) const;

private:
  std::unique_ptr<driver::Core> core_;
  cuda::Driver table_ = {};
};

} // namespace neap::sim

#endif
