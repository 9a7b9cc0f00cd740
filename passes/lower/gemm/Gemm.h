// Generates CPU kernels for batched fp32 matrix products of static size: C[b,i,j] = epilogue(sum_k A[b,i,k] *
// B[b,k,j]). Every element has one accumulator that starts at +0, or at an element of another matrix, and takes its k
// products in order by fused multiply-add, so no tiling, thread split or vector width changes a bit of the result.
// docs/design/0002-generated-gemm.md has the figures.
#pragma once

#include "neap/passes/lower/Code.h"
#include "neap/passes/lower/CpuDescription.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace neap::lower {

/// Lanes of the vectors an epilogue works on, whatever the CPU.
inline constexpr int64_t epilogueLanes = 16;

/// Where a matrix operand lies: buffers[buffer] + offset + sum(batch * batchStrides) + row * rowStride + column *
/// columnStride. Strides and offsets count fp32 elements. Any strides do (0 broadcasts); packing is fast when one is 1.
struct OperandLayout {
  int64_t buffer = 0;
  int64_t offset = 0;
  mlir::SmallVector<int64_t> batchStrides;
  int64_t rowStride = 0;
  int64_t columnStride = 1;
};

/// The address of an operand's first element at batch indices.
mlir::Value operandAddress(Code &code, const OperandLayout &layout, mlir::ValueRange buffers, mlir::ValueRange batch);

/// The product: `lhs` is m x k, `rhs` is k x n, over the batch dimensions `batch` (may be empty). All sizes >= 1, but
/// `k` may be 0: the sums are then +0.
struct GemmProblem {
  mlir::SmallVector<int64_t> batch;
  int64_t m = 1, n = 1, k = 1;
  OperandLayout lhs, rhs;
  /// Entries of the kernel's `buffers`; their addresses are handed to the epilogue.
  int64_t buffers = 3;
};

/// How the register tile finds lhs.
enum class LhsForm {
  packed,  ///< in panels that were packed before
  rows,    ///< in place; columnStride is 1
  columns, ///< in place; rowStride is 1
};

/// How the work is cut. Changes speed and scratch, never bits.
struct GemmTiling {
  /// fp32 lanes of the vectors in the register tile.
  int64_t lanes = 8;
  /// The register tile: `tileRows` x `tileColumns` accumulators; `tileColumns` is a multiple of `lanes` and of 16.
  int64_t tileRows = 6, tileColumns = 16;
  /// k is summed in blocks of this depth; between blocks the sums rest in scratch.
  int64_t depth = 256;
  /// Columns of a block of rhs that is packed at once; a multiple of tileColumns.
  int64_t blockColumns = 256;
  /// In place saves the packing where few columns share it; m must then be a multiple of tileRows.
  LhsForm lhs = LhsForm::packed;
  /// Rows of lhs packed at once, and of one item; a multiple of tileRows.
  int64_t itemRows = 48;
  /// Most rows that share one packed block of rhs; a multiple of itemRows.
  int64_t blockRows = 480;
  /// Items a worker should take at least, so that packing rhs pays.
  int64_t grain = 1;
};

/// A tiling that suits the CPU, the problem and the number of threads that are likely to run it.
GemmTiling chooseGemmTiling(const GemmProblem &problem, const CpuDescription &cpu, int64_t workers = 2);

/// Sixteen neighbouring elements of a row of C whose sums are complete, or about to begin.
struct GemmSite {
  /// vector<16xf32>; lanes outside `mask` are meaningless. Null where sums begin.
  mlir::Value accumulator;
  /// i64 indices; `column` is that of the first lane.
  mlir::ValueRange batch;
  mlir::Value row, column;
  /// vector<16xi1>, or null when all lanes are inside C.
  mlir::Value mask;
  /// The kernel's operand addresses, loaded once at its entry.
  mlir::ValueRange buffers;
};

/// Emits what happens to a completed sum, at the builder's insertion point. Called once or twice per kernel (with and
/// without a mask).
using GemmEpilogue = llvm::function_ref<void(mlir::OpBuilder &, mlir::Location, const GemmSite &)>;

/// Emits what the sums of a site start from, a vector<16xf32>, at the builder's insertion point; lanes outside the mask do not
/// matter. Every element is asked for once, before any epilogue of its item.
using GemmStart = llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::Location, const GemmSite &)>;

/// Stores the sums to `layout`, whose columnStride must be 1.
void emitStoreEpilogue(mlir::OpBuilder &builder, mlir::Location location, const GemmSite &site,
                       const OperandLayout &layout);

/// A generated kernel and what a launch of it needs.
struct GemmKernel {
  /// void(ptr buffers, i64 begin, i64 end, ptr scratch); see runtime/abi/neap_runtime.h.
  mlir::func::FuncOp function;
  int64_t items = 0;
  int64_t grain = 1;
  int64_t scratchBytes = 0;
};

/// Scratch that a kernel of this problem and tiling needs per worker, in bytes.
int64_t gemmScratchBytes(const GemmProblem &problem, const GemmTiling &tiling);

/// Appends the kernel `name` to `module`, with the internal functions (register tile, packing) that it shares with
/// other GEMMs of the module. The tiling must satisfy what is stated at its fields. Sums start from +0 unless there is a
/// `start`.
GemmKernel buildGemm(mlir::ModuleOp module, mlir::Location location, llvm::StringRef name, const GemmProblem &problem,
                     const GemmTiling &tiling, GemmEpilogue epilogue, GemmStart start = nullptr);

} // namespace neap::lower
