// Which loop nest a group gets.
#include "neap/passes/lower/kernels/Kernels.h"

#include "neap/passes/lower/kernels/Nest.h"

using namespace mlir;

namespace neap::lower {

FailureOr<Kernel> buildKernel(ModuleOp module, StringRef name, GroupKind kind, Block &body, const KernelTarget &target) {
  switch (kind) {
  case GroupKind::Pointwise:
    return buildPointwiseKernel(module, name, body);
  case GroupKind::Row:
    return buildRowKernel(module, name, body);
  case GroupKind::Column:
    return buildColumnKernel(module, name, body);
  case GroupKind::Gemm:
    return buildGemmKernel(module, name, body, target);
  case GroupKind::Concat:
    return isa<UnsliceOp>(body.getTerminator()->getOperand(0).getDefiningOp()) ? buildUnsliceKernel(module, name, body)
                                                                              : buildConcatKernel(module, name, body);
  case GroupKind::Scatter:
    return buildScatterKernel(module, name, body);
  case GroupKind::Scan:
    return buildScanKernel(module, name, body);
  }
  llvm_unreachable("unknown kind of group");
}

} // namespace neap::lower
