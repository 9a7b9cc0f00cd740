// Writes the loop for a region.
#include "neap/passes/memory/tile/TileRegion.h"

#include "neap/dialects/neap/TensorBuilder.h"
#include "neap/passes/fuse/Group.h"

#include "mlir/IR/IRMapping.h"

#include <map>

using namespace mlir;

namespace neap {
namespace {

class LoopWriter {
public:
  explicit LoopWriter(const TileRegion &region)
      : region(region), last(region.ops.back().first), outside(last), inside(last->getContext()) {}

  TileLoopOp write();

private:
  void writeBody();
  void writeConstant(ConstantOp constant, size_t first);
  void writeTile(Operation *op, const OpTiling &tiling);
  void writeYield();
  Value importTile(Value value, size_t first);
  Value importWhole(Value value);
  Value importSkip(RandomBlocks op);
  TileLoopOp createLoop();
  void replaceOutputs(TileLoopOp loop);

  const TileRegion &region;
  Operation *last;
  OpBuilder outside, inside;
  std::unique_ptr<Block> body = std::make_unique<Block>(); ///< until the loop has it
  IRMapping tiles, wholes;                                 // of values outside to values of the body
  std::map<int64_t, Value> skips;                          // by blocks of a round
  SmallVector<Value> slices, wholeOperands, initial, sums, tiled;
  SmallVector<Value> yieldedSums, yieldedTiles;
};

/// The shape in which tiles of a tensor lie one after the other in the first dimension. Dimensions before the cut have size 1.
SmallVector<int64_t> getStackedShape(ArrayRef<int64_t> shape, size_t first, int64_t count) {
  SmallVector<int64_t> tile = *getTileShape(shape, first, count);
  size_t dim = first;
  int64_t rows = 1;
  for (; dim < shape.size() && (rows < count || tile[dim] != shape[dim]); ++dim)
    rows *= shape[dim];
  SmallVector<int64_t> stacked{rows};
  stacked.append(shape.begin() + dim, shape.end());
  return stacked;
}

SmallVector<int64_t> getStackedTileShape(ArrayRef<int64_t> shape, size_t first, int64_t count) {
  SmallVector<int64_t> stacked = getStackedShape(shape, first, count);
  stacked.front() /= count;
  return stacked;
}

} // namespace

/// A value that comes in tiles: made in the loop, repeated there, or a slice of what is outside.
Value LoopWriter::importTile(Value value, size_t first) {
  if (Value known = tiles.lookupOrNull(value))
    return known;
  ArrayRef<int64_t> shape = shapeOf(value);
  slices.push_back(TensorBuilder(outside, value.getLoc()).reshape(value, getStackedShape(shape, first, region.count)));
  auto type = RankedTensorType::get(getStackedTileShape(shape, first, region.count), elementOf(value));
  BlockArgument argument = body->insertArgument(static_cast<unsigned>(slices.size()) - 1, type, value.getLoc());
  Value tile = TensorBuilder(inside, value.getLoc()).reshape(argument, *getTileShape(shape, first, region.count));
  tiles.map(value, tile);
  return tile;
}

/// A value that every round reads all of. Views come along, lest they be copied.
Value LoopWriter::importWhole(Value value) {
  if (Value known = wholes.lookupOrNull(value))
    return known;
  Operation *maker = value.getDefiningOp();
  if (maker && isRepeatable(maker)) {
    SmallVector<Value> operands =
        llvm::map_to_vector(maker->getOperands(), [&](Value operand) { return importWhole(operand); });
    Operation *clone = inside.clone(*maker);
    clone->setOperands(operands);
    wholes.map(maker->getResults(), clone->getResults());
    return wholes.lookup(value);
  }
  auto position = static_cast<unsigned>(slices.size() + wholeOperands.size());
  BlockArgument argument = body->insertArgument(position, value.getType(), value.getLoc());
  wholeOperands.push_back(value);
  wholes.map(value, argument);
  return argument;
}

/// How many blocks of random words come before a round's: a number of each round, which it gets as a tile.
Value LoopWriter::importSkip(RandomBlocks op) {
  int64_t blocks = op.countBlocks() / region.count;
  Value &known = skips[blocks];
  if (!known) {
    auto word = IntegerType::get(op->getContext(), 32, IntegerType::Unsigned);
    SmallVector<APInt> starts;
    for (int64_t round = 0; round < region.count; ++round)
      starts.emplace_back(32, static_cast<uint64_t>(round * blocks));
    auto type = RankedTensorType::get({region.count}, word);
    Value table = ConstantOp::create(outside, op.getLoc(), DenseElementsAttr::get(type, starts));
    known = TensorBuilder(inside, op.getLoc()).reshape(importTile(table, 0), {});
  }
  return known;
}

/// A sum starts from zeros that nobody else has.
static Value makeZeros(OpBuilder &builder, Value like) {
  auto type = cast<RankedTensorType>(like.getType());
  TensorBuilder make(builder, like.getLoc());
  Value zero = make.splat(RankedTensorType::get({}, type.getElementType()), 0);
  return BroadcastOp::create(builder, like.getLoc(), type, zero);
}

/// Of one value everywhere, so a tile of it is one too.
void LoopWriter::writeConstant(ConstantOp constant, size_t first) {
  auto type = RankedTensorType::get(*getTileShape(shapeOf(constant), first, region.count), elementOf(constant));
  auto splat = cast<SplatElementsAttr>(constant.getValue());
  tiles.map(constant.getResult(), ConstantOp::create(inside, constant.getLoc(), splat.resizeSplat(type)).getResult());
}

void LoopWriter::writeTile(Operation *op, const OpTiling &tiling) {
  SmallVector<Value> operands;
  for (auto [operand, first] : llvm::zip_equal(op->getOperands(), tiling.operands))
    operands.push_back(first ? importTile(operand, *first) : importWhole(operand));
  Value extra;
  if (auto random = dyn_cast<RandomBlocks>(op); random && random.countBlocks() > 0)
    extra = importSkip(random);
  if (tiling.isSum()) {
    Value result = op->getResult(0);
    extra = body->addArgument(result.getType(), op->getLoc());
    sums.push_back(result);
    initial.push_back(makeZeros(outside, result));
  }
  SmallVector<Value> made = buildTile(inside, op, tiling, region.count, operands, extra);
  for (auto [result, tile] : llvm::zip_equal(op->getResults(), made))
    tiles.map(result, tile);
  if (tiling.isSum())
    yieldedSums.push_back(made.front());
}

void LoopWriter::writeBody() {
  inside.setInsertionPointToEnd(body.get());
  for (const auto &[op, tiling] : region.ops) {
    if (auto constant = dyn_cast<ConstantOp>(op))
      writeConstant(constant, *tiling.results.front());
    else
      writeTile(op, tiling);
  }
  writeYield();
}

void LoopWriter::writeYield() {
  for (Value output : region.outputs) {
    if (llvm::is_contained(sums, output))
      continue;
    const OpTiling &tiling = region.ops.find(output.getDefiningOp())->second;
    size_t first = *tiling.results[cast<OpResult>(output).getResultNumber()];
    tiled.push_back(output);
    yieldedTiles.push_back(
        TensorBuilder(inside, output.getLoc())
            .reshape(tiles.lookup(output), getStackedTileShape(shapeOf(output), first, region.count)));
  }
  SmallVector<Value> yielded = llvm::to_vector(llvm::concat<Value>(yieldedSums, yieldedTiles));
  YieldOp::create(inside, last->getLoc(), yielded);
}

TileLoopOp LoopWriter::createLoop() {
  SmallVector<Type> types = llvm::map_to_vector(sums, [](Value sum) { return sum.getType(); });
  for (auto [output, tile] : llvm::zip_equal(tiled, yieldedTiles)) {
    SmallVector<int64_t> shape(shapeOf(tile));
    shape.front() *= region.count;
    types.push_back(RankedTensorType::get(shape, elementOf(tile)));
  }
  SmallVector<Location> locations;
  for (const auto &[op, tiling] : region.ops)
    if (!isRepeatable(op))
      locations.push_back(op->getLoc());
  Location location = FusedLoc::get(last->getContext(), locations);
  auto loop = TileLoopOp::create(outside, location, types, region.count, slices, wholeOperands, initial);
  loop.getBody().push_back(body.release());
  return loop;
}

void LoopWriter::replaceOutputs(TileLoopOp loop) {
  for (auto [sum, result] : llvm::zip_equal(sums, loop.getCarriedResults()))
    sum.replaceAllUsesWith(result);
  for (auto [output, result] : llvm::zip_equal(tiled, loop.getTiledResults())) {
    Value whole = TensorBuilder(outside, output.getLoc()).reshape(result, shapeOf(output));
    // Views stay for those outside who read through them.
    output.replaceUsesWithIf(
        whole, [&](OpOperand &use) { return !region.ops.contains(use.getOwner()) || isView(use.getOwner()); });
  }
  SmallVector<Operation *> ops = llvm::map_to_vector(region.ops, [](const auto &entry) { return entry.first; });
  for (Operation *op : llvm::reverse(ops))
    if (op->use_empty())
      op->erase();
}

/// What stands between the region's first op and the loop and reads what the loop makes comes behind it.
static void moveReadersBehind(TileLoopOp loop) {
  Operation *last = loop;
  while (last->getNextNode() && isa<ReshapeOp>(last->getNextNode()) &&
         last->getNextNode()->getOperand(0).getDefiningOp() == loop)
    last = last->getNextNode();
  llvm::DenseSet<Operation *> behind;
  for (Operation *op = loop; op != last->getNextNode(); op = op->getNextNode())
    behind.insert(op);
  SmallVector<Operation *> moved;
  for (Operation *op = &loop->getBlock()->front(); op != loop; op = op->getNextNode()) {
    auto isBehind = [&](Value operand) {
      Operation *maker = operand.getDefiningOp();
      return maker && behind.contains(maker);
    };
    if (!llvm::any_of(op->getOperands(), isBehind))
      continue;
    behind.insert(op);
    moved.push_back(op);
  }
  for (Operation *op : moved) {
    op->moveAfter(last);
    last = op;
  }
}

TileLoopOp LoopWriter::write() {
  writeBody();
  TileLoopOp loop = createLoop();
  replaceOutputs(loop);
  moveReadersBehind(loop);
  return loop;
}

TileLoopOp tileRegion(const TileRegion &region) { return LoopWriter(region).write(); }

} // namespace neap
