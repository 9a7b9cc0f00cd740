// Which loop nest a group gets.
#include "neap/passes/lower/kernels/Kernels.h"

#include "neap/passes/lower/kernels/Cuda.h"
#include "neap/passes/lower/kernels/GemmGroup.h"
#include "neap/passes/lower/kernels/Nest.h"
#include "neap/passes/lower/kernels/attention/Attention.h"

using namespace mlir;

namespace neap::lower {

VectorStyle KernelTarget::vectorStyle(int64_t innermost) const {
  if (device == Device::Cpu)
    return {16, false};
  return innermost % cudaLanes == 0 ? VectorStyle{cudaLanes, true} : VectorStyle{1, false};
}

int64_t KernelTarget::itemElements(int64_t onCpu, int64_t innermost) const {
  return device == Device::Cpu ? onCpu : vectorStyle(innermost).lanes;
}

FailureOr<int64_t> countScratchBytes(GroupKind kind, Block &body, const KernelTarget &target) {
  if (target.device != Device::Cpu)
    return 0;
  if (kind == GroupKind::Gemm) {
    auto problem = describeProduct(findMatmul(body), body);
    if (failed(problem))
      return failure();
    return gemmScratchBytes(*problem, chooseGemmTiling(*problem, target.cpu, target.workers));
  }
  if (kind != GroupKind::Attention)
    return 0;
  // Few and small: cheaper than a second description of their scratch, which would have to stay equal to the first.
  OwningOpRef<ModuleOp> scratch = ModuleOp::create(body.getParentOp()->getLoc());
  FailureOr<Kernel> kernel = buildKernel(*scratch, "scratch", kind, body, target);
  if (failed(kernel))
    return failure();
  return kernel->scratchBytes;
}

FailureOr<Kernel> buildKernel(ModuleOp module, StringRef name, GroupKind kind, Block &body, const KernelTarget &target) {
  switch (kind) {
  case GroupKind::Pointwise:
    return buildPointwiseKernel(module, name, body, target);
  case GroupKind::Row:
    return buildRowKernel(module, name, body, target);
  case GroupKind::Column:
    return buildColumnKernel(module, name, body, target);
  case GroupKind::Gemm:
    return target.device == Device::Cuda ? buildCudaGemmKernel(module, name, body, target)
                                         : buildGemmKernel(module, name, body, target);
  case GroupKind::Concat:
    return isa<UnsliceOp>(body.getTerminator()->getOperand(0).getDefiningOp())
               ? buildUnsliceKernel(module, name, body, target)
               : buildConcatKernel(module, name, body, target);
  case GroupKind::Scatter:
    return buildScatterKernel(module, name, body, target);
  case GroupKind::Scan:
    return buildScanKernel(module, name, body, target);
  case GroupKind::Attention:
    return buildAttentionKernel(module, name, body, target);
  }
  llvm_unreachable("unknown kind of group");
}

} // namespace neap::lower
