// How tensors and ops are cut into tiles: which dimensions of its operands an op needs a tile of, for a tile of its result.
#pragma once

#include "neap/dialects/neap/Neap.h"

#include <optional>

namespace neap {

/// Shape of one of `count` tiles of a tensor that is cut along its dimensions from `first` on, outermost first: dimensions
/// that are used up have size 1 in a tile, the last one that is cut has a part of its size, those behind it are whole. Nothing
/// where the sizes do not divide. So a tile is a run of neighbours in each row of the dimensions before `first`.
///
///     [8, 512, 768] cut from 0 on in 32 tiles: [1, 128, 768]
std::optional<llvm::SmallVector<int64_t>> getTileShape(llvm::ArrayRef<int64_t> shape, size_t first, int64_t count);

/// Which parts of its operands and results an op touches when it computes one of `count` tiles: the first dimension
/// that is cut, or nothing where all of it is needed. A result of which nothing is cut is a sum over all tiles.
struct OpTiling {
  llvm::SmallVector<std::optional<size_t>> operands, results;

  bool isSum() const { return !results.front(); }
};

/// An operand or result of an op.
struct Port {
  bool isResult;
  unsigned index;
};

/// The tiling of an op that has one of its operands or results cut from dimension `first` on. Nothing where it cannot be
/// tiled so: where a tile would need what other tiles compute, or where the bits would differ.
std::optional<OpTiling> findOpTiling(mlir::Operation *op, Port port, size_t first, int64_t count);

/// Writes an op for one tile, from tiles (or wholes) of its operands, and returns its results. A sum goes on from `extra`; of
/// an op that draws random words (RandomBlocks) that is the number of blocks before the tile's.
llvm::SmallVector<mlir::Value> buildTile(mlir::OpBuilder &builder, mlir::Operation *op, const OpTiling &tiling,
                                         int64_t count, mlir::ValueRange operands, mlir::Value extra);

} // namespace neap
