// From the LLVM dialect to optimised LLVM IR, the same way for every device.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace neap::emit {

/// Hands on what LLVM reports while it lives, as diagnostics of a module: left to itself, LLVM ends the process at an error.
class LlvmMessages {
public:
  LlvmMessages(mlir::ModuleOp module, llvm::LLVMContext &context);
  bool hasError() const { return sawError; }

private:
  void handOn(const llvm::DiagnosticInfo &info);

  mlir::ModuleOp module;
  bool sawError = false;
};

/// Registers what translateToLlvm needs, for a pass that may not do so while it runs.
void registerTranslations(mlir::DialectRegistry &registry);

/// The module as LLVM IR; null, with an error at the module, if it holds what has none.
std::unique_ptr<llvm::Module> translateToLlvm(mlir::ModuleOp module, llvm::LLVMContext &context);

/// Options of every target machine: an fma stands where an op's body writes one, and nowhere else.
llvm::TargetOptions makeTargetOptions();

/// LLVM's optimisations without those that would rearrange loops: kernels come vectorised and unrolled as they should be.
void optimize(llvm::Module &module, llvm::TargetMachine &machine);

} // namespace neap::emit
