// Symbols of cuBLASLt's library, by name.
#include "neap/runtime/cuda/LoadCublasLt.h"

#include "neap/runtime/cuda/CublasLtSymbols.h"

namespace neap::cublas {

CublasLt loadCublasLt(std::span<const char *const> names) {
  std::string reason;
  for (const char *name : names) {
    cuda::SharedLibrary library(name);
    if (!library.isLoaded()) {
      reason = reason.empty() ? library.reason() : reason; // of the newest
      continue;
    }
    CublasLt table = {};
    if (const char *missing = library.fill(cublasLtSymbols, &table))
      throw Unavailable(std::string(name) + " has no function '" + missing + "'");
    return table;
  }
  throw Unavailable(reason);
}

} // namespace neap::cublas
