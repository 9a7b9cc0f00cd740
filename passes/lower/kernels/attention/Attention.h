// The kernels of attention groups, one function for each target and direction.
#pragma once

#include "neap/passes/lower/kernels/Nest.h"
#include "neap/passes/lower/kernels/attention/Problem.h"

namespace neap::lower {

/// For the group of neap.attention or of one of its gradients, on the target's device.
mlir::FailureOr<Kernel> buildAttentionKernel(mlir::ModuleOp module, llvm::StringRef name, mlir::Block &body,
                                             const KernelTarget &target);

/// `buffers` counts those of the kernel.
Kernel buildCpuAttention(mlir::ModuleOp module, llvm::StringRef name, mlir::Location location, size_t buffers,
                         const AttentionForward &problem, const KernelTarget &target);
Kernel buildCpuAttention(mlir::ModuleOp module, llvm::StringRef name, mlir::Location location, size_t buffers,
                         const AttentionDelta &problem, const KernelTarget &target);
Kernel buildCpuAttention(mlir::ModuleOp module, llvm::StringRef name, mlir::Location location, size_t buffers,
                         const AttentionBackward &problem, const KernelTarget &target);
Kernel buildCudaAttention(mlir::ModuleOp module, llvm::StringRef name, mlir::Location location, size_t buffers,
                          const AttentionForward &problem, const KernelTarget &target);
Kernel buildCudaAttention(mlir::ModuleOp module, llvm::StringRef name, mlir::Location location, size_t buffers,
                          const AttentionDelta &problem, const KernelTarget &target);
/// The problem must have a delta: threads that own keys cannot wait for those that own queries.
Kernel buildCudaAttention(mlir::ModuleOp module, llvm::StringRef name, mlir::Location location, size_t buffers,
                          const AttentionBackward &problem, const KernelTarget &target);

} // namespace neap::lower
