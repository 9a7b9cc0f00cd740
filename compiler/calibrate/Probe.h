// Small steps whose kernels are timed on this machine: compiled as any program is, run by the runtime's own threads.
#pragma once

#include "neap/passes/lower/kernels/Kernels.h"
#include "neap/passes/planning/CpuCosts.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace neap::calibrate {

/// A step in MLIR that becomes one kernel.
struct Probe {
  std::string step;
  /// Whether operands come from memory: every launch gets others, more than caches hold. Else all launches have the same.
  bool isCold = false;
  /// The first result lies on the first operand. The kernel must bear that, and its values must stay normal numbers.
  bool isInPlace = false;
};

struct Timing {
  planning::CpuWork work;
  /// Of a launch: the lowest eighth of many, as whoever else uses the machine only adds.
  double seconds = 0;
};

/// Where probes run.
struct Machine {
  lower::KernelTarget target; ///< `workers` is the number of threads
  std::string processor;      ///< as LLVM calls it, or native
};

/// Compiles all probes and times each for about `seconds`, three launches at least. `progress` is told before each probe how
/// many are done. The error is a sentence for the user: a compiler that cannot compile or load what it has made.
llvm::Expected<std::vector<Timing>> timeProbes(llvm::ArrayRef<Probe> probes, const Machine &machine, double seconds,
                                               llvm::function_ref<void(size_t done)> progress);

/// Seconds from one launch to the next of a kernel that does nothing, when every thread gets a part.
double timeLaunch(const Machine &machine);

} // namespace neap::calibrate
