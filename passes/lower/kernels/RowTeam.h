// How the elements of a row are shared out and partial results joined; the same sums in the same order on every device.
//
// A row's elements go to 64 partial sums, element j to number j mod 64, each adding up in the order of the row. The sums
// are joined as a tree: number n with n + 16, then n + 32 (each number standing for a pair), and what is left of 16 by halves,
// 8, 4, 2, 1. This order is part of what a reduction means (docs/design/0001).
#pragma once

#include "neap/passes/lower/kernels/Kernels.h"

namespace neap::lower {

class RowTeam {
public:
  /// Threads that share a row: one on the CPU, a half-warp on CUDA.
  static int64_t threadsOn(Device device);
  static VectorStyle styleOn(Device device);
  /// For a row of `size` elements, in the code of one of its threads.
  static std::unique_ptr<RowTeam> create(Device device, Code &code, int64_t size);
  virtual ~RowTeam() = default;

  using Combine = llvm::function_ref<mlir::Value(mlir::Value element, mlir::Value accumulator)>;
  /// A vector of elements at `index` (lanes outside `mask` do not count; null: all do) joins accumulator `number` of each
  /// reduction.
  using Accumulate = llvm::function_ref<void(mlir::Value index, mlir::Value mask, int64_t number,
                                             mlir::SmallVectorImpl<mlir::Value> &carried)>;

  /// Vectors of partial sums that a thread has for each reduction.
  virtual int64_t accumulators() const = 0;
  /// Visits this thread's elements; returns the accumulators.
  virtual mlir::SmallVector<mlir::Value> sweep(mlir::SmallVector<mlir::Value> carried, Accumulate accumulate) = 0;
  /// The whole row's result from a thread's accumulators; every thread gets it.
  virtual mlir::Value join(Combine combine, mlir::ArrayRef<mlir::Value> parts) = 0;
  /// Visits this thread's elements for writing.
  virtual void forEachBlock(llvm::function_ref<void(mlir::Value index, mlir::Value mask)> body) = 0;
  /// Runs `body`, which writes what the row has one of, on one thread, when all threads have read what it may overwrite.
  virtual void once(llvm::function_ref<void()> body) = 0;
};

} // namespace neap::lower
