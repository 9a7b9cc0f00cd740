// What the machine found wrong, precisely enough to find the line that must change.
#ifndef NEAP_RUNTIME_SIM_MACHINE_REPORT_H
#define NEAP_RUNTIME_SIM_MACHINE_REPORT_H

#include "neap/runtime/sim/machine/Geometry.h"

#include <string_view>

namespace neap::sim {

enum class Fault : uint8_t {
  OutOfBounds,
  Misaligned,
  Uninitialised,
  UnwrittenRegister,
  Undeclared,
  ReadOnly,
  NonCoherent,
  Race,
  BarrierDivergence,
  WarpDivergence,
  DivisionByZero,
  BranchTable,
  Trap,
  Budget,
  Launch
};
/// As in reports: "out of bounds".
std::string_view nameOf(Fault fault);

struct Report {
  Fault fault = Fault::Launch;
  std::string kernel;
  /// Line of the module's text and what stands there; 0 and empty for faults of a launch as a whole.
  uint32_t line = 0;
  std::string text;
  Dim3 block, thread;
  uint32_t warp = 0, lane = 0;
  /// The address accessed, 0 for faults without one.
  uint64_t address = 0;
  /// What was found and what was expected.
  std::string detail;

  /// All of it, on two lines.
  std::string message() const;
};

} // namespace neap::sim

#endif
