// Reads the manifest out of a training binary.
#pragma once

#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace neap {

/// The manifest of the ELF file `path`: the bytes of its symbol `neap_manifest`.
llvm::Expected<llvm::json::Object> readManifest(llvm::StringRef path);

} // namespace neap
