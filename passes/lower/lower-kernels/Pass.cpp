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

  /// What a library would be asked for instead of a kernel that is marked so.
  static FailureOr<std::optional<LibraryProduct>> describeProduct(sched::KernelOp kernel) {
    if (!kernel.getLibrary())
      return std::optional<LibraryProduct>();
    std::string obstacle;
    std::optional<LibraryProduct> product = describeLibraryProduct(kernel.getBody().front(), obstacle);
    if (!product)
      return LogicalResult(kernel.emitOpError("expected a product that a library can be told, but ") << obstacle);
    return product;
  }

  void runOnOperation() override {
    lower::CpuDescription cpu{lanes, registers, l1, l2};
    for (auto kernel : llvm::make_early_inc_range(getOperation().getOps<sched::KernelOp>())) {
      FailureOr<std::optional<LibraryProduct>> product = describeProduct(kernel);
      if (failed(product))
        return signalPassFailure();
      auto lowered = lower::buildKernel(getOperation(), kernel.getSymName(), kernel.getKind(), kernel.getBody().front(),
                                        {cpu, workers, device});
      if (failed(lowered))
        return signalPassFailure();
      lower::setKernelInfo(*lowered, kernel, *product);
      kernel.erase();
    }
  }
};
} // namespace
} // namespace neap
