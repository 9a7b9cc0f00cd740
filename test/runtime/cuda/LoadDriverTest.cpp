// The table is filled with the right functions, and what stands in the way is said.
#include "neap/runtime/cuda/LoadDriver.h"

#include "neap/runtime/cuda/DriverSymbols.h"

#include <cstring>
#include <gtest/gtest.h>

namespace neap::test {
namespace {

using cuda::DriverUnavailable;

TEST(LoadDriverTest, EachFunctionStandsInItsPlace) {
  cuda::Driver driver = cuda::loadDriver(FAKE_DRIVER);
  size_t number = 0;
  for (const cuda::LibrarySymbol &symbol : cuda::driverSymbols) {
    int (*function)() = nullptr;
    std::memcpy(&function, reinterpret_cast<const char *>(&driver) + symbol.offset, sizeof function);
    EXPECT_EQ(symbol.offset, number * sizeof(void *)) << symbol.name;
    if (std::string(symbol.name) != "cuDriverGetVersion")
      EXPECT_EQ(function(), int(10000 + number)) << symbol.name;
    ++number;
  }
  EXPECT_EQ(driver.declareAccesses, nullptr);
  EXPECT_EQ(driver.describeOperation, nullptr);
  EXPECT_EQ(driver.poison, nullptr);
  EXPECT_EQ(driver.poisonHost, nullptr);
  int version = 0;
  driver.cuDriverGetVersion(&version);
  EXPECT_EQ(version, 12020);
}

/// What a library is refused for, and what would help.
std::string refusal(const char *library) {
  try {
    cuda::loadDriver(library);
    return "";
  } catch (const DriverUnavailable &error) {
    return std::string(error.what()) + "; " + error.note();
  }
}

TEST(LoadDriverTest, WithoutALibraryThereIsNoDriver) {
  EXPECT_EQ(refusal("libnothing.so.1"),
            "no CUDA driver: libnothing.so.1: cannot open shared object file: No such file or "
            "directory; install NVIDIA's driver, or run with --device sim");
}

TEST(LoadDriverTest, AnOldDriverIsRefused) {
  EXPECT_EQ(refusal(FAKE_OLD_DRIVER),
            "the CUDA driver is too old: expected one for CUDA 12.0 or newer, got one for CUDA "
            "11.8; install a newer driver");
}

TEST(LoadDriverTest, AMissingFunctionIsNamed) {
  EXPECT_EQ(refusal(FAKE_PARTIAL_DRIVER), "the CUDA driver has no function 'cuGraphCreate'; install a newer driver");
}

TEST(LoadDriverTest, ALibraryThatIsNoDriverIsRefused) {
  EXPECT_EQ(refusal("libm.so.6"), "the CUDA driver has no function 'cuDriverGetVersion'; install a newer driver");
}

} // namespace
} // namespace neap::test
