// Attention groups: which op, which device.
#include "neap/passes/lower/kernels/attention/Attention.h"

using namespace mlir;

namespace neap::lower {

template <typename OpTy>
static FailureOr<Kernel> build(ModuleOp module, StringRef name, Block &body, OpTy op, const KernelTarget &target) {
  auto problem = describeAttention(op);
  if (failed(problem))
    return failure();
  Location location = body.getParentOp()->getLoc();
  size_t buffers = KernelShape::countBuffers(body);
  return target.device == Device::Cuda ? buildCudaAttention(module, name, location, buffers, *problem, target)
                                       : buildCpuAttention(module, name, location, buffers, *problem, target);
}

FailureOr<Kernel> buildAttentionKernel(ModuleOp module, StringRef name, Block &body, const KernelTarget &target) {
  for (Operation &op : body) {
    if (auto forward = dyn_cast<AttentionOp>(op))
      return build(module, name, body, forward, target);
    if (auto delta = dyn_cast<AttentionDeltaOp>(op))
      return build(module, name, body, delta, target);
    if (auto backward = dyn_cast<AttentionBackwardOp>(op)) {
      if (target.device == Device::Cuda && !backward.getDelta())
        return op.emitError("expected a delta, which neap-decompose{separate-attention-delta} makes for CUDA");
      return build(module, name, body, backward, target);
    }
  }
  return body.getParentOp()->emitError("expected an attention op in the group");
}

} // namespace neap::lower
