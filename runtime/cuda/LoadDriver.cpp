// Symbols of the driver's library, by name.
#include "neap/runtime/cuda/LoadDriver.h"

#include "neap/runtime/cuda/DriverSymbols.h"

namespace neap::cuda {

namespace {

SharedLibrary openLibrary(const char *name) {
  SharedLibrary library(name);
  if (library.isLoaded())
    return library;
  throw DriverUnavailable("no CUDA driver: " + library.reason(), "install NVIDIA's driver, or run with --device sim");
}

void requireFunction(const char *missing) {
  if (missing)
    throw DriverUnavailable(std::string("the CUDA driver has no function '") + missing + "'", "install a newer driver");
}

std::string versionText(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

/// Before anything else: an old driver lacks functions too, and its age says more than their names.
void requireVersion(const SharedLibrary &library) {
  constexpr const char *name = "cuDriverGetVersion";
  auto getVersion = reinterpret_cast<decltype(Driver::cuDriverGetVersion)>(library.find(name));
  requireFunction(getVersion ? nullptr : name);
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
  SharedLibrary library = openLibrary(name);
  requireVersion(library);
  Driver driver = {};
  requireFunction(library.fill(driverSymbols, &driver));
  return driver;
}

} // namespace neap::cuda
