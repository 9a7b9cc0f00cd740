// A 64 x 64 tile of a matrix product on CUDA: what matrix products and attention are made of.
//
// A block of 16 x 16 threads computes the tile, 4 x 4 elements each. Strips of both operands go through shared memory, 16 deep.
// Every element has one accumulator that takes its products in order of k by fused multiply-add, as on the CPU: the same bits.
//
//     for each strip of k:      lhs strip     rhs strip
//       barrier                  [k][row]     [k][column]      in shared memory
//       fill both                     \          /
//       barrier                  sums[4] += lhs[k][4 rows] x rhs[k][4 columns]
#pragma once

#include "neap/passes/lower/kernels/Cuda.h"
#include "neap/passes/lower/kernels/Nest.h"

namespace neap::lower {

class CudaProduct {
public:
  static constexpr int64_t tile = 64, side = 16, blockThreads = side * side;

  /// A matrix in global memory that a tile takes rows (lhs) or columns (rhs) of.
  struct Matrix {
    mlir::Value source;  ///< address of the element at row or column 0 and k 0
    mlir::Value first;   ///< first row or column of the tile
    int64_t limit;       ///< rows or columns there are; those beyond read as zeros
    int64_t stride;      ///< elements between rows or columns
    int64_t depthStride; ///< elements between neighbours in k
  };

  /// Makes room for the strips, of this kernel alone.
  explicit CudaProduct(KernelFunction &kernel);

  /// Position of the thread among 16 x 16; it has the rows from 4 threadRow on and the columns from 4 threadColumn on.
  mlir::Value threadRow, threadColumn;
  /// Four rows of +0.
  mlir::SmallVector<mlir::Value> zeros();
  /// Adds `depth` products to each of the thread's sums, one vector for each of its rows.
  mlir::SmallVector<mlir::Value> add(const Matrix &lhs, const Matrix &rhs, int64_t depth,
                                     mlir::SmallVector<mlir::Value> sums);
  /// The same with an lhs that lies in shared memory as [k][64 rows], written by the block before.
  mlir::SmallVector<mlir::Value> add(mlir::Value sharedLhs, const Matrix &rhs, int64_t depth,
                                     mlir::SmallVector<mlir::Value> sums);

private:
  /// Adds one strip of `count` of k that begins at `firstDepth`.
  using AddStrip = llvm::function_ref<mlir::SmallVector<mlir::Value>(mlir::Value firstDepth, int64_t count,
                                                                     mlir::SmallVector<mlir::Value> sums)>;
  mlir::SmallVector<mlir::Value> forEachStrip(int64_t depth, mlir::SmallVector<mlir::Value> sums, AddStrip addStrip);
  void fill(const Matrix &matrix, mlir::Value strip, mlir::Value firstDepth, int64_t count);
  mlir::SmallVector<mlir::Value> multiply(mlir::Value lhs, mlir::Value rhs, int64_t count,
                                          mlir::SmallVector<mlir::Value> sums);

  Code &code;
  CudaCode cuda;
  mlir::Value thread, lhsStrip, rhsStrip;
};

} // namespace neap::lower
