// Copies the ops that matter into a block of their own, and fuses them there.
#include "neap/passes/memory/plan-memory/SliceCosts.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace neap {
namespace {

/// The ops that lead to values from what is given, in a block that yields the values and takes as arguments what is given.
class Slice {
public:
  Slice(ArrayRef<Value> results, SliceCosts::IsGiven isGiven) : isGiven(isGiven) {
    llvm::SetVector<Operation *> ops = findOps(results);
    SmallVector<Operation *> ordered(ops.begin(), ops.end());
    llvm::sort(ordered, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    OpBuilder builder(results.front().getContext());
    builder.setInsertionPointToEnd(&block);
    for (Operation *op : ordered) {
      for (Value operand : op->getOperands())
        import(operand, ops);
      builder.clone(*op, mapping);
    }
    SmallVector<Value> yielded = llvm::map_to_vector(results, [&](Value value) { return mapping.lookup(value); });
    YieldOp::create(builder, results.front().getLoc(), yielded);
  }

  Block &getBlock() { return block; }

private:
  /// What fusion looks into is part of the slice: the value of a splat, say.
  bool isInside(Value value) const {
    Operation *producer = value.getDefiningOp();
    return producer && (isFree(producer) || !isGiven(value));
  }

  llvm::SetVector<Operation *> findOps(ArrayRef<Value> results) const {
    llvm::SetVector<Operation *> ops;
    SmallVector<Operation *> pending;
    auto visit = [&](Value value) {
      if (ops.insert(value.getDefiningOp()))
        pending.push_back(value.getDefiningOp());
    };
    llvm::for_each(results, visit);
    while (!pending.empty())
      for (Value operand : pending.pop_back_val()->getOperands())
        if (isInside(operand))
          visit(operand);
    return ops;
  }

  void import(Value operand, const llvm::SetVector<Operation *> &ops) {
    if (!ops.contains(operand.getDefiningOp()) && !mapping.contains(operand))
      mapping.map(operand, block.addArgument(operand.getType(), operand.getLoc()));
  }

  SliceCosts::IsGiven isGiven;
  Block block;
  IRMapping mapping;
};

} // namespace

FailureOr<double> SliceCosts::estimate(ArrayRef<Value> results, IsGiven isGiven) {
  if (results.empty())
    return 0.0;
  Slice slice(results, isGiven);
  BlockStructure structure = getStructure(slice.getBlock());
  if (auto entry = known.find(structure); entry != known.end())
    return entry->second;
  fuseOperators(slice.getBlock(), rules);
  double seconds = 0;
  for (auto group : slice.getBlock().getOps<FusedOp>()) {
    FailureOr<KernelFacts> facts = kernels.describe(group);
    if (failed(facts))
      return failure();
    seconds += facts->seconds;
  }
  return known[std::move(structure)] = seconds;
}

} // namespace neap
