// Steps 1 to 5: what there is, what may share bytes, in which order, and where.
#include "neap/passes/schedule/schedule-step/StepPlan.h"

#include "neap/passes/planning/Order.h"
#include "neap/passes/planning/Packing.h"
#include "neap/passes/support/ErrorKind.h"
#include "neap/passes/support/SlotAlignment.h"

#include "mlir/IR/Remarks.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

#include <set>

using namespace mlir;
using namespace neap;
using sched::Role;

static constexpr StringLiteral category = "neap-schedule-step";

/// The value of which another is a name, in the same bytes; null if it is none.
static Value getRenamed(Value value) {
  if (auto reshape = value.getDefiningOp<ReshapeOp>())
    return reshape.getOperand();
  if (auto barrier = value.getDefiningOp<BarrierOp>())
    return barrier.getValue();
  if (auto await = value.getDefiningOp<AwaitOp>())
    return await.getValue();
  return {};
}

/// Through names of the same bytes to the value that has them.
static Value skipRenames(Value value) {
  while (Value renamed = getRenamed(value))
    value = renamed;
  return value;
}

SmallVector<StepField> neap::getStepFields(FusedOp group) {
  llvm::SetVector<StepField> fields;
  group.getBody().walk([&](StepValueOp op) { fields.insert(op.getField()); });
  return fields.takeVector();
}

int StepPlan::getStorage(Value value) const { return findMerged(storageOf.at(skipRenames(value))); }

int StepPlan::getUnmergedStorage(Value value) const {
  int storage = storageOf.at(skipRenames(value));
  while (mergedByUpdates[storage] != storage)
    storage = mergedByUpdates[storage];
  return storage;
}

int StepPlan::findMerged(int storage) const {
  while (mergedInto[storage] != storage)
    storage = mergedInto[storage];
  return storage;
}

/// Lets the tasks name storages by what they were merged into.
void StepPlan::applyMerges() {
  auto apply = [&](std::vector<int> &list) {
    llvm::SetVector<int> merged;
    for (int storage : list)
      merged.insert(findMerged(storage));
    list.assign(merged.begin(), merged.end());
  };
  for (planning::Task &task : graph.tasks) {
    apply(task.reads);
    apply(task.writes);
  }
}

// 1. Collect ----------------------------------------------------------------------------------------------------------

int StepPlan::addStorage(Role role, RankedTensorType type, Attribute identity, sched::Space space) {
  bool outlivesStep = role != Role::Activation && role != Role::Output;
  int64_t bytes = alignToSlot(storageBytes(type.getElementType(), type.getShape()));
  graph.storages.push_back(
      {space == sched::Space::Device ? bytes : 0, outlivesStep, outlivesStep || role == Role::Output});
  storages.push_back({role, type, identity, {}, space, 0});
  isOffloaded.push_back(false);
  outerStorages.push_back(-1);
  mergedInto.push_back(static_cast<int>(storages.size()) - 1);
  return mergedInto.back();
}

/// What an op of the memory plan waits for; null for others.
static Value getAfter(Operation *op) {
  return TypeSwitch<Operation *, Value>(op)
      .Case<AwaitOp, BarrierOp, ReloadOp>([](auto later) { return later.getAfter(); })
      .Default([](Operation *) { return Value(); });
}

/// The values that an op's task touches.
static SmallVector<Value> getTouched(Operation *op) {
  return TypeSwitch<Operation *, SmallVector<Value>>(op)
      .Case([](AwaitOp await) -> SmallVector<Value> { // the value itself lies there until then
        return {await.getValue(), await.getValue().getDefiningOp<OffloadOp>().getValue()};
      })
      .Case([](ReloadOp reload) -> SmallVector<Value> { return {reload.getValue()}; })
      .Default([](Operation *other) { return llvm::to_vector(other->getOperands()); });
}

/// The tasks that the memory plan puts before an op.
std::vector<int> StepPlan::findTasksBefore(Operation *op) const {
  std::set<int> before;
  auto add = [&](Value after) {
    if (Operation *earlier = after ? skipRenames(after).getDefiningOp() : nullptr; earlier && taskOf.contains(earlier))
      before.insert(taskOf.at(earlier));
  };
  add(getAfter(op));
  for (Value operand : getTouched(op))
    for (Value renamed = operand; renamed && renamed.getDefiningOp(); renamed = getRenamed(renamed))
      if (isa<BarrierOp>(renamed.getDefiningOp()))
        add(getAfter(renamed.getDefiningOp()));
  return {before.begin(), before.end()};
}

void StepPlan::addTask(Operation *op) {
  llvm::SetVector<int> reads, writes;
  for (Value touched : getTouched(op))
    reads.insert(getStorage(touched));
  if (auto offload = dyn_cast<OffloadOp>(op)) {
    int source = getStorage(offload.getValue());
    isOffloaded[source] = true;
    if (llvm::none_of(offload->getUsers(), llvm::IsaPred<AwaitOp>)) // the copy may take until the end
      graph.storages[source].aliveAfter = true;
  }
  if (auto group = dyn_cast<FusedOp>(op); group && !getStepFields(group).empty())
    reads.insert(stepBlock);
  auto space = isa<OffloadOp>(op) ? sched::Space::Far : sched::Space::Device;
  for (OpResult result : op->getResults()) {
    if (getRenamed(result))
      continue;
    storageOf[result] = addStorage(Role::Activation, cast<RankedTensorType>(result.getType()), {}, space);
    writes.insert(storageOf[result]);
  }
  addTask(op, reads.getArrayRef(), writes.getArrayRef());
}

void StepPlan::addTask(Operation *op, ArrayRef<int> reads, ArrayRef<int> writes) {
  graph.tasks.push_back({reads, writes, findTasksBefore(op)});
  taskOf[op] = static_cast<int>(tasks.size());
  tasks.push_back(op);
}

/// The first storage, so that its offset is 0: libraries want their workspace at a multiple of more than a slot's alignment.
void StepPlan::addWorkspace() {
  auto isLeftToLibrary = [](FusedOp group) {
    return group.getLibrary() ? WalkResult::interrupt() : WalkResult::advance();
  };
  bool isUsed = workspaceBytes > 0 && step.walk(isLeftToLibrary).wasInterrupted();
  if (isUsed)
    workspace =
        addStorage(Role::Workspace, RankedTensorType::get({workspaceBytes}, IntegerType::get(step.getContext(), 8)));
}

int StepPlan::addConstant(RankedTensorType type, Attribute value) {
  return outer ? addOuter(outer->addConstant(type, value), type) : addStorage(Role::Constant, type, value);
}

void StepPlan::collectConstants() {
  for (auto constant : block.getOps<ConstantOp>())
    storageOf[constant] = addConstant(constant.getType(), constant.getValueAttr());
  for (auto id : block.getOps<RandomIdOp>()) {
    auto type = cast<RankedTensorType>(id.getType());
    APInt word(32, static_cast<uint64_t>(id.getNumber()));
    storageOf[id] = addConstant(type, DenseElementsAttr::get(type, word));
  }
}

/// All declarations get a place, whether the step uses them or not.
void StepPlan::collectPersistent() {
  addWorkspace();
  auto module = step->getParentOfType<ModuleOp>();
  auto declare = [&](auto declaration, Role role, sched::Space space) {
    Attribute symbol = FlatSymbolRefAttr::get(declaration.getSymNameAttr());
    declared[symbol] = addStorage(role, cast<RankedTensorType>(declaration.getType()), symbol, space);
  };
  for (auto parameter : module.getOps<ParameterOp>())
    declare(parameter, Role::Parameter, sched::Space::Device);
  for (auto state : module.getOps<StateOp>())
    declare(state, Role::State, state.getFar() ? sched::Space::Far : sched::Space::Device);
  collectConstants();
  for (auto [index, argument] : llvm::enumerate(step.getArguments())) {
    Attribute name = StringAttr::get(step.getContext(), step.getInputName(index));
    storageOf[argument] = addStorage(Role::Input, cast<RankedTensorType>(argument.getType()), name);
    storages.back().attributes = function_interface_impl::getArgAttrDict(step, index);
  }
  Type word = IntegerType::get(step.getContext(), 32);
  constexpr int64_t words = sizeof(neap_step_block) / sizeof(uint32_t);
  stepBlock = addStorage(Role::StepBlock, RankedTensorType::get({words}, word));
}

/// Whether all that a group makes is written to parameters and states.
static bool isUpdate(Operation *op) {
  SmallVector<Value> results(op->getResults());
  while (!results.empty()) {
    for (Operation *user : results.pop_back_val().getUsers()) {
      if (isa<AwaitOp, BarrierOp, OffloadOp, ReshapeOp>(user))
        results.push_back(user->getResult(0));
      else if (!isa<WriteOp>(user))
        return false;
    }
  }
  return isa<FusedOp>(op);
}

LogicalResult StepPlan::collect() {
  outer ? collectArguments() : collectPersistent();
  // Last, so that every reader of an old value comes before its update. What moves the new value comes with it.
  llvm::SetVector<Operation *> updates;
  auto movesUpdate = [&](Operation *op) {
    return isa<AwaitOp, OffloadOp>(op) && updates.contains(skipRenames(op->getOperand(0)).getDefiningOp());
  };
  for (Operation &op : block) {
    if (auto read = dyn_cast<ReadOp>(op)) {
      storageOf[read] = declared.lookup(read.getSymbolAttr());
    } else if (auto scalar = dyn_cast<StepValueOp>(op)) {
      storageOf[scalar] = stepBlock;
    } else if (isa<AwaitOp, FusedOp, ObserveOp, OffloadOp, ReloadOp>(op)) {
      if (isUpdate(&op) || movesUpdate(&op))
        updates.insert(&op);
      else
        addTask(&op);
    } else if (auto loop = dyn_cast<TileLoopOp>(op)) {
      if (failed(addLoop(loop)))
        return failure();
    } else if (!isa<BarrierOp, ConstantOp, RandomIdOp, ReshapeOp, WriteOp, neap::ReturnOp, neap::YieldOp>(op)) {
      return op.emitOpError("expected to be in a fusion group when the step is scheduled");
    }
  }
  for (Operation *op : updates)
    addTask(op);
  return success();
}

// 2. Updates in place -------------------------------------------------------------------------------------------------

bool StepPlan::canRunInPlace(FusedOp group, unsigned operand, unsigned result) {
  std::unique_ptr<InPlaceAnalysis> &analysis = inPlace[group];
  if (!analysis)
    analysis = std::make_unique<InPlaceAnalysis>(group.getBody().front(), group.getKind());
  return analysis->canRunInPlace(operand, result);
}

/// Lets the group that makes `value` write it to `storage`; if that cannot be, says why.
StringRef StepPlan::placeUpdate(Value value, int storage) {
  auto result = dyn_cast<OpResult>(skipRenames(value));
  Operation *maker = result ? result.getOwner() : nullptr;
  auto group = dyn_cast_or_null<FusedOp>(maker);
  if (!group && !isa_and_nonnull<OffloadOp>(maker))
    return "the new value is not made by a group";
  int current = getStorage(result);
  if (storages[current].role != Role::Activation)
    return "the new value is kept elsewhere too";
  if (group)
    for (auto [operand, input] : llvm::enumerate(group.getInputs()))
      if (getStorage(input) == storage && !canRunInPlace(group, operand, result.getResultNumber()))
        return "the group does not read the old value element by element";
  if (lastReader[storage] > taskOf.at(maker))
    return "the old value is needed later";
  if (isKeptElsewhere[storage])
    return "the old value is kept elsewhere";
  mergedInto[current] = storage;
  return "";
}

/// Who needs what a storage holds when the step begins, before updates are merged: then a read is one of the old value.
void StepPlan::findOldValueReaders() {
  lastReader.assign(graph.storages.size(), -1);
  for (size_t task = 0; task < graph.tasks.size(); ++task)
    for (int storage : graph.tasks[task].reads)
      lastReader[storage] = static_cast<int>(task);
  isKeptElsewhere.assign(graph.storages.size(), false);
  auto keep = [&](Value value) { isKeptElsewhere[storageOf.at(skipRenames(value))] = true; };
  for (auto write : block.getOps<WriteOp>())
    keep(write.getValue());
  llvm::for_each(block.getTerminator()->getOperands(), keep);
}

void StepPlan::placeUpdates() {
  findOldValueReaders();
  for (auto write : step.getOps<WriteOp>()) {
    int storage = declared.lookup(write.getSymbolAttr());
    kept.push_back({write.getValue(), storage});
    if (getStorage(write.getValue()) == storage)
      continue;
    StringRef reason = placeUpdate(write.getValue(), storage);
    if (!reason.empty() && reports)
      remark::missed(write.getLoc(), remark::RemarkOpts::name("UpdateCopied").category(category))
          << remark::add("the update of @{0} is copied at the end", write.getSymbol().str())
          << remark::reason("{0}", reason.str());
  }
  applyMerges();
}

/// Outputs take over the storage of the value they return, where that is theirs alone.
void StepPlan::placeOutputs() {
  for (auto [index, value] : llvm::enumerate(step.getBody().front().getTerminator()->getOperands())) {
    Attribute name = StringAttr::get(step.getContext(), step.getOutputName(index));
    int storage = getStorage(value);
    if (storages[storage].role == Role::Activation) {
      storages[storage].role = Role::Output;
      storages[storage].identity = name;
      storages[storage].type = cast<RankedTensorType>(value.getType());
      graph.storages[storage].aliveAfter = true;
    } else {
      storage = addStorage(Role::Output, cast<RankedTensorType>(value.getType()), name);
    }
    storages[storage].attributes = function_interface_impl::getResultAttrDict(step, index);
    kept.push_back({value, storage});
  }
  for (const Kept &result : kept) // what is copied at the end must live until then
    graph.storages[getStorage(result.value)].aliveAfter = true;
}

// 4. Operands that die ------------------------------------------------------------------------------------------------

void StepPlan::reuseDyingOperands() {
  std::vector<planning::LiveRange> ranges = planning::computeLiveRanges(graph, order);
  for (auto [position, task] : llvm::enumerate(order)) {
    auto group = dyn_cast<FusedOp>(tasks[task]);
    if (!group)
      continue;
    for (OpResult result : group->getResults()) {
      int own = getStorage(result);
      if (graph.storages[own].aliveBefore)
        continue;
      auto diesHere = [&](int storage) {
        return storages[storage].role == Role::Activation && !graph.storages[storage].aliveAfter &&
               !isOffloaded[storage] && ranges[storage].last == static_cast<int64_t>(position) &&
               !llvm::is_contained(graph.tasks[task].writes, storage);
      };
      auto mayHoldResult = [&](int storage) {
        return llvm::all_of(llvm::enumerate(group.getInputs()), [&](auto input) {
          return getStorage(input.value()) != storage || canRunInPlace(group, input.index(), result.getResultNumber());
        });
      };
      for (Value input : group.getInputs()) {
        int storage = getStorage(input);
        if (!diesHere(storage) || !mayHoldResult(storage))
          continue;
        mergedInto[storage] = own; // not the other way: the result may be an output
        ranges[own].first = ranges[storage].first;
        if (reports)
          remark::passed(group.getLoc(), remark::RemarkOpts::name("OperandReused").category(category))
              << remark::add("result {0} takes over the bytes of an operand", result.getResultNumber());
        break;
      }
    }
  }
  applyMerges();
}

/// Sums of bytes must not overflow, whatever a model asks for.
LogicalResult StepPlan::checkBytes() {
  int64_t free = int64_t(1) << 60;
  for (const planning::Storage &storage : graph.storages) {
    if (storage.bytes > free)
      return marked(step.emitOpError("expected to need at most 2^60 bytes"), ErrorKind::Unsupported);
    free -= storage.bytes;
  }
  return success();
}

// 5. Pack -------------------------------------------------------------------------------------------------------------

/// One slot for each storage, none of them shared: far memory is not what is scarce.
void StepPlan::packFar() {
  for (auto [index, info] : llvm::enumerate(storages)) {
    bool isMerged = mergedInto[index] != static_cast<int>(index);
    if (info.space != sched::Space::Far || isMerged)
      continue;
    info.offset = farBytes;
    farBytes += llvm::alignTo(storageBytes(info.type.getElementType(), info.type.getShape()), farAlignment);
  }
}

/// What outlives the step lies in front, in order of collection; everything else is packed behind it. Where there is far memory,
/// copies want the alignment of its blocks.
void StepPlan::pack() {
  packFar();
  int64_t alignment = farBytes > 0 ? farAlignment : slotAlignment;
  int64_t persistentBytes = 0;
  for (auto [storage, info] : llvm::zip_equal(graph.storages, storages)) {
    if (!storage.aliveBefore || info.space == sched::Space::Far)
      continue;
    info.offset = persistentBytes;
    persistentBytes += storage.bytes;
  }
  persistentBytes = llvm::alignTo(persistentBytes, alignment);

  std::vector<planning::LiveRange> ranges = planning::computeLiveRanges(graph, order);
  std::vector<planning::Buffer> buffers;
  std::vector<int64_t> bytes;
  for (auto [storage, range] : llvm::zip_equal(graph.storages, ranges)) {
    bytes.push_back(storage.aliveBefore ? 0 : storage.bytes);
    buffers.push_back({bytes.back(), range});
  }
  planning::Packing packing = planning::packBuffers(buffers, alignment);
  for (auto [index, offset] : llvm::enumerate(packing.offsets))
    if (!graph.storages[index].aliveBefore && storages[index].space == sched::Space::Device)
      storages[index].offset = persistentBytes + offset;
  arenaBytes = persistentBytes + packing.arenaBytes;

  if (!reports)
    return;
  int64_t peak = persistentBytes + planning::computeLivePeak(ranges, bytes).bytes;
  remark::analysis(step.getLoc(), remark::RemarkOpts::name("Arena").category(category))
      << remark::metric("ArenaBytes", arenaBytes) << remark::metric("LivePeakBytes", peak)
      << remark::metric("PersistentBytes", persistentBytes) << remark::metric("Tasks", tasks.size());
}

LogicalResult StepPlan::prepare() {
  if (failed(collect()))
    return failure();
  if (outer) {
    if (failed(placeYielded()))
      return failure();
  } else {
    placeUpdates();
    placeOutputs();
  }
  if (failed(checkBytes()))
    return failure();
  order = planning::orderTasks(graph);
  mergedByUpdates = mergedInto;
  return success();
}

void StepPlan::place() {
  unmergedGraph = graph;
  reuseDyingOperands();
  pack();
}
