// Kernels to functions; the loop nests are in passes/lower/kernels.
#include "neap/passes/lower/KernelInfo.h"
#include "neap/passes/lower/Program.h"
#include "neap/passes/lower/kernels/Kernels.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace neap {

#define GEN_PASS_DEF_LOWERKERNELS
#include "neap/passes/lower/Program.h.inc"

namespace {
struct LowerKernels : impl::LowerKernelsBase<LowerKernels> {
  using LowerKernelsBase::LowerKernelsBase;

  void runOnOperation() override {
    lower::CpuDescription cpu{lanes, registers, l1, l2};
    for (auto kernel : llvm::make_early_inc_range(getOperation().getOps<sched::KernelOp>())) {
      auto lowered = lower::buildKernel(getOperation(), kernel.getSymName(), kernel.getKind(), kernel.getBody().front(),
                                        {cpu, workers, device});
      if (failed(lowered))
        return signalPassFailure();
      lower::setKernelInfo(*lowered, kernel);
      kernel.erase();
    }
  }
};
} // namespace
} // namespace neap
