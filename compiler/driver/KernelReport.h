// What `neap inspect --kernels` shows.
#pragma once

#include "neap/compiler/driver/ReadKernels.h"

#include "llvm/Support/raw_ostream.h"

namespace neap {

/// One line a kernel. Columns of CUDA come where a kernel has blocks, those of ptxas where it was asked, that of libraries where
/// a kernel is left to one.
void printKernels(const StepReport &step, llvm::raw_ostream &os);
/// The same, exact, as an object with an array `kernels`.
void printKernelsJson(const StepReport &step, llvm::raw_ostream &os);

/// The function of a kernel in PTX, from `.visible .entry` to its closing brace; empty if it is not there.
llvm::StringRef findPtxEntry(llvm::StringRef ptx, llvm::StringRef kernel);

} // namespace neap
