// Carries out one operation on the device's memory and the host's.
#ifndef NEAP_RUNTIME_SIM_DRIVER_EXECUTOR_H
#define NEAP_RUNTIME_SIM_DRIVER_EXECUTOR_H

#include "neap/runtime/sim/driver/FaultPlan.h"
#include "neap/runtime/sim/driver/HostMemory.h"
#include "neap/runtime/sim/driver/SimulatedDriver.h"
#include "neap/runtime/sim/machine/Random.h"

namespace neap::sim::driver {

class Executor {
public:
  Executor(const DriverSettings &settings, DeviceMemory &memory, HostMemory &host, FaultPlan &faults, Errors &errors)
      : settings_(settings), memory_(memory), host_(host), faults_(faults), errors_(errors), random_(settings.seed) {}

  /// What the operation touched. What goes wrong is in the errors.
  Accesses execute(const Task &task, uint32_t node);
  const DriverStatistics &statistics() const { return statistics_; }

private:
  bool injectFault(const Operation &operation);
  Accesses run(const KernelWork &work, const std::string &text);
  Accesses run(const CopyWork &work, const std::string &text);
  Accesses run(const FillWork &work, const std::string &text);
  Accesses run(const LibraryWork &work, const std::string &text);
  void requireWritten(const CopyWork &work, const std::string &text);
  void copy(const CopyWork &work);
  void poisonResults(const Launch &launch);

  const DriverSettings &settings_;
  DeviceMemory &memory_;
  HostMemory &host_;
  FaultPlan &faults_;
  Errors &errors_;
  /// For the seeds of launches.
  Random random_;
  DriverStatistics statistics_;
};

} // namespace neap::sim::driver

#endif
