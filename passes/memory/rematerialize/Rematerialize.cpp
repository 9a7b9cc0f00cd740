// neap-rematerialize. See Pass.td.
//   1. note which sources are computed again themselves, as long as they say so
//   2. for each recompute, in order: put barriers before its sources, clone what leads from them to its value
#include "neap/passes/memory/rematerialize/Rematerialize.h"

#include "neap/passes/support/Locations.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/SetVector.h"

#include <map>

using namespace mlir;

namespace neap {
namespace {

class Rematerialization {
public:
  Rematerialization(StepOp step, bool reports) : step(step), reports(reports) {}
  LogicalResult run();

private:
  struct Recomputation {
    RecomputeOp op;
    SmallVector<Value> originals;      ///< what each source stands for
    SmallVector<bool> isComputedAgain; ///< whether each source is another recompute
  };

  LogicalResult expand(Recomputation &recomputation);
  Value getBarrier(OpBuilder &builder, Value value, Value after, Location location);
  Operation *getClone(OpBuilder &builder, Operation *op, IRMapping &mapping);

  StepOp step;
  bool reports;
  llvm::DenseMap<std::pair<Value, Value>, Value> barriers;
  /// By op and the operands it has been given.
  std::map<std::pair<Operation *, std::vector<void *>>, Operation *> clones;
};

/// The ops between sources and value, in the order in which they run.
SmallVector<Operation *> findSlice(Value value, ArrayRef<Value> sources) {
  llvm::DenseSet<Value> isSource(sources.begin(), sources.end());
  llvm::SetVector<Operation *> slice;
  SmallVector<Value> pending{value};
  while (!pending.empty()) {
    Value next = pending.pop_back_val();
    Operation *producer = next.getDefiningOp();
    bool isThere = !producer || isa<ReadOp, StepValueOp, RandomIdOp>(producer) ||
                   producer->hasTrait<OpTrait::ConstantLike>() || (isSource.contains(next) && next != value);
    if (!isThere && slice.insert(producer))
      pending.append(producer->operand_begin(), producer->operand_end());
  }
  SmallVector<Operation *> ordered = slice.takeVector();
  llvm::sort(ordered, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  return ordered;
}

} // namespace

Value Rematerialization::getBarrier(OpBuilder &builder, Value value, Value after, Location location) {
  Value &known = barriers[{value, after}];
  if (!known)
    known = BarrierOp::create(builder, location, value, after);
  return known;
}

Operation *Rematerialization::getClone(OpBuilder &builder, Operation *op, IRMapping &mapping) {
  std::vector<void *> operands;
  for (Value operand : op->getOperands())
    operands.push_back(mapping.lookupOrDefault(operand).getAsOpaquePointer());
  Operation *&known = clones[{op, std::move(operands)}];
  if (!known)
    return known = builder.clone(*op, mapping);
  mapping.map(op->getResults(), known->getResults());
  return known;
}

LogicalResult Rematerialization::expand(Recomputation &recomputation) {
  RecomputeOp op = recomputation.op;
  OpBuilder builder(op);
  IRMapping mapping;
  for (auto [original, source, isComputedAgain] :
       llvm::zip_equal(recomputation.originals, op.getSources(), recomputation.isComputedAgain))
    mapping.map(original, isComputedAgain ? source : getBarrier(builder, source, op.getAfter(), op.getLoc()));
  SmallVector<Operation *> slice = findSlice(op.getValue(), recomputation.originals);
  for (Operation *original : slice) {
    if (!isMemoryEffectFree(original)) // recompute_c1
      return op.emitOpError("expected ops that can be computed again, got ") << original->getName();
    getClone(builder, original, mapping);
  }
  if (reports)
    remark::passed(op.getLoc(), remark::RemarkOpts::name("Rematerialized").category("neap-rematerialize"))
        << remark::add("{0} is computed again by {1} ops", findNodeName(op).str(), slice.size());
  op.replaceAllUsesWith(mapping.lookup(op.getValue()));
  op.erase();
  return success();
}

/// What a source is another version of: computed again, or back from far memory.
static Value findOriginal(Value source) {
  if (auto again = source.getDefiningOp<RecomputeOp>())
    return again.getValue();
  auto reload = source.getDefiningOp<ReloadOp>();
  if (!reload)
    return source;
  Value far = reload.getValue();
  if (auto await = far.getDefiningOp<AwaitOp>())
    far = await.getValue();
  auto offload = far.getDefiningOp<OffloadOp>();
  return offload ? offload.getValue() : source;
}

LogicalResult Rematerialization::run() {
  std::vector<Recomputation> recomputations;
  step.walk([&](RecomputeOp op) { // also in bodies of loops
    auto isRecompute = [](Value source) { return source.getDefiningOp<RecomputeOp>() != nullptr; };
    recomputations.push_back(
        {op, llvm::map_to_vector(op.getSources(), findOriginal), llvm::map_to_vector(op.getSources(), isRecompute)});
  });
  for (Recomputation &recomputation : recomputations)
    if (failed(expand(recomputation)))
      return failure();
  return success();
}

LogicalResult rematerialize(StepOp step, bool reports) { return Rematerialization(step, reports).run(); }

} // namespace neap
