// Symbols of the driver's library, by name.
#include "neap/runtime/cuda/LoadDriver.h"

#include "neap/runtime/cuda/DriverSymbols.h"

#include <cstring>
#include <dlfcn.h>

namespace neap::cuda {

namespace {

void *openLibrary(const char *name) {
  if (void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL))
    return library;
  const char *reason = dlerror();
  throw DriverUnavailable(std::string("no CUDA driver: ") + (reason ? reason : name),
                          "install NVIDIA's driver, or run with --device sim");
}

void *findSymbol(void *library, const char *name) {
  if (void *symbol = dlsym(library, name))
    return symbol;
  throw DriverUnavailable(std::string("the CUDA driver has no function '") + name + "'", "install a newer driver");
}

std::string versionText(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

/// Before anything else: an old driver lacks functions too, and its age says more than their names.
void requireVersion(void *library) {
  auto getVersion = reinterpret_cast<decltype(Driver::cuDriverGetVersion)>(findSymbol(library, "cuDriverGetVersion"));
  int version = 0;
  if (getVersion(&version) != Result::Success)
    throw DriverUnavailable("the CUDA driver does not tell its version", "install NVIDIA's driver again");
  if (version < oldestDriver)
    throw DriverUnavailable("the CUDA driver is too old: expected one for CUDA " + versionText(oldestDriver) +
                                " or newer, got one for CUDA " + versionText(version),
                            "install a newer driver");
}

} // namespace

Driver loadDriver(const char *name) {
  void *library = openLibrary(name);
  requireVersion(library);
  Driver driver = {};
  for (const DriverSymbol &symbol : driverSymbols) {
    void *function = findSymbol(library, symbol.name);
    std::memcpy(reinterpret_cast<char *>(&driver) + symbol.offset, &function, sizeof function);
  }
  return driver;
}

} // namespace neap::cuda
