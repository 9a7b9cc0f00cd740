// From an object file to a training binary, or to a library that this process loads.
#pragma once

#include "llvm/Support/Error.h"

namespace neap::emit {

/// Links `object` with the runtime archive that lies beside the running program (../lib) to the executable `output`, which
/// needs libc alone. The linker's messages become the error.
llvm::Error linkProgram(llvm::StringRef object, llvm::StringRef output);

/// Links `object` alone to the shared library `output`.
llvm::Error linkLibrary(llvm::StringRef object, llvm::StringRef output);

} // namespace neap::emit
