// Symbols of cuDNN's library, by name.
#include "neap/runtime/cuda/LoadCudnn.h"

#include "neap/runtime/cuda/CudnnSymbols.h"

namespace neap::cudnn {

static std::string versionText(size_t version) {
  return std::to_string(version / 10000) + "." + std::to_string(version % 10000 / 100);
}

Cudnn loadCudnn(const char *name) {
  cuda::SharedLibrary library(name);
  if (!library.isLoaded())
    throw Unavailable(library.reason());
  Cudnn table = {};
  if (const char *missing = library.fill(cudnnSymbols, &table))
    throw Unavailable(std::string(name) + " has no function '" + missing + "'");
  size_t version = table.cudnnGetVersion();
  if (version < oldestVersion)
    throw Unavailable("expected cuDNN " + versionText(oldestVersion) + " or newer, got " + versionText(version));
  return table;
}

} // namespace neap::cudnn
