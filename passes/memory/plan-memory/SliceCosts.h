// What it takes to compute some values of a step, as it will be fused.
#pragma once

#include "neap/passes/memory/plan-memory/KernelMemo.h"

namespace neap {

class SliceCosts {
public:
  SliceCosts(const LibraryRules &rules, KernelMemo &kernels) : rules(rules), kernels(kernels) {}

  /// Says that a value lies in memory.
  using IsGiven = llvm::function_ref<bool(mlir::Value)>;
  /// Seconds of the kernels that store `results` and read what is given, and nothing else. Fusion is asked about the ops in between
  /// alone. Fails, with a diagnostic, where there is no kernel.
  mlir::FailureOr<double> estimate(mlir::ArrayRef<mlir::Value> results, IsGiven isGiven);

private:
  const LibraryRules &rules;
  KernelMemo &kernels;
  std::unordered_map<BlockStructure, double, BlockStructureHash> known;
};

} // namespace neap
