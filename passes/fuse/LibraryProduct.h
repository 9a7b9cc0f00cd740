// Matrix products as a library of the device can be told them: what of a gemm group's structure a call of cuBLASLt has words
// for. docs/design/0007-device-libraries.md says why it is so little.
#pragma once

#include "neap/passes/fuse/Group.h"

#include <optional>

namespace neap {

/// A row-major matrix in an argument of the body (or in its result), one for each index of the batch. Numbers count elements.
struct LibraryMatrix {
  int64_t argument = 0;
  int64_t offset = 0;
  /// From one row to the next; if `transposed`, from one column to the next.
  int64_t leading = 0;
  bool transposed = false;
  llvm::SmallVector<int64_t> batchStrides;
};

/// result (m x n) = lhs (m x k) rhs (k x n), then plus the bias (an element for each column) or the addend.
struct LibraryProduct {
  int64_t m = 0, n = 0, k = 0;
  /// Merged as far as the layouts allow: into the rows, else among themselves. The last dimension is the library's own; for the
  /// others it is called again and again.
  llvm::SmallVector<int64_t> batch;
  LibraryMatrix lhs, rhs, result;
  std::optional<LibraryMatrix> bias, addend;
};

/// The product of a gemm group's body; `result` has the number of the arguments. Nothing, with the obstacle in words, where the body
/// says what a call cannot.
std::optional<LibraryProduct> describeLibraryProduct(mlir::Block &body, std::string &obstacle);

/// A product of operands that lie like this over (batch, m, k) and (batch, k, n), with a dense result: the same for a matmul
/// that is in no group yet. `argument`s mean nothing.
std::optional<LibraryProduct> describeLibraryProduct(mlir::Operation *matmul, const LinearForm &lhs,
                                                     const LinearForm &rhs, std::string &obstacle);

/// How a value can follow a product whose loops are `loops`, if it lies at `position`: as a bias, or as an addend.
bool isLibraryBias(const LinearForm &position, llvm::ArrayRef<int64_t> loops);
bool isLibraryAddend(const LinearForm &position, llvm::ArrayRef<int64_t> loops);

} // namespace neap
