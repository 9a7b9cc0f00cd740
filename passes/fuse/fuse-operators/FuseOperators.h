// neap-fuse-operators as a function: what the pass does to a step, and what a planner asks before it decides.
#pragma once

#include "neap/passes/fuse/Passes.h"
#include "neap/passes/fuse/fuse-operators/Partition.h"

namespace neap {

/// What decides who computes matrix products; the pass's options.
struct LibraryOptions {
  MatrixProducts matrixProducts = MatrixProducts::Generated;
  int64_t libraryDepth = 0;
  bool allowTf32 = false;
  std::string profile;
};

/// Reads the profile; an error is a sentence for the user.
llvm::Expected<LibraryRules> readLibraryRules(const LibraryOptions &options);

/// Values that ops of the step and of its loops produced, as they were before fusion, to the results of groups that stand for
/// them now. The keys' ops are gone.
using FusedValues = llvm::DenseMap<mlir::Value, mlir::Value>;

/// Replaces the ops of a step by groups. Remarks only if `reports`. Fails, with a diagnostic, where groups
/// would wait for one another.
mlir::LogicalResult fuseOperators(StepOp step, const LibraryRules &rules, bool reports, FusedValues *values = nullptr);

/// The same for a block of ops that ends with what is to be stored.
mlir::LogicalResult fuseOperators(mlir::Block &block, const LibraryRules &rules);

/// Fails, with a diagnostic, where a group has no loop nest. Partition and kernels derive accesses each from its own anchor: where
/// they disagree fusion is to blame.
mlir::LogicalResult verifyGroups(StepOp step);

} // namespace neap
