// NVIDIA's assembler, where it is installed: machine code from PTX, and what each kernel takes of a device.
#pragma once

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

#include <string>

namespace neap::emit {

/// What a thread (registers, spilled bytes) or a block (shared memory) of a kernel takes.
struct KernelResources {
  int64_t registers = 0;
  int64_t sharedBytes = 0;
  /// Written and read again because registers did not suffice; both are counted.
  int64_t spillBytes = 0;
};

struct Assembly {
  std::string cubin;
  /// By kernel.
  llvm::StringMap<KernelResources> kernels;
};

/// ptxas in one of the folders of $PATH, in $CUDA_HOME/bin or in /usr/local/cuda/bin; empty if it is in none of them.
std::string findPtxas();

/// Assembles a module for one architecture, such as `sm_90`, with the program `ptxas`. An error has what it said. The same text
/// gives the same bytes.
llvm::Expected<Assembly> assemblePtx(llvm::StringRef ptx, llvm::StringRef architecture, llvm::StringRef ptxas);

/// Reads what `ptxas -v` prints about each kernel.
llvm::StringMap<KernelResources> parsePtxasReport(llvm::StringRef report);

} // namespace neap::emit
