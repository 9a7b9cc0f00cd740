// Turns a module of the LLVM dialect into an object file for a CPU, and says what that CPU is.
#pragma once

#include "neap/passes/lower/CpuDescription.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

#include <string>

namespace neap::emit {

struct TargetOptions {
  /// An x86-64 CPU as LLVM names it (x86-64-v3, znver4, ...) or "native", the machine of the compiler.
  std::string cpu = "native";
  /// As in LLVM's "target-features", for a CPU given by its name; empty: what the CPU has.
  std::string features = {};
};

/// The same target with the CPU's name and features written out: it means the same on every machine. An unknown name, or
/// a CPU without AVX2 and FMA, is an error that says so.
llvm::Expected<TargetOptions> resolveTarget(const TargetOptions &options);

/// What kernel generation wants to know of `cpu`. Errors as those of resolveTarget.
llvm::Expected<lower::CpuDescription> describeCpu(llvm::StringRef cpu);

/// Writes an optimised, position-independent ELF object. Floating-point operations are neither contracted nor
/// reordered, and 16-lane vectors use 512-bit registers where the CPU has them. An object that needs a function which
/// the module does not declare (a library call that slipped through the lowering) is refused. Errors are reported at
/// the module; one in writing the file is marked OutputUnwritable. With an empty path nothing is written.
mlir::LogicalResult emitObject(mlir::ModuleOp module, const TargetOptions &options, llvm::StringRef path);

} // namespace neap::emit
