// From the LLVM dialect to optimised LLVM IR, the same way for every device.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace neap::emit {

/// The module as LLVM IR; null, with an error at the module, if it holds what has none.
std::unique_ptr<llvm::Module> translateToLlvm(mlir::ModuleOp module, llvm::LLVMContext &context);

/// Options of every target machine: an fma stands where an op's body writes one, and nowhere else.
llvm::TargetOptions makeTargetOptions();

/// LLVM's optimisations without those that would rearrange loops: kernels come vectorised and unrolled as they should be.
void optimize(llvm::Module &module, llvm::TargetMachine &machine);

} // namespace neap::emit
