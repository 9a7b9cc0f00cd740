// The matrix products of a program: which of its launches a library does, and how.
#ifndef NEAP_RUNTIME_CUDA_PROGRAMPRODUCTS_H
#define NEAP_RUNTIME_CUDA_PROGRAMPRODUCTS_H

#include "neap/runtime/cuda/MatrixProducts.h"
#include "neap/runtime/cuda/OpenCublasLt.h"

namespace neap::runtime {

/// Opens the library, or throws cublas::Unavailable.
using OpenLibrary = std::function<std::unique_ptr<OpenCublasLt>()>;

class ProgramProducts {
public:
  /// Plans every launch of a kernel that is a product, in the current context, over an arena at `arena`. Without a library, or
  /// where it has no algorithm, the generated kernel stays; `note` is told once what and why. Throws Failure with
  /// ExitCode::DeviceFault if a call of the library fails.
  ProgramProducts(const Manifest &manifest, cuda::DevicePointer arena, const OpenLibrary &openLibrary,
                  const std::function<void(const std::string &)> &note);

  /// The library's version; 0 without one.
  size_t version() const { return library_ ? library_->version() : 0; }
  /// Plans an entry by each of the library's best algorithms, `most` of them. Throws Failure with ExitCode::DeviceFault.
  std::vector<std::unique_ptr<PlannedProduct>> planAll(size_t entry, int most) const;

  /// How an entry of the program is done by the library; null if it is not.
  const PlannedProduct *find(size_t entry) const { return plans_.empty() ? nullptr : plans_[entry].get(); }
  /// "the matrix product 256 x 768 x 64 from 'h.0/mlp' (kernel gemm_3)"
  std::string describe(size_t entry) const;
  /// Puts an entry that has a plan into a stream, with `beforeCall` before each call of the library. Throws Failure with
  /// ExitCode::DeviceFault; `when` says when, as in "step 3".
  void enqueue(size_t entry, cuda::Stream stream, const std::string &when,
               const std::function<void()> &beforeCall = {}) const;
  /// The operands of an entry, and after them what it really uses of its workspace.
  std::vector<Operand> operandsOf(size_t entry) const;
  /// The program with these operands: what must wait for what.
  std::vector<ProgramEntry> program() const;

private:
  void open(const OpenLibrary &openLibrary, const std::function<void(const std::string &)> &note);
  std::vector<cuda::DevicePointer> addressesOf(size_t entry) const;
  Workspace workspaceOf(size_t entry) const;
  const MatrixProduct &productOf(size_t entry) const {
    return *manifest_.kernels[manifest_.program[entry].kernel].product;
  }
  template <class Call> auto inCall(size_t entry, const std::string &when, Call call) const;

  const Manifest &manifest_;
  cuda::DevicePointer arena_;
  std::unique_ptr<OpenCublasLt> opened_;
  std::unique_ptr<MatrixProducts> library_;
  std::vector<std::unique_ptr<PlannedProduct>> plans_; // by entry; empty without a library
};

} // namespace neap::runtime

#endif
