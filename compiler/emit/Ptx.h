// Turns a module of CUDA kernels in the LLVM dialect into PTX, through LLVM's NVPTX backend; needs no CUDA toolkit.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

#include <string>

namespace neap::emit {

/// Whether LLVM knows the architecture and every device of it has what the kernels use: sm_80 and later.
bool isSupportedArchitecture(llvm::StringRef architecture);

/// PTX for an architecture such as `sm_90`. Every instruction is on the list of those whose results are exact or exactly
/// rounded (`findForeignInstruction`); a module that needs another one is an error that names it, and so is an unknown
/// architecture.
llvm::Expected<std::string> emitPtx(mlir::ModuleOp module, llvm::StringRef architecture);

/// The first instruction of a PTX text that is not on the list, as it stands there; empty if all are. Not on it are
/// approximations and flushes of denormals, whose bits differ from the CPU's, calls, atomics, and what nobody emits.
llvm::StringRef findForeignInstruction(llvm::StringRef ptx);

} // namespace neap::emit
