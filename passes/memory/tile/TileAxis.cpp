// Tiles through index maps: an op asks its own loops.
#include "neap/passes/memory/tile/TileAxis.h"

#include "neap/dialects/neap/TensorBuilder.h"
#include "neap/passes/fuse/Group.h"

using namespace mlir;

namespace neap {

std::optional<SmallVector<int64_t>> getTileShape(ArrayRef<int64_t> shape, size_t first, int64_t count) {
  if (llvm::is_contained(shape, 0))
    return std::nullopt;
  SmallVector<int64_t> tile(shape);
  for (size_t dim = first; dim < shape.size() && count > 1; ++dim) {
    if (count % tile[dim] == 0) {
      count /= tile[dim];
      tile[dim] = 1;
    } else if (tile[dim] % count == 0) {
      tile[dim] /= count;
      count = 1;
    } else {
      return std::nullopt;
    }
  }
  return count == 1 ? std::optional(tile) : std::nullopt;
}

namespace {

/// The loops of an op that are cut, outermost first, and the sizes that loops have in a tile.
struct CutLoops {
  SmallVector<unsigned> cut;
  SmallVector<int64_t> sizes;
};

/// The loops that the cut dimensions of a tensor run over. Nothing where a dimension is more than a loop.
std::optional<CutLoops> findCutLoops(ArrayRef<int64_t> shape, size_t first, int64_t count, AffineMap map,
                                     ArrayRef<int64_t> loops) {
  std::optional<SmallVector<int64_t>> tile = getTileShape(shape, first, count);
  if (!tile)
    return std::nullopt;
  CutLoops cut{{}, llvm::to_vector(loops)};
  for (size_t dim = first; dim < shape.size(); ++dim) {
    if ((*tile)[dim] == shape[dim])
      continue; // of size 1, or behind the last one that is cut
    auto loop = dyn_cast<AffineDimExpr>(map.getResult(dim));
    if (!loop || loops[loop.getPosition()] != shape[dim] || llvm::is_contained(cut.cut, loop.getPosition()))
      return std::nullopt;
    cut.cut.push_back(loop.getPosition());
    cut.sizes[loop.getPosition()] = (*tile)[dim];
  }
  return cut;
}

/// The first dimension that is cut in a tensor that loops access through a map; nothing inside where all of it is
/// needed. Nothing at all where a tile is no run of its elements.
std::optional<std::optional<size_t>> findCutDimension(ArrayRef<int64_t> shape, AffineMap map, const CutLoops &cut,
                                                      ArrayRef<int64_t> loops, int64_t count) {
  SmallVector<int64_t> tile(shape);
  SmallVector<unsigned> met;
  std::optional<size_t> first;
  for (size_t dim = 0; dim < shape.size(); ++dim) {
    AffineExpr expression = map.getResult(dim);
    bool isMet = llvm::any_of(cut.cut, [&](unsigned loop) { return expression.isFunctionOfDim(loop); });
    if (!isMet)
      continue;
    auto loop = dyn_cast<AffineDimExpr>(expression);
    if (!loop || loops[loop.getPosition()] != shape[dim])
      return std::nullopt;
    tile[dim] = cut.sizes[loop.getPosition()];
    met.push_back(loop.getPosition());
    if (!first)
      first = dim;
  }
  if (!first)
    return std::optional<size_t>();
  if (met != cut.cut || getTileShape(shape, *first, count) != tile)
    return std::nullopt;
  return first;
}

std::optional<OpTiling> tileFusible(Fusible op, Port port, size_t first, int64_t count) {
  IterationSpace space = op.getIterationSpace();
  auto getMap = [&](Port port) { return port.isResult ? op.getResultMap(port.index) : op.getOperandMap(port.index); };
  auto getShape = [&](Port port) {
    return shapeOf(port.isResult ? Value(op->getResult(port.index)) : op->getOperand(port.index));
  };
  std::optional<CutLoops> cut = findCutLoops(getShape(port), first, count, getMap(port), space.sizes);
  if (!cut)
    return std::nullopt;
  auto isReduction = [&](unsigned loop) { return space.kinds[loop] == LoopKind::Reduction; };
  bool isSum = llvm::any_of(cut->cut, isReduction);
  if (isSum && !llvm::all_of(cut->cut, isReduction))
    return std::nullopt;
  OpTiling tiling;
  auto add = [&](Port port, SmallVectorImpl<std::optional<size_t>> &list) {
    auto dimension = findCutDimension(getShape(port), getMap(port), *cut, space.sizes, count);
    if (dimension)
      list.push_back(*dimension);
    return dimension.has_value();
  };
  for (unsigned operand = 0; operand < op->getNumOperands(); ++operand)
    if (!add({false, operand}, tiling.operands))
      return std::nullopt;
  for (unsigned result = 0; result < op->getNumResults(); ++result)
    if (!add({true, result}, tiling.results))
      return std::nullopt;
  return tiling;
}

/// The same run of elements under another shape: dimensions before it have the same product.
std::optional<OpTiling> tileReshape(ReshapeOp op, Port port, size_t first, int64_t count) {
  ArrayRef<int64_t> from = shapeOf(port.isResult ? op.getResult() : op.getOperand());
  ArrayRef<int64_t> to = shapeOf(port.isResult ? op.getOperand() : op.getResult());
  int64_t before = ShapedType::getNumElements(from.take_front(first));
  size_t other = 0;
  for (int64_t product = 1; product < before && other < to.size(); ++other)
    product *= to[other];
  if (ShapedType::getNumElements(to.take_front(other)) != before || !getTileShape(from, first, count) ||
      !getTileShape(to, other, count))
    return std::nullopt;
  OpTiling tiling;
  tiling.operands.push_back(port.isResult ? other : first);
  tiling.results.push_back(port.isResult ? first : other);
  return tiling;
}

/// Whether a tensor is cut as the batch dimensions are; or none of it where it repeats along all that are cut. Nothing where
/// it is neither.
std::optional<std::optional<size_t>> findCutBatch(ArrayRef<int64_t> shape, ArrayRef<int64_t> batch,
                                                  ArrayRef<int64_t> batchTile, int64_t count) {
  if (shape.empty()) // a word of a key
    return std::optional<size_t>();
  if (shape.size() < batch.size())
    return std::nullopt;
  bool isCut = true, isWhole = true;
  std::optional<SmallVector<int64_t>> tile = getTileShape(shape, 0, count);
  for (size_t dim = 0; dim < batch.size(); ++dim) {
    bool isUncut = batch[dim] == batchTile[dim];
    isCut &= tile && (*tile)[dim] == (isUncut ? shape[dim] : batchTile[dim]);
    isWhole &= isUncut || shape[dim] == 1;
  }
  isCut &= tile && ArrayRef(*tile).drop_front(batch.size()) == shape.drop_front(batch.size());
  if (!isCut && !isWhole)
    return std::nullopt;
  return isCut ? std::optional<size_t>(0) : std::optional<size_t>();
}

/// Along dimensions that an op with loops of its own takes one by one.
std::optional<OpTiling> tileOwnLoops(OwnLoops op, Port port, size_t first, int64_t count) {
  ArrayRef<int64_t> shape = shapeOf(port.isResult ? Value(op->getResult(port.index)) : op->getOperand(port.index));
  std::optional<SmallVector<int64_t>> tile = getTileShape(shape, first, count);
  unsigned common = op.countBatchDimensions();
  if (!tile || first != 0 || shape.size() < common || ArrayRef(*tile).drop_front(common) != shape.drop_front(common))
    return std::nullopt;
  OpTiling tiling;
  auto add = [&](ValueRange values, SmallVectorImpl<std::optional<size_t>> &list) {
    for (Value value : values) {
      auto dimension =
          findCutBatch(shapeOf(value), shape.take_front(common), ArrayRef(*tile).take_front(common), count);
      if (!dimension)
        return false;
      list.push_back(*dimension);
    }
    return true;
  };
  if (!add(op->getOperands(), tiling.operands) || !add(op->getResults(), tiling.results) ||
      llvm::is_contained(tiling.results, std::nullopt))
    return std::nullopt;
  return tiling;
}

/// Whether a tile draws neighbouring blocks: whole rows, and all that lie between its first and its last one.
bool drawsRunsOfRows(RandomBlocks op, const OpTiling &tiling, int64_t count) {
  constexpr int64_t mostBlocks = int64_t(1) << 32; // that can be skipped
  if (op.countBlocks() == 0)
    return true;
  ArrayRef<int64_t> shape = shapeOf(op->getResult(0));
  SmallVector<int64_t> tile = *getTileShape(shape, *tiling.results.front(), count);
  size_t row = shape.size();
  while (row > 0 && shape[row - 1] == 1)
    --row;
  bool hasWholeRows = row > 0 && tile[row - 1] == shape[row - 1];
  bool isRun = ShapedType::getNumElements(shape.take_front(*tiling.results.front())) == 1;
  return hasWholeRows && isRun && !op.skipsBlocks() && op.countBlocks() <= mostBlocks;
}

} // namespace

std::optional<OpTiling> findOpTiling(Operation *op, Port port, size_t first, int64_t count) {
  std::optional<OpTiling> tiling;
  if (auto reshape = dyn_cast<ReshapeOp>(op))
    tiling = tileReshape(reshape, port, first, count);
  else if (auto fusible = dyn_cast<Fusible>(op))
    tiling = tileFusible(fusible, port, first, count);
  else if (auto own = dyn_cast<OwnLoops>(op))
    tiling = tileOwnLoops(own, port, first, count);
  if (!tiling || tiling->results.empty())
    return std::nullopt;
  auto sum = dyn_cast<Accumulating>(op);
  if (tiling->isSum() && (!sum || !sum.canAccumulate(count)))
    return std::nullopt;
  if (auto random = dyn_cast<RandomBlocks>(op); random && !drawsRunsOfRows(random, *tiling, count))
    return std::nullopt;
  if (auto iota = dyn_cast<IotaOp>(op)) { // counts from where the tile begins
    auto shape = shapeOf(iota.getResult());
    if ((*getTileShape(shape, first, count))[iota.getAxis()] != shape[iota.getAxis()])
      return std::nullopt;
  }
  return tiling;
}

SmallVector<Value> buildTile(OpBuilder &builder, Operation *op, const OpTiling &tiling, int64_t count,
                             ValueRange operands, Value extra) {
  if (tiling.isSum())
    return {cast<Accumulating>(op).buildPart(builder, operands, extra)};
  Operation *tile = builder.clone(*op);
  tile->setOperands(operands);
  for (auto [result, first] : llvm::zip_equal(tile->getResults(), tiling.results))
    result.setType(RankedTensorType::get(*getTileShape(shapeOf(result), *first, count), elementOf(result)));
  if (auto slice = dyn_cast<SliceOp>(tile))
    slice.setSizes(shapeOf(slice.getResult()));
  if (auto random = dyn_cast<RandomBlocks>(tile); random && random.countBlocks() > 0)
    random.skipBlocks(extra);
  return SmallVector<Value>(tile->getResults());
}

} // namespace neap
