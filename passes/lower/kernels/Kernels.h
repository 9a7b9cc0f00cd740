// Generates the CPU kernel of a fusion group from the structure of its loops.
//
// Four loop nests serve all groups that compute (pointwise, row, column, gemm), three more what goes from element to element
// in memory (concat, scatter, scan). The computation at a loop point comes from the ops' own Fusible::buildBody.
#pragma once

#include "neap/dialects/neap/Neap.h"
#include "neap/passes/lower/CpuDescription.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace neap::lower {

/// A generated kernel and what a launch of it needs.
struct Kernel {
  /// void(ptr buffers, i64 begin, i64 end, ptr scratch); see runtime/abi/neap_runtime.h. Buffers are the group's inputs, then
  /// its results.
  mlir::func::FuncOp function;
  int64_t items = 0; ///< size of the iteration space that the runtime hands out
  int64_t grain = 1; ///< items worth waking a worker for
  int64_t scratchBytes = 0;
};

/// What a kernel is made for. Changes its speed and scratch, never a bit of what it computes.
struct KernelTarget {
  CpuDescription cpu;
  int64_t workers = 2; ///< threads that matrix products are cut for
};

/// Appends the kernel `name` for a group's body to `module`. Fails with an error at the op that has no loop nest.
mlir::FailureOr<Kernel> buildKernel(mlir::ModuleOp module, llvm::StringRef name, GroupKind kind, mlir::Block &body,
                                    const KernelTarget &target);

} // namespace neap::lower
