// What both directions of attention on CUDA do with blocks of 64: products of operands, sums wider than a tile, stores.
#pragma once

#include "neap/passes/lower/kernels/CudaProduct.h"
#include "neap/passes/lower/kernels/attention/Attention.h"
#include "neap/passes/lower/kernels/attention/Rows.h"

namespace neap::lower {

class CudaAttentionBlocks {
public:
  CudaAttentionBlocks(KernelFunction &kernel, const AttentionProblem &problem);

  /// Goes to a batch element; before anything else.
  void enter(mlir::Value element);
  AttentionRows &rows() { return *attentionRows; }
  /// The thread's row number `row` of 4, and its first column, of the blocks that begin there.
  mlir::Value row(mlir::Value first, int64_t row);
  mlir::Value column(mlir::Value first);
  mlir::Value load(const OperandLayout &operand, mlir::Value row, int64_t rows);

  /// Calls `step(first, count, carried)` for the blocks [begin, end) of `size` rows. The last one, which may be shorter,
  /// has code of its own, as every count must be known.
  mlir::SmallVector<mlir::Value>
  forEachBlock(mlir::Value begin, mlir::Value end, int64_t size, mlir::SmallVector<mlir::Value> carried,
               llvm::function_ref<mlir::SmallVector<mlir::Value>(mlir::Value, int64_t, mlir::ValueRange)> step);

  /// Rows of one operand times rows of another, `size` elements each: one vector for each of the thread's rows.
  mlir::SmallVector<mlir::Value> multiply(const OperandLayout &lhs, mlir::Value firstRow, int64_t rows,
                                          const OperandLayout &rhs, mlir::Value firstColumn, int64_t columns,
                                          int64_t size);
  /// Writes the thread's 4 x 4 elements to shared memory, where the other threads read them as the lhs of addShared: as
  /// [row][column], whose columns are the product's rows, or transposed.
  void share(mlir::ArrayRef<mlir::Value> elements);
  void shareTransposed(mlir::ArrayRef<mlir::Value> elements);
  /// Adds the product of what is shared and `count` rows of `rhs` from `firstRow` on, `size` columns wide, to sums of that
  /// width.
  void addShared(const OperandLayout &rhs, mlir::Value firstRow, int64_t count, int64_t size,
                 mlir::SmallVectorImpl<mlir::Value> &sums);

  /// Zeros for the thread's rows of sums `size` wide: 4 vectors for each tile of 64 columns.
  mlir::SmallVector<mlir::Value> startSums(int64_t size);
  /// Multiplies every row by a number of its own.
  void scale(mlir::SmallVectorImpl<mlir::Value> &sums, mlir::ArrayRef<mlir::Value> factors);
  void storeSums(mlir::ArrayRef<mlir::Value> sums, mlir::Value firstRow, int64_t rows, int64_t size,
                 mlir::ArrayRef<OperandLayout> targets);
  /// Stores a number that all threads of a row have, if the row exists.
  void storeNumber(mlir::Value number, mlir::Value row, int64_t rows, mlir::ArrayRef<OperandLayout> targets);

private:
  mlir::Value addressOf(const OperandLayout &operand) { return operandAddress(code, operand, kernel.buffers, batch); }

  KernelFunction &kernel;
  Code &code;
  CudaCode cuda;
  const AttentionProblem &problem;
  CudaProduct product;
  mlir::Value shared;
  mlir::SmallVector<mlir::Value> batch;
  std::optional<AttentionRows> attentionRows;
};

/// What decides how large a kernel of such blocks is.
struct BlockKernelSize {
  size_t buffers;
  int64_t items; ///< each has a block of threads
};

/// A kernel whose blocks of threads each call `Writer(kernel, problem).write(item)`.
template <typename Writer, typename Problem>
Kernel buildOfBlocks(mlir::ModuleOp module, llvm::StringRef name, mlir::Location location, BlockKernelSize size,
                     const Problem &problem, const KernelTarget &target) {
  KernelShape shape{size.buffers, size.items, {cudaLanes, true}, CudaProduct::blockThreads};
  KernelFunction kernel(module, location, name, shape, target);
  Writer(kernel, problem).write(kernel.block);
  return kernel.finish(shape, 1);
}

} // namespace neap::lower
