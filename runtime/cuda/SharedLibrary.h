// Libraries that are loaded at run time: a table of pointers is filled by name.
#ifndef NEAP_RUNTIME_CUDA_SHAREDLIBRARY_H
#define NEAP_RUNTIME_CUDA_SHAREDLIBRARY_H

#include <cstddef>
#include <span>
#include <string>

namespace neap::cuda {

/// A function of a table of pointers.
struct LibrarySymbol {
  const char *name;
  /// Where its pointer stands in the table.
  size_t offset;
};

/// A library that stays loaded until the process ends.
class SharedLibrary {
public:
  /// Loads it by a name that the system's loader finds.
  explicit SharedLibrary(const char *name);

  bool isLoaded() const { return library_; }
  /// Why it is not, as the loader says.
  const std::string &reason() const { return reason_; }
  /// Null if the library has no such function.
  void *find(const char *symbol) const;
  /// Fills a table. Returns the first function that is missing; null if there is none.
  const char *fill(std::span<const LibrarySymbol> symbols, void *table) const;

private:
  void *library_;
  std::string reason_;
};

} // namespace neap::cuda

#endif
