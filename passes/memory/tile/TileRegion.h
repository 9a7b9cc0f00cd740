// The part of a step around a large value that can be computed in rounds, so that the value never exists whole.
#pragma once

#include "neap/passes/memory/tile/TileAxis.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace neap {

/// Marks an op whose result is to be made in so many tiles: an integer.
inline constexpr llvm::StringLiteral tilesAttribute = "neap.tiles";

struct TileRegion {
  int64_t count = 0;
  /// Every op with its tiling, in the block's order.
  llvm::MapVector<mlir::Operation *, OpTiling> ops;
  /// Results that somebody outside reads: tiles side by side, or sums over all rounds.
  llvm::SetVector<mlir::Value> outputs;
  /// Bytes of all values that exist in tiles alone.
  int64_t hiddenBytes = 0;
};

/// Whether an op costs nothing to have twice, inside a loop and outside: views, splats, indices.
bool isRepeatable(mlir::Operation *op);

/// The region around a result of an op of the block: what makes it and what reads it, and so on through all values that are at
/// least half as large; views; and whatever lies between. Nothing where some of that cannot be computed in `count` rounds.
std::optional<TileRegion> findTileRegion(mlir::Value seed, int64_t count);

/// As findTileRegion, of the forward pass's ops alone: what is made of their values behind it is outside.
std::optional<TileRegion> findForwardRegion(mlir::Value seed, int64_t count,
                                            const llvm::DenseSet<mlir::Operation *> &forward);

/// The region of all that is made for each element of the batch: the step's forward and backward pass, in `count` parts of the
/// batch (micro-batches). Fails, with a diagnostic that names what stands in the way, where it cannot be split so.
mlir::FailureOr<TileRegion> findBatchRegion(StepOp step, int64_t count);

/// Replaces the ops of a region by a loop over its tiles. Views that others read as well stay for them.
TileLoopOp tileRegion(const TileRegion &region);

} // namespace neap
