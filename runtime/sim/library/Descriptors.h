// What handles of the simulated cuBLASLt stand for, and how their attributes are set.
#ifndef NEAP_RUNTIME_SIM_LIBRARY_DESCRIPTORS_H
#define NEAP_RUNTIME_SIM_LIBRARY_DESCRIPTORS_H

#include "neap/runtime/cuda/CublasLt.h"

#include <array>
#include <string>

namespace neap::sim::library {

/// Thrown to leave a call with a status, and with a report.
struct LibraryError {
  cublas::Status status;
  std::string text;
};

/// Throws LibraryError with InvalidValue.
void require(bool condition, const std::string &otherwise);

struct HandleState {
  static constexpr const char *kind = "cublasLt handle";
};

struct MatmulState {
  static constexpr const char *kind = "matmul descriptor";
  cublas::ComputeType compute = cublas::ComputeType::F32;
  cublas::DataType scale = cublas::DataType::F32;
  cublas::Operation transposeA = cublas::Operation::None, transposeB = cublas::Operation::None;
  cublas::Epilogue epilogue = cublas::Epilogue::Default;
  const void *bias = nullptr;
  /// -1: that of D.
  cublas::DataType biasType = cublas::DataType(-1);

  void set(cublas::MatmulAttribute attribute, const void *value, size_t bytes);
};

struct LayoutState {
  static constexpr const char *kind = "matrix layout";
  cublas::DataType type = cublas::DataType::F32;
  uint64_t rows = 0, columns = 0;
  int64_t leading = 0;
  int32_t batch = 1;
  int64_t batchStride = 0;

  void set(cublas::LayoutAttribute attribute, const void *value, size_t bytes);
  bool operator==(const LayoutState &) const = default;
};

struct PreferenceState {
  static constexpr const char *kind = "matmul preference";
  uint64_t maxWorkspaceBytes = 0;
  uint32_t reductionSchemes = 7;
  /// Of A, B, C, D.
  std::array<uint32_t, 4> alignments = {256, 256, 256, 256};

  void set(cublas::PreferenceAttribute attribute, const void *value, size_t bytes);
};

/// Bytes of an element.
uint64_t bytesOf(cublas::DataType type);

} // namespace neap::sim::library

#endif
