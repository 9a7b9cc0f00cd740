// What kernels of fusion groups need and take, remembered: layers of a model ask for the same again and again, and so do trials.
#pragma once

#include "neap/passes/memory/plan-memory/BlockStructure.h"
#include "neap/passes/memory/plan-memory/TrialSettings.h"

#include <unordered_map>

namespace neap {

struct KernelFacts {
  int64_t scratchBytes = 0; ///< of each worker
  double seconds = 0;       ///< that a launch is expected to take
};

class KernelMemo {
public:
  explicit KernelMemo(const TrialSettings &settings) : settings(settings) {}
  /// Fails, with a diagnostic, where a group has no kernel.
  mlir::FailureOr<KernelFacts> describe(FusedOp group);

private:
  mlir::FailureOr<double> estimate(FusedOp group) const;

  const TrialSettings &settings;
  std::unordered_map<BlockStructure, KernelFacts, BlockStructureHash> known; ///< with the group's own attributes
};

} // namespace neap
