// Grows a region from its seed, one op's tiling after the other.
#include "neap/passes/memory/tile/TileRegion.h"

#include "neap/dialects/neap/TensorBuilder.h"
#include "neap/passes/fuse/Group.h"
#include "neap/passes/support/ErrorKind.h"

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
  /// Values of at least `large` elements must not exist whole; or may, where what reads them cannot be tiled and `mayLeave`.
  /// Where `allowed` is given, all other ops stay outside whatever they read.
  RegionFinder(Value seed, int64_t count, int64_t large, bool mayLeave,
               const llvm::DenseSet<Operation *> *allowed = nullptr)
      : seed(seed), count(count), large(large), mayLeave(mayLeave), allowed(allowed),
        block(*seed.getDefiningOp()->getBlock()) {}

  std::optional<TileRegion> run();
  /// Why there is no region: an op, and what about it.
  Operation *getObstacle() const { return obstacle; }
  StringRef getReason() const { return reason; }

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
  void takeMaker(Value value);
  void takeReaders(Value value);
  bool closeGaps();
  std::optional<Request> findGap() const;
  bool readsOthersWhole();
  bool isRun(Operation *op, Value value);
  bool hasRunsAtItsBorder();
  bool isViewOfHidden(Operation *op) const { return isView(op) && hidden.contains(op->getOperand(0)); }
  bool isLarge(Value value) const { return elementsOf(value) >= large; }
  /// Whether rounds make a value, itself or what it is a view of.
  bool isMadeInside(Value value) const {
    Operation *maker = value.getDefiningOp();
    if (!maker || !ops.contains(maker))
      return false;
    return !isRepeatable(maker) ||
           llvm::any_of(maker->getOperands(), [&](Value operand) { return isMadeInside(operand); });
  }
  bool isReadOutside(Value value) const;

  bool refuse(Operation *op, StringRef why) {
    obstacle = op;
    reason = why;
    return false;
  }

  Value seed;
  int64_t count, large;
  bool mayLeave;
  const llvm::DenseSet<Operation *> *allowed;
  Operation *obstacle = nullptr;
  StringRef reason;
  Block &block;
  llvm::MapVector<Operation *, OpTiling> ops;
  llvm::DenseMap<Value, size_t> cuts; // values that come in tiles, by the first dimension that is cut
  llvm::DenseSet<Value> hidden;       // values that do not exist whole, and views of them
  std::vector<Request> requests;
};

/// Whoever makes a value that must not exist whole; and views, which are read through.
void RegionFinder::takeMaker(Value value) {
  auto result = dyn_cast<OpResult>(value);
  if (!result || result.getOwner()->getBlock() != &block)
    return;
  Operation *maker = result.getOwner();
  bool isRequired = isLarge(value) && !isa<ReadOp>(maker);
  if (isRequired || isRepeatable(maker))
    requests.push_back({maker, {true, result.getResultNumber()}, isRequired});
}

/// Whoever reads a value that must not exist whole, itself or through views.
void RegionFinder::takeReaders(Value value) {
  if (!hidden.insert(value).second)
    return;
  for (OpOperand &use : value.getUses())
    if (!allowed || allowed->contains(use.getOwner()))
      requests.push_back({use.getOwner(), {false, use.getOperandNumber()}, !mayLeave});
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
    if (list[port.index] != cuts.at(value))
      return refuse(op, "reads a value in two ways that are cut differently");
    if (isViewOfHidden(op))
      takeReaders(op->getResult(0));
    return true;
  }
  std::optional<OpTiling> tiling;
  if (isSplatConstant(op))
    tiling = OpTiling{{}, {cuts.at(value)}};
  else if (isMemoryEffectFree(op))
    tiling = findOpTiling(op, port, cuts.at(value), count);
  if (!tiling)
    return !isRequired || refuse(op, "cannot be computed tile by tile with the same bits");
  ops.insert({op, *tiling});
  for (auto [operand, first] : llvm::zip_equal(op->getOperands(), tiling->operands)) {
    if (!first)
      continue;
    if (!cut(operand, *first))
      return refuse(op, "reads a value that others need cut differently");
    takeMaker(operand);
  }
  for (auto [result, first] : llvm::zip_equal(op->getResults(), tiling->results)) {
    if (!first)
      continue;
    if (!cut(result, *first))
      return refuse(op, "makes a value that others need cut differently");
    if (isRepeatable(op) ? isViewOfHidden(op) : isLarge(result))
      takeReaders(result);
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
          return isMadeInside(operand) || behind.contains(operand.getDefiningOp());
        }))
      behind.insert(&op);
  for (Operation &op : llvm::reverse(block))
    if (behind.contains(&op) &&
        llvm::any_of(op.getUsers(), [&](Operation *user) { return ops.contains(user) || before.contains(user); }))
      before.insert(&op);
  for (Operation &op : block)
    if (before.contains(&op))
      for (auto [index, operand] : llvm::enumerate(op.getOperands()))
        if (cuts.contains(operand) && isMadeInside(operand))
          return Request{&op, {false, static_cast<unsigned>(index)}, true};
  for (Operation &op : block) // begins with a sum, which is complete only when all rounds are done
    if (before.contains(&op))
      return Request{&op, {true, 0}, true};
  return std::nullopt;
}

bool RegionFinder::closeGaps() {
  while (std::optional<Request> gap = findGap()) {
    if (gap->port.isResult)
      return refuse(gap->op, "needs what all tiles make before others are complete");
    requests.push_back(*gap);
    if (!grow())
      return false;
  }
  return true;
}

/// Whether no op reads all of what rounds make.
bool RegionFinder::readsOthersWhole() {
  for (auto &[op, tiling] : ops)
    for (auto [operand, first] : llvm::zip_equal(op->getOperands(), tiling.operands))
      if (!first && isMadeInside(operand))
        return refuse(op, "needs what all tiles make");
  return true;
}

/// Whether the tiles of a value lie one after the other in memory.
bool RegionFinder::isRun(Operation *op, Value value) {
  int64_t before = ShapedType::getNumElements(shapeOf(value).take_front(cuts.lookup(value)));
  return before == 1 || refuse(op, "would read or write tiles that are not in one piece");
}

/// By an op that is in no round, or by a view that stays outside for such ops.
bool RegionFinder::isReadOutside(Value value) const {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    return !ops.contains(user) || (isView(user) && isReadOutside(user->getResult(0)));
  });
}

/// What comes from outside and what goes there.
bool RegionFinder::hasRunsAtItsBorder() {
  for (auto &[op, tiling] : ops) {
    for (auto [operand, first] : llvm::zip_equal(op->getOperands(), tiling.operands)) {
      bool isOutside = !operand.getDefiningOp() || !ops.contains(operand.getDefiningOp());
      if (first && isOutside && !isRun(op, operand))
        return false;
    }
    if (isRepeatable(op))
      continue;
    for (auto [result, first] : llvm::zip_equal(op->getResults(), tiling.results)) {
      if (first && isReadOutside(result) && !isRun(op, result))
        return false;
    }
  }
  return true;
}

std::optional<TileRegion> RegionFinder::run() {
  // The leading dimensions are those that everything has in common: the batch, and the positions in it.
  if (shapeOf(seed).empty() || !getTileShape(shapeOf(seed), 0, count)) {
    refuse(seed.getDefiningOp(), "makes a value whose leading dimensions do not divide by it");
    return std::nullopt;
  }
  cuts[seed] = 0;
  takeMaker(seed);
  takeReaders(seed);
  if (!grow() || !closeGaps() || !readsOthersWhole() || !hasRunsAtItsBorder())
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
      if (isReadOutside(result))
        region.outputs.insert(result);
      else if (cuts.contains(result))
        region.hiddenBytes += storageBytes(elementOf(result), shapeOf(result));
    }
  }
  return region;
}

} // namespace

std::optional<TileRegion> findTileRegion(Value seed, int64_t count) {
  return RegionFinder(seed, count, (elementsOf(seed) + 1) / 2, /*mayLeave=*/false).run();
}

std::optional<TileRegion> findForwardRegion(Value seed, int64_t count, const llvm::DenseSet<Operation *> &forward) {
  return RegionFinder(seed, count, (elementsOf(seed) + 1) / 2, /*mayLeave=*/false, &forward).run();
}

/// What has more elements than any input of indices (tokens, labels) is worth splitting; what is as small as they are, such as
/// the number of labels that count, is computed for the whole batch.
static int64_t findLargestIndexInput(StepOp step) {
  int64_t elements = 1;
  for (BlockArgument argument : step.getArguments())
    if (isa<IntegerType>(elementOf(argument)))
      elements = std::max(elements, elementsOf(argument));
  return elements;
}

/// The first large values on each way from the inputs: the embeddings of tokens.
static SmallVector<Value> findFirstLarge(StepOp step, int64_t large) {
  SmallVector<Value> found;
  llvm::DenseSet<Value> reached(step.getArguments().begin(), step.getArguments().end());
  for (Operation &op : step.getBody().front())
    if (llvm::any_of(op.getOperands(), [&](Value operand) { return reached.contains(operand); }))
      for (Value result : op.getResults()) {
        if (elementsOf(result) < large)
          reached.insert(result);
        else if (!isRepeatable(&op))
          found.push_back(result);
      }
  return found;
}

FailureOr<TileRegion> findBatchRegion(StepOp step, int64_t count) {
  int64_t large = findLargestIndexInput(step) + 1;
  InFlightDiagnostic error =
      marked(step.emitError("the batch cannot be split into ") << count << " parts", ErrorKind::Usage);
  SmallVector<Value> seeds = findFirstLarge(step, large);
  if (seeds.empty())
    error.attachNote() << "no input leads to a value with more elements than the largest input of integers has";
  for (Value seed : seeds) {
    RegionFinder finder(seed, count, large, /*mayLeave=*/true);
    if (std::optional<TileRegion> region = finder.run()) {
      error.abandon();
      return *region;
    }
    if (Operation *obstacle = finder.getObstacle())
      error.attachNote(obstacle->getLoc()) << obstacle->getName() << " " << finder.getReason();
  }
  return failure();
}

} // namespace neap
