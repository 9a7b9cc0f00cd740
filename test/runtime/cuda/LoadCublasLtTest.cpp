// The table is filled with the right functions; the library of this machine, where there is one, takes what we tell it.
#include "neap/runtime/cuda/LoadCublasLt.h"

#include "neap/runtime/cuda/CublasLtSymbols.h"

#include <cstring>
#include <gtest/gtest.h>

namespace neap::test {
namespace {

using namespace cublas;

std::string refusal(std::initializer_list<const char *> names) {
  try {
    loadCublasLt(std::span(names.begin(), names.size()));
    return "";
  } catch (const Unavailable &error) {
    return error.what();
  }
}

TEST(LoadCublasLtTest, EachFunctionStandsInItsPlace) {
  const char *names[] = {"libnothing.so.1", FAKE_CUBLASLT}; // the first that there is
  CublasLt table = loadCublasLt(names);
  size_t number = 0;
  for (const cuda::LibrarySymbol &symbol : cublasLtSymbols) {
    int (*function)() = nullptr;
    std::memcpy(&function, reinterpret_cast<const char *>(&table) + symbol.offset, sizeof function);
    EXPECT_EQ(function(), int(20000 + number)) << symbol.name;
    ++number;
  }
}

TEST(LoadCublasLtTest, WhatIsMissingIsNamed) {
  EXPECT_EQ(refusal({"libnothing.so.2", "libnothing.so.1"}),
            "libnothing.so.2: cannot open shared object file: No such file or directory");
  EXPECT_EQ(refusal({FAKE_PARTIAL_CUBLASLT}),
            std::string(FAKE_PARTIAL_CUBLASLT) + " has no function 'cublasLtMatmulAlgoCheck'");
}

/// Descriptors need no card: the real library takes every attribute with the size that we give it, and no other size.
TEST(LoadCublasLtTest, TheInstalledLibraryTakesOurAttributes) {
  CublasLt table;
  try {
    table = loadCublasLt();
  } catch (const Unavailable &error) {
    GTEST_SKIP() << error.what();
  }
  EXPECT_GE(table.cublasLtGetVersion(), 120000u);
  EXPECT_STREQ(table.cublasLtGetStatusName(Status::NotSupported), "CUBLAS_STATUS_NOT_SUPPORTED");
  Matmul matmul = nullptr;
  Layout layout = nullptr;
  Preference preference = nullptr;
  ASSERT_EQ(table.cublasLtMatmulDescCreate(&matmul, ComputeType::F32FastTf32, DataType::F32), Status::Success);
  ASSERT_EQ(table.cublasLtMatrixLayoutCreate(&layout, DataType::F32, 8, 4, 8), Status::Success);
  ASSERT_EQ(table.cublasLtMatmulPreferenceCreate(&preference), Status::Success);
  auto expectBytes = [](auto set, auto object, auto attribute, size_t bytes, uint64_t value) {
    EXPECT_EQ(set(object, attribute, &value, bytes), Status::Success) << int(attribute);
    EXPECT_NE(set(object, attribute, &value, bytes == 4 ? 8 : 4), Status::Success) << int(attribute);
  };
  auto setMatmul = table.cublasLtMatmulDescSetAttribute;
  expectBytes(setMatmul, matmul, MatmulAttribute::TransposeA, sizeof(Operation), 1);
  expectBytes(setMatmul, matmul, MatmulAttribute::TransposeB, sizeof(Operation), 1);
  expectBytes(setMatmul, matmul, MatmulAttribute::Epilogue, sizeof(Epilogue), uint64_t(Epilogue::Bias));
  expectBytes(setMatmul, matmul, MatmulAttribute::BiasPointer, sizeof(cuda::DevicePointer), 256);
  expectBytes(setMatmul, matmul, MatmulAttribute::BiasType, sizeof(DataType), uint64_t(DataType::F32));
  expectBytes(table.cublasLtMatrixLayoutSetAttribute, layout, LayoutAttribute::BatchCount, sizeof(int32_t), 2);
  expectBytes(table.cublasLtMatrixLayoutSetAttribute, layout, LayoutAttribute::BatchStride, sizeof(int64_t), 32);
  auto setPreference = table.cublasLtMatmulPreferenceSetAttribute;
  expectBytes(setPreference, preference, PreferenceAttribute::MaxWorkspaceBytes, sizeof(uint64_t), 1 << 20);
  expectBytes(setPreference, preference, PreferenceAttribute::ReductionSchemes, sizeof(uint32_t), reductionComputeType);
  for (auto alignment : {PreferenceAttribute::AlignmentA, PreferenceAttribute::AlignmentB,
                         PreferenceAttribute::AlignmentC, PreferenceAttribute::AlignmentD})
    expectBytes(setPreference, preference, alignment, sizeof(uint32_t), 16);
  EXPECT_EQ(table.cublasLtMatmulPreferenceDestroy(preference), Status::Success);
  EXPECT_EQ(table.cublasLtMatrixLayoutDestroy(layout), Status::Success);
  EXPECT_EQ(table.cublasLtMatmulDescDestroy(matmul), Status::Success);
}

} // namespace
} // namespace neap::test
