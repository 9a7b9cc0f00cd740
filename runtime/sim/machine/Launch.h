// Running a kernel: the entrance to the machine.
#ifndef NEAP_RUNTIME_SIM_MACHINE_LAUNCH_H
#define NEAP_RUNTIME_SIM_MACHINE_LAUNCH_H

#include "neap/runtime/sim/machine/Executable.h"
#include "neap/runtime/sim/machine/Report.h"

#include <optional>

namespace neap::sim {

/// Bytes that a launch says its kernel accesses: a slot of an arena, say.
struct DeclaredRange {
  uint64_t address = 0, bytes = 0;
  bool readable = true, writable = false;
  /// For reports.
  std::string name;
  // The driver's, of which the machine knows nothing: whether what lies there before the launch counts for nothing, and the
  // slot of the program whose value this is.
  bool isResult = false;
  std::optional<uint32_t> slot = {};
};

/// Sees every access of a thread to memory before it is judged.
class AccessObserver {
public:
  virtual ~AccessObserver() = default;
  /// `address` is one of `space`, which is never Generic.
  virtual void access(ptx::Space space, uint64_t address, uint32_t bytes, bool writes) = 0;
};

struct Launch {
  Dim3 grid, block;
  uint32_t dynamicSharedBytes = 0;
  /// The kernel's parameters, laid out as it declares them; see packArguments.
  std::vector<std::byte> arguments;
  /// What the kernel may access of the device's allocations; everything if not given. Variables of its module are
  /// always allowed. An access must lie inside one range.
  std::optional<std::vector<DeclaredRange>> ranges;
  /// Picks the order of blocks, of warps and of the sides of branches. A correct kernel gives the same bytes for all
  /// seeds.
  uint64_t seed = 0;
  /// Instructions of a warp, over all warps. More are taken for a loop without an end.
  uint64_t instructionBudget = uint64_t(1) << 32;
  /// The launch stops at so many reports. Of each fault there is one report for a line.
  uint32_t maxReports = 1;
  /// Nobody if nullptr.
  AccessObserver *observer = nullptr;
};

struct LaunchResult {
  std::vector<Report> reports;
  /// Bytes of the device's allocations that the kernel accessed.
  IntervalSet reads, writes;
  /// Instructions executed, by threads and by warps. A warp's counts for each of its lanes that execute it.
  uint64_t threadInstructions = 0, warpInstructions = 0;

  bool ok() const { return reports.empty(); }
  /// The messages of all reports, one below the other.
  std::string message() const;
};

/// Lays out arguments as cuLaunchKernel takes them: a pointer to each parameter's value, of its declared size.
std::vector<std::byte> packArguments(const ptx::Kernel &kernel, std::span<const void *const> values);

/// Why the device would refuse the launch before its first instruction; empty if it would not.
std::string checkLaunch(const Executable &executable, const Launch &launch, const Device &device);

/// Runs a kernel to its end, or until it has `maxReports` reports. `memory` is the one that its module was loaded into.
/// After a report the access that caused it is left out: a load gives bytes of DeviceMemory::uninitialisedByte.
LaunchResult run(const Executable &executable, const Launch &launch, DeviceMemory &memory, const Device &device);

} // namespace neap::sim

#endif
