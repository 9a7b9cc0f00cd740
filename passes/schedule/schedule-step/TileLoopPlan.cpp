// Tile loops: a loop is one task of the step, and its body is planned like a step of its own.
#include "neap/passes/schedule/schedule-step/StepPlan.h"

using namespace mlir;
using namespace neap;
using sched::Role;

// In the plan that has the loop ---------------------------------------------------------------------------------------

/// Whether a carried value may be overwritten: made by a group, and for the loop alone.
static bool isMadeForLoop(Value initial) {
  return isa_and_nonnull<FusedOp, TileLoopOp>(initial.getDefiningOp()) && initial.hasOneUse();
}

/// Carried values stay where their initial ones are; tiles go to a storage for the whole.
LogicalResult StepPlan::addLoop(TileLoopOp tileLoop) {
  auto plan = std::make_unique<StepPlan>(tileLoop, *this);
  if (failed(plan->prepare()))
    return failure();
  plan->place();
  llvm::SmallSetVector<int, 8> reads, writes;
  for (Value operand : tileLoop.getOperands())
    reads.insert(getStorage(operand));
  for (int storage = 0; storage < static_cast<int>(plan->storages.size()); ++storage)
    if (int named = plan->getOuterStorage(storage); named >= 0)
      reads.insert(named);
  for (auto [result, initial] : llvm::zip_equal(tileLoop.getCarriedResults(), tileLoop.getCarried())) {
    if (!isMadeForLoop(initial))
      return tileLoop.emitOpError("expected carried values that are made for it alone when the step is scheduled");
    storageOf[result] = getStorage(initial);
    writes.insert(storageOf[result]);
  }
  for (Value result : tileLoop.getTiledResults()) {
    storageOf[result] = addStorage(Role::Activation, cast<RankedTensorType>(result.getType()));
    writes.insert(storageOf[result]);
  }
  auto own = RankedTensorType::get({plan->arenaBytes}, IntegerType::get(step.getContext(), 8));
  int storage = addStorage(Role::Activation, own);
  writes.insert(storage);
  addTask(tileLoop, reads.getArrayRef(), writes.getArrayRef());
  bodies.try_emplace(tileLoop, LoopBody{std::move(plan), storage});
  return success();
}

// In the plan of a round ----------------------------------------------------------------------------------------------

/// A name for bytes that the outer plan places. They are there before and after every round.
int StepPlan::addOuter(int storage, RankedTensorType type) {
  int name = addStorage(Role::Input, type);
  graph.storages[name] = {/*bytes=*/0, /*aliveBefore=*/true, /*aliveAfter=*/true};
  outerStorages[name] = storage;
  return name;
}

void StepPlan::collectArguments() {
  auto add = [&](Value argument, Value operand) {
    storageOf[argument] = addOuter(outer->getStorage(operand), cast<RankedTensorType>(argument.getType()));
  };
  for (auto [argument, operand] : llvm::zip_equal(block.getArguments(), loop.getOperands()))
    add(argument, operand);
  stepBlock = addOuter(outer->stepBlock, outer->storages[outer->stepBlock].type);
  collectConstants();
}

/// What is yielded is written where the outer plan has a place for it.
LogicalResult StepPlan::placeYielded() {
  findOldValueReaders();
  for (auto [value, argument] : llvm::zip_equal(loop.getYieldedCarried(), loop.getCarriedArguments())) {
    int storage = storageOf.at(argument);
    StringRef reason = placeUpdate(value, storage);
    if (!reason.empty())
      return loop.emitOpError("cannot carry a value on in its place: ") << reason;
  }
  applyMerges();
  for (Value value : loop.getYieldedTiles()) {
    int storage = getStorage(value);
    if (storages[storage].role != Role::Activation)
      return loop.emitOpError("expected every tile to be made by a group, for one result");
    storages[storage].role = Role::Output;
    graph.storages[storage] = {/*bytes=*/0, /*aliveBefore=*/true, /*aliveAfter=*/true};
  }
  return success();
}
