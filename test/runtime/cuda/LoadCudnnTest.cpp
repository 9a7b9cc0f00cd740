// The table is filled with the right functions, and what stands in the way is said.
#include "neap/runtime/cuda/LoadCudnn.h"

#include "neap/runtime/cuda/CudnnSymbols.h"

#include <cstring>
#include <gtest/gtest.h>

namespace neap::test {
namespace {

using namespace cudnn;

TEST(LoadCudnnTest, EachFunctionStandsInItsPlace) {
  Cudnn table = loadCudnn(FAKE_CUDNN);
  EXPECT_EQ(table.cudnnGetVersion(), 91900u);
  for (size_t number = 1; number < std::size(cudnnSymbols); ++number) {
    int (*function)() = nullptr;
    std::memcpy(&function, reinterpret_cast<const char *>(&table) + cudnnSymbols[number].offset, sizeof function);
    EXPECT_EQ(function(), int(number)) << cudnnSymbols[number].name;
  }
}

std::string refusal(const char *name) {
  try {
    loadCudnn(name);
    return "";
  } catch (const Unavailable &error) {
    return error.what();
  }
}

TEST(LoadCudnnTest, WhatStandsInTheWayIsSaid) {
  EXPECT_EQ(refusal("libnothing.so.9"), "libnothing.so.9: cannot open shared object file: No such file or directory");
  EXPECT_EQ(refusal(FAKE_PARTIAL_CUDNN),
            std::string(FAKE_PARTIAL_CUDNN) + " has no function 'cudnnBackendGetAttribute'");
  EXPECT_EQ(refusal(FAKE_OLD_CUDNN), "expected cuDNN 9.8 or newer, got 9.7");
}

} // namespace
} // namespace neap::test
