// neap-emit-ptx. See Pass.td.
#include "neap/compiler/emit/LlvmModule.h"
#include "neap/compiler/emit/Passes.h"
#include "neap/compiler/emit/Ptx.h"
#include "neap/passes/lower/kernels/Cuda.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace neap::emit {
#define GEN_PASS_DEF_EMITPTX
#include "neap/compiler/emit/Emit.h.inc"
} // namespace neap::emit

using namespace mlir;
using namespace neap;

namespace {

constexpr StringLiteral ptxName = "neap_ptx";

/// Kernels, and variables in any of the device's memories.
bool belongsToDevice(Operation &op) {
  auto variable = dyn_cast<LLVM::GlobalOp>(op);
  return op.hasAttr(lower::cudaBlockAttribute) || (variable && variable.getAddrSpace() != 0);
}

struct EmitPtx : emit::impl::EmitPtxBase<EmitPtx> {
  using EmitPtxBase::EmitPtxBase;

  void getDependentDialects(DialectRegistry &registry) const override { emit::registerTranslations(registry); }

  /// The device's part of the module, moved to a module of its own; null if there is none.
  OwningOpRef<ModuleOp> splitOff() {
    OwningOpRef<ModuleOp> device;
    for (Operation &op : llvm::make_early_inc_range(*getOperation().getBody())) {
      if (!belongsToDevice(op))
        continue;
      if (!device)
        device = ModuleOp::create(getOperation().getLoc(), "kernels");
      op.moveBefore(device->getBody(), device->getBody()->end());
    }
    return device;
  }

  void define(std::string ptx) {
    ptx.push_back('\0');
    if (auto declaration = getOperation().lookupSymbol(ptxName))
      declaration->erase();
    OpBuilder builder = OpBuilder::atBlockEnd(getOperation().getBody());
    auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), ptx.size());
    LLVM::GlobalOp::create(builder, getOperation().getLoc(), type, /*isConstant=*/true, LLVM::Linkage::Internal, ptxName,
                           builder.getStringAttr(ptx));
  }

  void runOnOperation() override {
    OwningOpRef<ModuleOp> device = splitOff();
    if (!device)
      return;
    llvm::Expected<std::string> ptx = emit::emitPtx(*device, architecture);
    if (!ptx) {
      getOperation().emitError(llvm::toString(ptx.takeError()));
      return signalPassFailure();
    }
    define(std::move(*ptx));
  }
};

} // namespace
