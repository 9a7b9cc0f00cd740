// What a lowered kernel says of itself: attributes of the function that a `sched.kernel` became.
#pragma once

#include "neap/dialects/sched/Sched.h"
#include "neap/passes/fuse/LibraryProduct.h"
#include "neap/passes/lower/kernels/Kernels.h"

#include "llvm/ADT/SmallVector.h"

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
  /// What a library of the device may be asked for instead.
  std::optional<LibraryProduct> product;
};

/// What a launch of a lowered kernel needs and what the `sched.kernel` is, to be kept on the function that replaces it.
void setKernelInfo(const Kernel &lowered, sched::KernelOp kernel, const std::optional<LibraryProduct> &product);

/// What setKernelInfo stored; nothing if the operation is no lowered kernel.
std::optional<KernelInfo> getKernelInfo(mlir::Operation *function);

} // namespace neap::lower
