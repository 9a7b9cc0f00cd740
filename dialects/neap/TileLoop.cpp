// neap.tile_loop: what its parts are, and what must hold of them.
#include "neap/dialects/neap/Neap.h"

using namespace mlir;
using namespace neap;

OperandRange TileLoopOp::getYieldedCarried() {
  return getBody().front().getTerminator()->getOperands().take_front(getCarried().size());
}

OperandRange TileLoopOp::getYieldedTiles() {
  return getBody().front().getTerminator()->getOperands().drop_front(getCarried().size());
}

/// Whether `tile` is what a round has of `whole`.
static bool isTileOf(Type tile, Type whole, int64_t count) {
  auto part = cast<RankedTensorType>(tile), all = cast<RankedTensorType>(whole);
  return part.getRank() > 0 && part.getRank() == all.getRank() && part.getElementType() == all.getElementType() &&
         part.getShape().drop_front() == all.getShape().drop_front() && part.getDimSize(0) * count == all.getDimSize(0);
}

/// C2 and C3 for what comes in tiles.
static LogicalResult verifyTiles(TileLoopOp loop, ValueRange tiles, ValueRange wholes, StringRef what) {
  auto count = static_cast<int64_t>(loop.getCount());
  for (auto [tile, whole] : llvm::zip_equal(tiles, wholes))
    if (!isTileOf(tile.getType(), whole.getType(), count))
      return loop.emitOpError("expected ")
             << what << " of " << count << " tiles of " << tile.getType() << ", got " << whole.getType();
  return success();
}

LogicalResult TileLoopOp::verifyRegions() {
  if (static_cast<int64_t>(getCount()) < 1) // tile_loop_c1
    return emitOpError("expected a positive count, got ") << static_cast<int64_t>(getCount());
  Block &block = getBody().front();
  auto yield = block.empty() ? nullptr : dyn_cast<neap::YieldOp>(block.back());
  if (!yield)
    return emitOpError("expected neap.yield at the end");
  if (block.getNumArguments() != getNumOperands()) // tile_loop_c2
    return emitOpError("expected ") << getNumOperands() << " block arguments, got " << block.getNumArguments();
  if (yield.getNumOperands() != getNumResults() || getNumResults() < getCarried().size()) // tile_loop_c3
    return emitOpError("expected to yield ") << getNumResults() << " values, " << getCarried().size()
                                             << " of them carried, got " << yield.getNumOperands();
  if (TypeRange(ValueRange(getWholeArguments())) != TypeRange(getWholes()))
    return emitOpError("expected block arguments of the types ") << getWholes().getTypes();
  TypeRange carried = getCarried().getTypes();
  if (TypeRange(ValueRange(getCarriedArguments())) != carried ||
      TypeRange(ValueRange(getCarriedResults())) != carried || TypeRange(getYieldedCarried()) != carried)
    return emitOpError("expected carried arguments, yielded values and results of the types ") << carried;
  for (Operation &op : block) // tile_loop_c4
    if (!isMemoryEffectFree(&op))
      return op.emitOpError("expected no effect on memory in a tile loop");
  if (failed(verifyTiles(*this, getTileArguments(), getSlices(), "slices")))
    return failure();
  return verifyTiles(*this, getYieldedTiles(), getTiledResults(), "results");
}
