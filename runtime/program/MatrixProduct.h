// A matrix product that a library may compute, as the manifest describes it.
#ifndef NEAP_RUNTIME_PROGRAM_MATRIXPRODUCT_H
#define NEAP_RUNTIME_PROGRAM_MATRIXPRODUCT_H

#include "neap/runtime/program/ElementType.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace neap::runtime {

/// A row-major matrix of a launch's operand, or one for each index of the batch. Numbers count elements.
struct ProductMatrix {
  size_t argument = 0;
  uint64_t offset = 0;
  /// From one row to the next; if `transposed`, from one column to the next.
  uint64_t leading = 0;
  bool transposed = false;
  std::vector<uint64_t> batchStrides;
};

/// The bias has an element for each column.
struct ProductBias {
  size_t argument = 0;
  uint64_t offset = 0;
};

/// A configured algorithm of a library, as a profile has found it.
struct ProductAlgorithm {
  /// The library's version; with another one the bytes mean nothing.
  size_t library = 0;
  uint64_t workspaceBytes = 0;
  std::vector<uint64_t> config;
};

/// result (m x n) = lhs (m x k) rhs (k x n), then plus the bias or the addend, if there is one. Over all indices of `batch`.
struct MatrixProduct {
  uint64_t m = 0, n = 0, k = 0;
  std::vector<uint64_t> batch;
  Type type = Type::F32;
  /// Whether factors may be rounded to TF32.
  bool allowsTf32 = false;
  ProductMatrix lhs, rhs, result;
  std::optional<ProductBias> bias;
  std::optional<ProductMatrix> addend;
  std::optional<ProductAlgorithm> algorithm;

  /// "256 x 768 x 3072", with the batch if there is one.
  std::string text() const;
};

} // namespace neap::runtime

#endif
