// What a lowered kernel says of itself: attributes of the function that a `sched.kernel` became.
#pragma once

#include "neap/dialects/sched/Sched.h"
#include "neap/passes/fuse/LibraryProduct.h"
#include "neap/passes/lower/kernels/Kernels.h"
#include "neap/passes/planning/KernelCost.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"

namespace neap::lower {

struct KernelInfo {
  /// Size of the iteration space, and the least number of items worth handing out.
  int64_t items = 0;
  int64_t grain = 1;
  int64_t scratchBytes = 0;
  /// CUDA: blocks of a launch and threads of a block; 0 for a kernel of the CPU.
  int64_t blocks = 0, blockThreads = 0;
  GroupKind kind = GroupKind::Pointwise;
  /// Operations of the body, each once, without the dialect's name.
  llvm::SmallVector<llvm::StringRef> ops;
  /// Nothing in IR of another source than neap-lower-kernels. Launches are the program's to count.
  std::optional<planning::KernelCost> cost;
  /// What a library of the device may be asked for instead.
  std::optional<LibraryProduct> product;
};

/// Names of a kernel's operations, each once, without the dialect's name.
llvm::SmallVector<llvm::StringRef> listOps(sched::KernelOp kernel);

/// What one launch of a kernel costs, on any device.
planning::KernelCost describeCost(sched::KernelOp kernel);

/// Launches of each kernel in one run of a program, by the kernel's name.
llvm::StringMap<int64_t> countLaunches(sched::ProgramOp program);

/// What a launch of a lowered kernel needs and what the `sched.kernel` is, to be kept on the function that replaces it.
void setKernelInfo(const Kernel &lowered, sched::KernelOp kernel, const std::optional<LibraryProduct> &product);

/// What setKernelInfo stored; nothing if the operation is no lowered kernel.
std::optional<KernelInfo> getKernelInfo(mlir::Operation *function);

} // namespace neap::lower
