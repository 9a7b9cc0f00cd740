// Which loop nest a group gets.
#include "neap/passes/lower/kernels/Kernels.h"

#include "neap/passes/lower/kernels/Cuda.h"
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
