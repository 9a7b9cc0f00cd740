// What a trial of a step is told.
#pragma once

#include "neap/passes/fuse/fuse-operators/FuseOperators.h"
#include "neap/passes/lower/kernels/Kernels.h"
#include "neap/passes/planning/CpuCosts.h"
#include "neap/passes/planning/Devices.h"

namespace neap {

/// What the later stages are told, and what the program will run on.
struct TrialSettings {
  LibraryRules libraries;
  int64_t libraryWorkspace = 0;
  lower::KernelTarget target;
  int64_t maxWorkers = 1; ///< threads whose scratch counts
  bool allowsOffload = true;
  int64_t fewestMovedBytes = 1 << 16; ///< of a value that is worth a copy
  planning::DeviceModel device = {};
  /// Instead of `device`, where the program runs on the CPU.
  std::optional<planning::CpuCosts> cpu;
};

} // namespace neap
