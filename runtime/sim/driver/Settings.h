// What a simulated driver is set up with.
#ifndef NEAP_RUNTIME_SIM_DRIVER_SETTINGS_H
#define NEAP_RUNTIME_SIM_DRIVER_SETTINGS_H

#include "neap/runtime/sim/machine/Device.h"

#include <functional>

namespace neap::sim {

/// Writes a report to stderr.
void printReport(const std::string &report);

struct DriverSettings {
  /// Picks the order of the device's work, among all that the program allows.
  uint64_t seed = 0;
  /// Name, architecture and limits.
  Device device;
  uint64_t memoryBytes = uint64_t(80) << 30;
  int multiprocessorCount = 132;
  /// As cuDriverGetVersion gives it: 12000 is 12.0.
  int version = 12000;
  /// What goes wrong and when, see FaultPlan.
  std::string faults;
  /// The device stops working at so many reports. The first decides the error that the program sees.
  uint32_t maxReports = 1;
  /// Called with each report, during a call of the driver: must not make another one.
  std::function<void(const std::string &)> onReport = printReport;
};

} // namespace neap::sim

#endif
