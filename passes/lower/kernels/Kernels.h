// Generates the kernel of a fusion group, for the CPU or for CUDA, from the structure of its loops.
//
// Four loop nests serve all groups that compute (pointwise, row, column, gemm), three more what goes from element to element
// in memory (concat, scatter, scan), and attention has its own. The computation at a loop point comes from the ops' own Fusible::buildBody. Both devices run
// the same nests over the same items and get the same bits (docs/design/0005): a CPU worker takes a range of large items, a CUDA
// thread one small one. Only rows, which sixteen threads share, and matrix products, which go through shared memory, differ further.
#pragma once

#include "neap/dialects/neap/Neap.h"
#include "neap/passes/lower/Code.h"
#include "neap/passes/lower/CpuDescription.h"
#include "neap/passes/lower/Device.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace neap::lower {

/// A generated kernel and what a launch of it needs.
struct Kernel {
  /// CPU: void(ptr buffers, i64 begin, i64 end, ptr scratch); see runtime/abi/neap_runtime.h. CUDA: an entry with one global
  /// pointer for each buffer. Buffers are the group's inputs, then its results.
  mlir::func::FuncOp function;
  int64_t items = 0;        ///< size of the iteration space that is handed out
  int64_t grain = 1;        ///< CPU: items worth waking a worker for
  int64_t scratchBytes = 0; ///< CPU: per worker
  int64_t itemThreads = 1;  ///< CUDA: threads that share an item
  int64_t blockThreads = 0; ///< CUDA: threads of a block, a multiple of itemThreads; 0 on the CPU
  /// CUDA: blocks of a launch.
  int64_t blocks() const { return llvm::divideCeil(items * itemThreads, blockThreads); }
};

/// What a kernel is made for. Changes its speed and scratch, never a bit of what it computes.
struct KernelTarget {
  CpuDescription cpu;
  int64_t workers = 2; ///< threads that matrix products are cut for
  Device device = Device::Cpu;

  /// How loops over `innermost` neighbouring elements are vectorised.
  VectorStyle vectorStyle(int64_t innermost) const;
  /// Elements of an item along a loop, where `onCpu` suit a CPU worker: a vector for a CUDA thread.
  int64_t itemElements(int64_t onCpu, int64_t innermost) const;
};

/// Bytes of scratch that a worker of a group's kernel needs: buildKernel's answer, before there is a kernel. Fails with an error
/// where that does.
mlir::FailureOr<int64_t> countScratchBytes(GroupKind kind, mlir::Block &body, const KernelTarget &target);

/// Appends the kernel `name` for a group's body to `module`. Fails with an error at the op that has no loop nest.
mlir::FailureOr<Kernel> buildKernel(mlir::ModuleOp module, llvm::StringRef name, GroupKind kind, mlir::Block &body,
                                    const KernelTarget &target);

} // namespace neap::lower
