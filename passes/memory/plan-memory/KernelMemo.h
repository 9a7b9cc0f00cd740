// What kernels of fusion groups need and take, remembered: layers of a model ask for the same again and again, and so do trials.
#pragma once

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
  /// What a group computes, on what types, in words that are equal where that is: names, attributes and types are unique in their
  /// context, and values are numbered.
  using Structure = std::vector<const void *>;
  struct Hash {
    size_t operator()(const Structure &structure) const { return llvm::hash_combine_range(structure); }
  };
  static Structure getStructure(FusedOp group);
  mlir::FailureOr<double> estimate(FusedOp group) const;

  const TrialSettings &settings;
  std::unordered_map<Structure, KernelFacts, Hash> known;
};

} // namespace neap
