// Products of 64 x 64 blocks on the CPU: the GEMM generator's packing and register tiles over panels in a worker's scratch.
//
// Sums lie tile after tile: a *tiled* block of 64 rows and c columns has its register tiles row of tiles by row of tiles, each
// contiguous. A *dense* block has rows of 64 elements.
#pragma once

#include "neap/passes/lower/gemm/Parts.h"
#include "neap/passes/lower/kernels/attention/Problem.h"

namespace neap::lower {

/// Lanes of the vectors that rows are computed with, whatever the CPU.
inline constexpr int64_t vectorLanes = 16;

/// Hands out a worker's scratch, in fp32 elements.
class ScratchPlan {
public:
  /// Offset of room for `elements`, aligned to 64 bytes.
  int64_t take(int64_t elements) {
    int64_t offset = end;
    end += llvm::alignTo(elements, 16);
    return offset;
  }
  int64_t bytes() const { return end * static_cast<int64_t>(sizeof(float)); }

private:
  int64_t end = 0;
};

/// A matrix in memory: rows or columns `acrossStride` apart, neighbours in k `depthStride` apart.
struct CpuMatrix {
  mlir::Value source;
  int64_t acrossStride, depthStride;
};

/// A tiled block whose first `size` of `columns` columns mean something.
struct TiledSums {
  mlir::Value address;
  int64_t columns, size;
};

class CpuTiles {
public:
  CpuTiles(mlir::ModuleOp module, Code &code, const CpuDescription &cpu);

  /// A row of a tiled block.
  struct Row {
    mlir::Value number; ///< in the block
    mlir::Value tile;   ///< the number of its tile's first row
    mlir::Value inTile; ///< its number there
  };

  int64_t rows() const { return tiling.tileRows; }
  int64_t columns() const { return tiling.tileColumns; }
  /// Columns rounded up to whole tiles.
  int64_t padded(int64_t size) const { return llvm::alignTo(size, columns()); }
  /// Elements that packing `across` rows (lhs) or columns (rhs) of `depth` may write.
  int64_t lhsPanels(int64_t across, int64_t depth) const;
  int64_t rhsPanels(int64_t across, int64_t depth) const;

  void packLhs(const CpuMatrix &matrix, mlir::Value across, mlir::Value depth, mlir::Value panels);
  void packRhs(const CpuMatrix &matrix, mlir::Value across, mlir::Value depth, mlir::Value panels);

  /// Adds a product of `depth` to a tiled block of up to `rowCount` rows and `columnCount` (a multiple of columns()) columns.
  /// `lhs`: panels (packed), or a dense block whose rows (rows) or columns (columns) are those of the product.
  void addProduct(LhsForm form, mlir::Value lhs, mlir::Value rhs, mlir::Value rowCount, int64_t columnCount,
                  mlir::Value depth, mlir::Value sums);
  /// Zeros in `elements` (a multiple of 16).
  void clear(mlir::Value sums, mlir::Value elements);
  /// Calls `visit(row)` for the first `count` rows of a block.
  void forEachRow(mlir::Value count, llvm::function_ref<void(const Row &row)> visit);
  /// The address of column `column` (a multiple of 16) in a row of a tiled block of `columnCount` columns.
  mlir::Value address(mlir::Value sums, const Row &row, int64_t columnCount, int64_t column);
  /// Stores a row of a tiled block as row `number` of every target.
  void storeRow(const TiledSums &sums, const Row &row, mlir::Value number, llvm::ArrayRef<OperandLayout> targets,
                mlir::ValueRange buffers, mlir::ValueRange batch);

private:
  void call(mlir::func::FuncOp callee, llvm::ArrayRef<mlir::Value> arguments);

  mlir::ModuleOp module;
  Code &code;
  GemmTiling tiling;
};

} // namespace neap::lower
