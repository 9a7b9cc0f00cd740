// Matrix products by cuBLASLt: what the manifest says of a product becomes a call that is planned once and made every step.
//
// Ours are row-major, the library's column-major. The bytes of a row-major C = A B are those of a column-major C' = B' A', so lhs
// and rhs change places and nothing is moved:
//
//     ours     result m x n  =  lhs m x k  .  rhs k x n
//     theirs   D      n x m  =  A   n x k  .  B   k x m        A: the bytes of rhs, B: those of lhs
#ifndef NEAP_RUNTIME_CUDA_MATRIXPRODUCTS_H
#define NEAP_RUNTIME_CUDA_MATRIXPRODUCTS_H

#include "neap/runtime/cuda/CublasLt.h"
#include "neap/runtime/program/MatrixProduct.h"

#include <functional>
#include <memory>
#include <stdexcept>

namespace neap::runtime {

/// A call of the library failed: what() names it and its status.
class LibraryCallFailed : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Bytes of the device.
struct Workspace {
  cuda::DevicePointer address = 0;
  uint64_t bytes = 0;
};

/// A product at fixed addresses, ready to be called.
class PlannedProduct {
public:
  virtual ~PlannedProduct() = default;
  /// What the algorithm uses of its workspace.
  virtual uint64_t workspaceBytes() const = 0;
  virtual const cublas::Algorithm &algorithm() const = 0;
  /// Puts the product into a stream: a call for each matrix of the batch's outer dimensions, and `beforeCall`, if any, before each
  /// of them. Throws LibraryCallFailed.
  virtual void enqueue(cuda::Stream stream, const std::function<void()> &beforeCall) const = 0;
};

/// The library in the context that is current when it is made.
class MatrixProducts {
public:
  /// Throws LibraryCallFailed.
  explicit MatrixProducts(const cublas::CublasLt &library);
  MatrixProducts(const MatrixProducts &) = delete;
  ~MatrixProducts();

  size_t version() const { return library_.cublasLtGetVersion(); }

  /// Plans a product whose operands start at `addresses`, by its own algorithm if this library takes that, else by the best that
  /// fits the workspace and whose bits are the same in every run. Null if there is none. Throws LibraryCallFailed.
  std::unique_ptr<PlannedProduct> plan(const MatrixProduct &product, const std::vector<cuda::DevicePointer> &addresses,
                                       Workspace workspace) const;
  /// Plans it with each of the best algorithms, `most` of them, best first as the library guesses. For measurements.
  std::vector<std::unique_ptr<PlannedProduct>> planAll(const MatrixProduct &product,
                                                       const std::vector<cuda::DevicePointer> &addresses,
                                                       Workspace workspace, int most) const;

private:
  const cublas::CublasLt &library_;
  cublas::Handle handle_ = nullptr;
};

} // namespace neap::runtime

#endif
