// Clones along the forward region, from late readers back to what exists whole.
#include "neap/passes/memory/tile/LateCopies.h"

#include "neap/dialects/neap/TensorBuilder.h"
#include "neap/passes/memory/tile/TileRegion.h"
#include "neap/passes/support/Step.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace neap {
namespace {

class LateCopier {
public:
  LateCopier(const TileRegion &region, int64_t large, const llvm::DenseSet<Operation *> &forward)
      : region(region), large(large), forward(forward) {}

  std::optional<Value> run();

private:
  /// Whether a value exists in tiles alone, so that the backward pass must make it again. Constants it has of its own anyway.
  bool isHidden(Value value) const {
    Operation *maker = value.getDefiningOp();
    return maker && region.ops.contains(maker) && maker->getNumOperands() > 0 &&
           2 * ShapedType::getNumElements(shapeOf(value)) >= large;
  }
  SmallVector<OpOperand *> findLateUses() const;
  Value getCopy(Value value);

  const TileRegion &region;
  int64_t large; ///< elements of the seed
  const llvm::DenseSet<Operation *> &forward;
  IRMapping copies;
};

} // namespace

SmallVector<OpOperand *> LateCopier::findLateUses() const {
  SmallVector<OpOperand *> uses;
  for (const auto &[op, tiling] : region.ops)
    for (Value result : op->getResults())
      if (isHidden(result))
        for (OpOperand &use : result.getUses())
          if (!forward.contains(use.getOwner()))
            uses.push_back(&use);
  return uses;
}

/// What is smaller exists whole: it is read as it is.
Value LateCopier::getCopy(Value value) {
  if (!isHidden(value))
    return value;
  if (!copies.contains(value)) {
    Operation *maker = value.getDefiningOp();
    SmallVector<Value> operands =
        llvm::map_to_vector(maker->getOperands(), [&](Value operand) { return getCopy(operand); });
    OpBuilder builder(maker->getContext());
    builder.setInsertionPointAfter(maker);
    Operation *copy = builder.clone(*maker);
    copy->setOperands(operands);
    copies.map(maker->getResults(), copy->getResults());
  }
  return copies.lookup(value);
}

std::optional<Value> LateCopier::run() {
  SmallVector<OpOperand *> uses = findLateUses();
  for (OpOperand *use : uses)
    use->set(getCopy(use->get()));
  auto isSmaller = [](OpOperand *a, OpOperand *b) {
    return ShapedType::getNumElements(shapeOf(a->get())) < ShapedType::getNumElements(shapeOf(b->get()));
  };
  auto largest = llvm::max_element(uses, isSmaller);
  return uses.empty() ? std::nullopt : std::optional((*largest)->get());
}

std::optional<Value> copyForBackward(StepOp step, Value seed, int64_t count) {
  llvm::DenseSet<Operation *> forward = collectForward(step);
  if (!forward.contains(seed.getDefiningOp()))
    return std::nullopt;
  std::optional<TileRegion> region = findForwardRegion(seed, count, forward);
  return region ? LateCopier(*region, ShapedType::getNumElements(shapeOf(seed)), forward).run() : std::nullopt;
}

bool tileTwice(StepOp step, Value seed, int64_t count) {
  std::optional<Value> copy = copyForBackward(step, seed, count);
  std::optional<TileRegion> first = copy ? findTileRegion(seed, count) : std::nullopt;
  // Where nothing lies between the passes one region has both.
  if (!first || first->ops.contains(copy->getDefiningOp()))
    return false;
  tileRegion(*first);
  std::optional<TileRegion> second = findTileRegion(*copy, count);
  if (second)
    tileRegion(*second);
  return second.has_value();
}

} // namespace neap
