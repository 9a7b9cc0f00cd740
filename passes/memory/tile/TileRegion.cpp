// Grows a region from its seed, one op's tiling after the other.
#include "neap/passes/memory/tile/TileRegion.h"

#include "neap/dialects/neap/TensorBuilder.h"
#include "neap/passes/fuse/Group.h"

using namespace mlir;

namespace neap {

bool isRepeatable(Operation *op) {
  bool isIndex = isa<Fusible>(op) && op->getNumOperands() == 0;
  return isView(op) || isSplatConstant(op) || isIndex;
}

namespace {

int64_t elementsOf(Value value) { return ShapedType::getNumElements(shapeOf(value)); }

class RegionFinder {
public:
  RegionFinder(Value seed, int64_t count)
      : seed(seed), count(count), large((elementsOf(seed) + 1) / 2), block(*seed.getDefiningOp()->getBlock()) {}

  std::optional<TileRegion> run();

private:
  /// An op that has an operand or result in tiles and belongs to the region, or may.
  struct Request {
    Operation *op;
    Port port;
    bool isRequired;
  };

  bool grow();
  bool serve(const Request &request);
  bool cut(Value value, size_t first);
  bool takeMaker(Value value);
  bool takeReaders(Value value);
  bool closeGaps();
  std::optional<Request> findGap() const;
  bool needsWholeOfOwn() const;
  bool isViewOfHidden(Operation *op) const { return isView(op) && hidden.contains(op->getOperand(0)); }
  bool isLarge(Value value) const { return elementsOf(value) >= large; }
  bool isInRegion(Value value) const {
    return value.getDefiningOp() && ops.contains(value.getDefiningOp());
  }

  Value seed;
  int64_t count, large;
  Block &block;
  llvm::MapVector<Operation *, OpTiling> ops;
  llvm::DenseMap<Value, size_t> cuts; // values that come in tiles, by the first dimension that is cut
  llvm::DenseSet<Value> hidden;        // values that do not exist whole, and views of them
  std::vector<Request> requests;
};

/// Whoever makes a value that must not exist whole; and views, which are read through.
bool RegionFinder::takeMaker(Value value) {
  auto result = dyn_cast<OpResult>(value);
  if (!result || result.getOwner()->getBlock() != &block)
    return true;
  Operation *maker = result.getOwner();
  bool isRequired = isLarge(value) && !isa<ReadOp>(maker);
  if (isRequired || isRepeatable(maker))
    requests.push_back({maker, {true, result.getResultNumber()}, isRequired});
  return true;
}

/// Whoever reads a value that must not exist whole, itself or through views.
bool RegionFinder::takeReaders(Value value) {
  if (!hidden.insert(value).second)
    return true;
  for (OpOperand &use : value.getUses()) {
    if (use.getOwner()->getBlock() != &block)
      return false;
    requests.push_back({use.getOwner(), {false, use.getOperandNumber()}, true});
  }
  return true;
}

/// Notes that a value comes in tiles. False where it does so already, cut elsewhere.
bool RegionFinder::cut(Value value, size_t first) {
  auto [entry, isNew] = cuts.try_emplace(value, first);
  return isNew || entry->second == first;
}

bool RegionFinder::serve(const Request &request) {
  auto [op, port, isRequired] = request;
  Value value = port.isResult ? Value(op->getResult(port.index)) : op->getOperand(port.index);
  if (auto known = ops.find(op); known != ops.end()) {
    auto &list = port.isResult ? known->second.results : known->second.operands;
    return list[port.index] == cuts.at(value) && (!isViewOfHidden(op) || takeReaders(op->getResult(0)));
  }
  std::optional<OpTiling> tiling;
  if (isSplatConstant(op))
    tiling = OpTiling{{}, {cuts.at(value)}};
  else if (isMemoryEffectFree(op))
    tiling = findOpTiling(op, port, cuts.at(value), count);
  if (!tiling)
    return !isRequired;
  ops.insert({op, *tiling});
  for (auto [operand, first] : llvm::zip_equal(op->getOperands(), tiling->operands))
    if (first && (!cut(operand, *first) || !takeMaker(operand)))
      return false;
  for (auto [result, first] : llvm::zip_equal(op->getResults(), tiling->results)) {
    if (!first)
      continue;
    bool mustHide = isRepeatable(op) ? isViewOfHidden(op) : isLarge(result);
    if (!cut(result, *first) || (mustHide && !takeReaders(result)))
      return false;
  }
  return true;
}

bool RegionFinder::grow() {
  while (!requests.empty()) {
    Request request = requests.back();
    requests.pop_back();
    if (!serve(request))
      return false;
  }
  return true;
}

/// An op outside that reads a tile of the region and that the region depends on, with the tile as its port.
std::optional<RegionFinder::Request> RegionFinder::findGap() const {
  llvm::DenseSet<Operation *> behind, before;
  for (Operation &op : block)
    if (!ops.contains(&op) && llvm::any_of(op.getOperands(), [&](Value operand) {
          Operation *maker = operand.getDefiningOp();
          return maker && ((ops.contains(maker) && !isRepeatable(maker)) || behind.contains(maker));
        }))
      behind.insert(&op);
  for (Operation &op : llvm::reverse(block))
    if (behind.contains(&op) && llvm::any_of(op.getUsers(), [&](Operation *user) {
          return ops.contains(user) || before.contains(user);
        }))
      before.insert(&op);
  for (Operation &op : block)
    if (before.contains(&op))
      for (auto [index, operand] : llvm::enumerate(op.getOperands()))
        if (cuts.contains(operand) && isInRegion(operand))
          return Request{&op, {false, static_cast<unsigned>(index)}, true};
  if (!before.empty()) // what lies between begins with a sum, which is complete only when all rounds are done
    return Request{};
  return std::nullopt;
}

bool RegionFinder::closeGaps() {
  while (std::optional<Request> gap = findGap()) {
    if (!gap->op)
      return false;
    requests.push_back(*gap);
    if (!grow())
      return false;
  }
  return true;
}

/// Whether some op reads all of what rounds make.
bool RegionFinder::needsWholeOfOwn() const {
  return llvm::any_of(ops, [&](const auto &entry) {
    const auto &[op, tiling] = entry;
    return llvm::any_of(llvm::zip_equal(op->getOperands(), tiling.operands), [&](auto pair) {
      auto [operand, first] = pair;
      return !first && isInRegion(operand) && !isRepeatable(operand.getDefiningOp());
    });
  });
}

std::optional<TileRegion> RegionFinder::run() {
  // The leading dimensions are those that everything has in common: the batch, and the positions in it.
  if (shapeOf(seed).empty() || !getTileShape(shapeOf(seed), 0, count))
    return std::nullopt;
  cuts[seed] = 0;
  if (!takeMaker(seed) || !takeReaders(seed) || !grow() || !closeGaps() || needsWholeOfOwn())
    return std::nullopt;
  TileRegion region;
  region.count = count;
  for (Operation &op : block)
    if (auto found = ops.find(&op); found != ops.end())
      region.ops.insert(*found);
  for (auto &[op, tiling] : region.ops) {
    if (isRepeatable(op))
      continue;
    for (Value result : op->getResults()) {
      bool isOutput = llvm::any_of(result.getUsers(), [&](Operation *user) { return !ops.contains(user); });
      if (isOutput)
        region.outputs.insert(result);
      else if (cuts.contains(result))
        region.hiddenBytes += storageBytes(elementOf(result), shapeOf(result));
    }
  }
  return region;
}

} // namespace

std::optional<TileRegion> findTileRegion(Value seed, int64_t count) { return RegionFinder(seed, count).run(); }

} // namespace neap
