// Step 6: writes down what the plan says.
#include "neap/passes/fuse/InPlace.h"
#include "neap/passes/schedule/schedule-step/StepPlan.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace neap;

namespace {
/// One kernel for all groups with the same body.
class KernelTable {
public:
  explicit KernelTable(StepOp step) : symbols(step->getParentOp()), builder(step) {}

  /// Kernels are declared before the program that launches them.
  void placeBefore(sched::ProgramOp program) { builder.setInsertionPoint(program); }
  sched::KernelOp getKernel(FusedOp group);
  int64_t size() const { return kernels.size(); }

private:
  std::string describe(FusedOp group) const;
  ArrayAttr getInPlacePairs(FusedOp group);
  void moveStepValuesToArguments(Block &body, ArrayRef<StepField> fields);

  SymbolTable symbols;
  OpBuilder builder;
  std::map<std::string, sched::KernelOp> kernels; // by description
};

class ProgramWriter {
public:
  ProgramWriter(StepPlan &plan, KernelTable &kernels, OpBuilder builder)
      : plan(plan), kernels(kernels), builder(builder) {}
  /// For a round of a loop that `outer` is writing. The round's own bytes begin at `base`.
  ProgramWriter(StepPlan &plan, ProgramWriter &outer, OpBuilder builder, int64_t base)
      : plan(plan), kernels(outer.kernels), builder(builder), outer(&outer), base(base) {}
  void write();

private:
  void writeSlot(int storage);
  Value getSlot(int storage);
  Value viewAs(Value slot, Type tensor, int64_t offset = 0);
  Value viewTile(Value slot, Type tile, Value round);
  Value getContents(Value value);
  Value getStepField(StepField field);
  Value getWorkspace();
  void writeLaunch(FusedOp group);
  void writeOffload(OffloadOp offload);
  void writeAwait(AwaitOp await);
  void writeReload(ReloadOp reload);
  void writeLoop(TileLoopOp loop);
  void writeRound(Block &body, ArrayRef<Value> operands);
  void writeTask(Operation *task);
  SmallVector<Value> takeEvents(ValueRange read);
  Value signal(sched::Stream stream);
  void waitFor(Value event, SmallVectorImpl<Value> &events);
  void writeReturn();

  StepPlan &plan;
  KernelTable &kernels;
  OpBuilder builder;
  ProgramWriter *outer = nullptr;
  int64_t base = 0;
  llvm::DenseMap<int, Value> slots;      // by storage
  llvm::DenseMap<Value, Value> contents; // by value of the step
  /// By storage: the event of the copy that made what lies there, until the compute stream has waited for it.
  llvm::DenseMap<int, Value> offloaded, reloaded;
  /// Copies that must be complete before anything else starts on a stream: bytes that they read may be written then.
  SmallVector<Value> awaitedByCompute, awaitedByReload;
};
} // namespace

static Type scalarType(Builder &builder, StepField field) {
  return RankedTensorType::get({}, getFieldType(field, builder.getContext()));
}

// Kernels -------------------------------------------------------------------------------------------------------------

/// Everything that decides what a kernel computes; equal for equal kernels, and for no others.
std::string KernelTable::describe(FusedOp group) const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << stringifyGroupKind(group.getKind()) << (group.getLibrary() ? " library" : "") << group->getOperandTypes()
         << "->" << group->getResultTypes();
  // One state for all: each op printed by itself would verify and number the whole group anew.
  AsmState state(group, OpPrintingFlags().useLocalScope().assumeVerified());
  for (Operation &op : group.getBody().front())
    op.print(stream, state);
  return text;
}

ArrayAttr KernelTable::getInPlacePairs(FusedOp group) {
  SmallVector<Attribute> pairs;
  for (unsigned result = 0; result < group->getNumResults(); ++result)
    for (unsigned operand = 0; operand < group->getNumOperands(); ++operand)
      if (canRunInPlace(group.getBody().front(), group.getKind(), operand, result))
        pairs.push_back(sched::InPlaceAttr::get(group.getContext(), result, operand));
  return pairs.empty() ? ArrayAttr() : builder.getArrayAttr(pairs);
}

/// Gives the body an argument for each scalar of the step block that it reads.
void KernelTable::moveStepValuesToArguments(Block &body, ArrayRef<StepField> fields) {
  std::map<StepField, Value> arguments;
  for (StepField field : fields)
    arguments[field] = body.addArgument(scalarType(builder, field), body.getParentOp()->getLoc());
  body.walk([&](StepValueOp op) {
    op.replaceAllUsesWith(arguments.at(op.getField()));
    op.erase();
  });
}

sched::KernelOp KernelTable::getKernel(FusedOp group) {
  auto [entry, isNew] = kernels.try_emplace(describe(group));
  if (!isNew)
    return entry->second;
  SmallVector<StepField> fields = getStepFields(group);
  SmallVector<Type> inputs(group->getOperandTypes());
  for (StepField field : fields)
    inputs.push_back(scalarType(builder, field));
  std::string name = (stringifyGroupKind(group.getKind()) + "_" + Twine(kernels.size() - 1)).str();
  auto kernel = sched::KernelOp::create(builder, group.getLoc(), name, group.getKind(),
                                        builder.getFunctionType(inputs, group->getResultTypes()),
                                        getInPlacePairs(group), group.getLibrary());
  IRMapping mapping;
  group.getBody().cloneInto(&kernel.getBody(), mapping);
  moveStepValuesToArguments(kernel.getBody().front(), fields);
  symbols.insert(kernel);
  return entry->second = kernel;
}

// The program ---------------------------------------------------------------------------------------------------------

/// All slots are the program's, whoever uses them.
void ProgramWriter::writeSlot(int storage) {
  const StorageInfo &info = plan.storages[storage];
  OpBuilder::InsertionGuard guard(builder);
  if (Operation *around = builder.getInsertionBlock()->getParentOp(); !isa<sched::ProgramOp>(around)) {
    while (!isa<sched::ProgramOp>(around->getParentOp()))
      around = around->getParentOp();
    builder.setInsertionPoint(around);
  }
  auto slot = sched::SlotOp::create(
      builder, plan.step.getLoc(), sched::SlotType::get(info.type, info.space),
      sched::RoleAttr::get(builder.getContext(), info.role), dyn_cast_or_null<FlatSymbolRefAttr>(info.identity),
      dyn_cast_or_null<StringAttr>(info.identity), dyn_cast_or_null<ElementsAttr>(info.identity),
      builder.getI64IntegerAttr(base + info.offset));
  if (info.attributes)
    for (NamedAttribute attribute : info.attributes)
      if (attribute.getName() != "neap.name")
        slot->setDiscardableAttr(attribute.getName(), attribute.getValue());
  slots[storage] = slot;
}

Value ProgramWriter::getSlot(int storage) {
  if (int named = plan.getOuterStorage(storage); named >= 0 && !slots.contains(storage))
    return outer->getSlot(named);
  if (!slots.contains(storage))
    writeSlot(storage);
  return slots[storage];
}

/// The bytes of a slot from `offset` on as another tensor.
Value ProgramWriter::viewAs(Value slot, Type tensor, int64_t offset) {
  auto type = cast<sched::SlotType>(slot.getType());
  if (type.getTensor() == tensor && offset == 0)
    return slot;
  return sched::ViewOp::create(builder, slot.getLoc(),
                               sched::SlotType::get(cast<RankedTensorType>(tensor), type.getSpace()), slot, offset,
                               ValueRange(), ArrayRef<int64_t>());
}

/// A round's part of a slot.
Value ProgramWriter::viewTile(Value slot, Type tile, Value round) {
  auto type = sched::SlotType::get(cast<RankedTensorType>(tile));
  return sched::ViewOp::create(builder, slot.getLoc(), type, slot, 0, round, type.getBytes());
}

Value ProgramWriter::getWorkspace() {
  if (outer)
    return outer->getWorkspace();
  return plan.workspace < 0 ? Value() : getSlot(plan.workspace);
}

Value ProgramWriter::getStepField(StepField field) {
  return viewAs(getSlot(plan.stepBlock), scalarType(builder, field), static_cast<int64_t>(field) * 4);
}

/// What stands for a value of the step in the program.
Value ProgramWriter::getContents(Value value) {
  if (Value known = contents.lookup(value))
    return known;
  if (auto reshape = value.getDefiningOp<ReshapeOp>())
    return contents[value] = viewAs(getContents(reshape.getOperand()), value.getType());
  if (auto barrier = value.getDefiningOp<BarrierOp>())
    return contents[value] = getContents(barrier.getValue());
  if (auto await = value.getDefiningOp<AwaitOp>())
    return contents[value] = getContents(await.getValue());
  if (auto scalar = value.getDefiningOp<StepValueOp>())
    return contents[value] = getStepField(scalar.getField());
  return contents[value] = getSlot(plan.getStorage(value));
}

/// What a task of the compute stream that reads some values has to wait for. Whatever comes later on this stream comes behind
/// it.
SmallVector<Value> ProgramWriter::takeEvents(ValueRange read) {
  SmallVector<Value> events = std::move(awaitedByCompute);
  awaitedByCompute.clear();
  for (Value value : read)
    if (auto copy = reloaded.find(plan.getUnmergedStorage(value)); copy != reloaded.end()) {
      waitFor(copy->second, events);
      reloaded.erase(copy);
    }
  return events;
}

void ProgramWriter::writeLaunch(FusedOp group) {
  sched::KernelOp kernel = kernels.getKernel(group);
  SmallVector<Value> inputs = llvm::map_to_vector(group.getInputs(), [&](Value input) { return getContents(input); });
  for (StepField field : getStepFields(group))
    inputs.push_back(getStepField(field));
  SmallVector<Value> outputs = llvm::map_to_vector(
      group.getOutputs(), [&](Value output) { return viewAs(getSlot(plan.getStorage(output)), output.getType()); });
  SmallVector<Value> after = takeEvents(group.getInputs());
  auto launch = sched::LaunchOp::create(builder, group.getLoc(), kernel.getSymName(), sched::Stream::Compute, inputs,
                                        outputs, group.getLibrary() ? getWorkspace() : Value(), after);
  for (auto [output, result] : llvm::zip_equal(group.getOutputs(), launch.getResults()))
    contents[output] = result;
}

void ProgramWriter::waitFor(Value event, SmallVectorImpl<Value> &events) {
  if (!llvm::is_contained(events, event))
    events.push_back(event);
}

Value ProgramWriter::signal(sched::Stream stream) {
  return sched::SignalOp::create(builder, plan.step.getLoc(), sched::EventType::get(builder.getContext()), stream);
}

/// The copy begins when everything that computes up to here is done, the value among it.
void ProgramWriter::writeOffload(OffloadOp offload) {
  SmallVector<Value> after{signal(sched::Stream::Compute)};
  if (auto copy = reloaded.find(plan.getUnmergedStorage(offload.getValue())); copy != reloaded.end())
    waitFor(copy->second, after);
  Value source = getContents(offload.getValue()), target = getSlot(plan.getStorage(offload));
  contents[offload] = sched::CopyOp::create(builder, offload.getLoc(), source, viewAs(target, offload.getType()),
                                            sched::Stream::Offload, after);
  offloaded[plan.getStorage(offload)] = signal(sched::Stream::Offload);
}

void ProgramWriter::writeAwait(AwaitOp await) {
  Value event = offloaded.at(plan.getStorage(await));
  waitFor(event, awaitedByCompute);
  waitFor(event, awaitedByReload);
}

/// The copy begins when nothing that computes uses its bytes any more.
void ProgramWriter::writeReload(ReloadOp reload) {
  SmallVector<Value> after = std::move(awaitedByReload);
  awaitedByReload.clear();
  waitFor(signal(sched::Stream::Compute), after);
  if (Value event = offloaded.lookup(plan.getStorage(reload.getValue())))
    waitFor(event, after);
  Value source = getContents(reload.getValue()), target = getSlot(plan.getStorage(reload));
  contents[reload] = sched::CopyOp::create(builder, reload.getLoc(), source, viewAs(target, reload.getType()),
                                           sched::Stream::Reload, after);
  reloaded[plan.getUnmergedStorage(reload)] = signal(sched::Stream::Reload);
}

/// Carries what the rounds write: sums, and the wholes that tiles are parts of.
void ProgramWriter::writeLoop(TileLoopOp loop) {
  SmallVector<Value> initial;
  for (auto [result, value] : llvm::zip_equal(loop.getCarriedResults(), loop.getCarried()))
    initial.push_back(viewAs(getContents(value), result.getType()));
  for (Value result : loop.getTiledResults())
    initial.push_back(viewAs(getSlot(plan.getStorage(result)), result.getType()));
  // Before the loop: views that are made on the way must not stand behind it.
  SmallVector<Value> operands = llvm::map_to_vector(
      loop.getOperands(), [&](Value operand) { return viewAs(getContents(operand), operand.getType()); });
  SmallVector<Type> types = llvm::map_to_vector(initial, [](Value value) { return value.getType(); });
  auto rounds = sched::LoopOp::create(builder, loop.getLoc(), types, loop.getCountAttr(), initial);
  Block &body = rounds.getBody().emplaceBlock();
  body.addArgument(builder.getIndexType(), loop.getLoc());
  for (Type type : types)
    body.addArgument(type, loop.getLoc());
  const LoopBody &planned = plan.getBody(loop);
  ProgramWriter writer(*planned.plan, *this, OpBuilder::atBlockEnd(&body),
                       base + plan.storages[planned.storage].offset);
  writer.awaitedByCompute = takeEvents(loop.getOperands());
  writer.writeRound(body, operands);
  for (auto [result, value] : llvm::zip_equal(loop.getResults(), rounds.getResults()))
    contents[result] = value;
}

/// `operands` are what the loop's operands are outside.
void ProgramWriter::writeRound(Block &body, ArrayRef<Value> operands) {
  TileLoopOp loop = plan.loop;
  Value round = body.getArgument(0);
  auto slotArguments = body.getArguments().drop_front();
  auto wholes = slotArguments.drop_front(loop.getCarried().size());
  for (auto [argument, slot] : llvm::zip(loop.getTileArguments(), operands))
    contents[argument] = viewTile(slot, argument.getType(), round);
  for (auto [argument, slot] : llvm::zip(loop.getWholeArguments(), operands.drop_front(loop.getSlices().size())))
    contents[argument] = slot;
  for (auto [argument, slot] : llvm::zip(loop.getCarriedArguments(), slotArguments)) {
    contents[argument] = slot;
    slots[plan.getStorage(argument)] = slot;
  }
  for (auto [tile, whole] : llvm::zip_equal(loop.getYieldedTiles(), wholes))
    slots[plan.getStorage(tile)] = viewTile(whole, tile.getType(), round);
  for (int task : plan.order)
    writeTask(plan.tasks[task]);
  SmallVector<Value> yielded;
  for (auto [value, slot] : llvm::zip(loop.getYieldedCarried(), slotArguments))
    yielded.push_back(viewAs(getContents(value), cast<sched::SlotType>(slot.getType()).getTensor()));
  for (auto [tile, whole] : llvm::zip_equal(loop.getYieldedTiles(), wholes))
    yielded.push_back(sched::MergeOp::create(builder, loop.getLoc(), whole, getContents(tile)));
  sched::YieldOp::create(builder, loop.getLoc(), yielded);
}

void ProgramWriter::writeTask(Operation *task) {
  TypeSwitch<Operation *>(task)
      .Case([&](FusedOp group) { writeLaunch(group); })
      .Case([&](TileLoopOp loop) { writeLoop(loop); })
      .Case([&](OffloadOp offload) { writeOffload(offload); })
      .Case([&](AwaitOp await) { writeAwait(await); })
      .Case([&](ReloadOp reload) { writeReload(reload); })
      .Case([&](neap::ObserveOp observe) {
        sched::ObserveOp::create(builder, observe.getLoc(), getContents(observe.getGradient()),
                                 observe.getParameterAttr());
      });
}

/// Copies what does not lie where it is wanted, and names all that must be there.
void ProgramWriter::writeReturn() {
  SmallVector<Value> kept;
  for (auto [value, storage] : plan.kept) {
    Value source = getContents(value), slot = getSlot(storage);
    if (plan.getStorage(value) == storage)
      kept.push_back(viewAs(source, plan.storages[storage].type));
    else
      kept.push_back(
          sched::CopyOp::create(builder, source.getLoc(), source, slot, sched::Stream::Compute, ValueRange()));
  }
  sched::ReturnOp::create(builder, plan.step.getLoc(), kept);
}

void ProgramWriter::write() {
  SmallVector<Attribute> arenas{sched::ArenaAttr::get(builder.getContext(), sched::Space::Device, plan.arenaBytes)};
  if (plan.farBytes > 0)
    arenas.push_back(sched::ArenaAttr::get(builder.getContext(), sched::Space::Far, plan.farBytes));
  auto program =
      sched::ProgramOp::create(builder, plan.step.getLoc(), plan.step.getSymNameAttr(), builder.getArrayAttr(arenas));
  kernels.placeBefore(program);
  builder.setInsertionPointToStart(&program.getBody().emplaceBlock());
  for (size_t storage = 0; storage < plan.storages.size(); ++storage)
    if (plan.graph.storages[storage].aliveBefore)
      writeSlot(storage);
  for (int task : plan.order)
    writeTask(plan.tasks[task]);
  writeReturn();
  int64_t launches = 0;
  plan.step.walk([&](FusedOp) { ++launches; });
  remark::analysis(plan.step.getLoc(), remark::RemarkOpts::name("Kernels").category("neap-schedule-step"))
      << remark::metric("Kernels", kernels.size()) << remark::metric("Launches", launches);
}

void neap::emitProgram(StepPlan &plan) {
  KernelTable kernels(plan.step);
  ProgramWriter(plan, kernels, OpBuilder(plan.step)).write();
  plan.step.erase();
}
