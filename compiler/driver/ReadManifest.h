// Reads the manifest out of a training binary.
#pragma once

#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace neap {

/// The manifest of the ELF file `path`: the bytes of its symbol `neap_manifest`.
llvm::Expected<llvm::json::Object> readManifest(llvm::StringRef path);

/// The PTX of the kernels of a training binary for CUDA: the bytes of its symbol `neap_ptx`, without the zero at the end.
llvm::Expected<std::string> readPtx(llvm::StringRef path);

} // namespace neap
