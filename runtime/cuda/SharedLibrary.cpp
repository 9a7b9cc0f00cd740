// dlopen and dlsym.
#include "neap/runtime/cuda/SharedLibrary.h"

#include <cstring>
#include <dlfcn.h>

namespace neap::cuda {

SharedLibrary::SharedLibrary(const char *name) : library_(dlopen(name, RTLD_NOW | RTLD_LOCAL)) {
  if (library_)
    return;
  const char *reason = dlerror();
  reason_ = reason ? reason : name;
}

void *SharedLibrary::find(const char *symbol) const { return dlsym(library_, symbol); }

const char *SharedLibrary::fill(std::span<const LibrarySymbol> symbols, void *table) const {
  for (const LibrarySymbol &symbol : symbols) {
    void *function = find(symbol.name);
    if (!function)
      return symbol.name;
    std::memcpy(static_cast<char *>(table) + symbol.offset, &function, sizeof function);
  }
  return nullptr;
}

} // namespace neap::cuda
