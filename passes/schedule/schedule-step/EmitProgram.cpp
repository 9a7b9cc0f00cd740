// Step 6: writes down what the plan says.
#include "neap/passes/fuse/InPlace.h"
#include "neap/passes/schedule/schedule-step/StepPlan.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Remarks.h"

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
  explicit ProgramWriter(StepPlan &plan) : plan(plan), kernels(plan.step), builder(plan.step) {}
  void write();

private:
  void writeSlot(int storage);
  Value getSlot(int storage);
  Value viewAs(Value slot, Type tensor, int64_t offset = 0);
  Value getContents(Value value);
  Value getStepField(StepField field);
  Value getWorkspace() { return plan.workspace < 0 ? Value() : getSlot(plan.workspace); }
  void writeLaunch(FusedOp group);
  void writeReturn();

  StepPlan &plan;
  KernelTable kernels;
  OpBuilder builder;
  llvm::DenseMap<int, Value> slots;      // by storage
  llvm::DenseMap<Value, Value> contents; // by value of the step
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

void ProgramWriter::writeSlot(int storage) {
  const StorageInfo &info = plan.storages[storage];
  auto slot = sched::SlotOp::create(
      builder, plan.step.getLoc(), sched::SlotType::get(info.type),
      sched::RoleAttr::get(builder.getContext(), info.role), dyn_cast_or_null<FlatSymbolRefAttr>(info.identity),
      dyn_cast_or_null<StringAttr>(info.identity), dyn_cast_or_null<ElementsAttr>(info.identity),
      builder.getI64IntegerAttr(info.offset));
  if (info.attributes)
    for (NamedAttribute attribute : info.attributes)
      if (attribute.getName() != "neap.name")
        slot->setDiscardableAttr(attribute.getName(), attribute.getValue());
  slots[storage] = slot;
}

Value ProgramWriter::getSlot(int storage) {
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
  if (auto scalar = value.getDefiningOp<StepValueOp>())
    return contents[value] = getStepField(scalar.getField());
  return contents[value] = getSlot(plan.getStorage(value));
}

void ProgramWriter::writeLaunch(FusedOp group) {
  sched::KernelOp kernel = kernels.getKernel(group);
  SmallVector<Value> inputs = llvm::map_to_vector(group.getInputs(), [&](Value input) { return getContents(input); });
  for (StepField field : getStepFields(group))
    inputs.push_back(getStepField(field));
  SmallVector<Value> outputs = llvm::map_to_vector(
      group.getOutputs(), [&](Value output) { return viewAs(getSlot(plan.getStorage(output)), output.getType()); });
  auto launch = sched::LaunchOp::create(builder, group.getLoc(), kernel.getSymName(), sched::Stream::Compute, inputs,
                                        outputs, group.getLibrary() ? getWorkspace() : Value(), ValueRange());
  for (auto [output, result] : llvm::zip_equal(group.getOutputs(), launch.getResults()))
    contents[output] = result;
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
  auto arena = sched::ArenaAttr::get(builder.getContext(), sched::Space::Device, plan.arenaBytes);
  auto program =
      sched::ProgramOp::create(builder, plan.step.getLoc(), plan.step.getSymNameAttr(), builder.getArrayAttr(arena));
  kernels.placeBefore(program);
  builder.setInsertionPointToStart(&program.getBody().emplaceBlock());
  for (size_t storage = 0; storage < plan.storages.size(); ++storage)
    if (plan.graph.storages[storage].aliveBefore)
      writeSlot(storage);
  int64_t launches = 0;
  for (int task : plan.order) {
    if (auto group = dyn_cast<FusedOp>(plan.tasks[task])) {
      writeLaunch(group);
      ++launches;
    } else {
      auto observe = cast<neap::ObserveOp>(plan.tasks[task]);
      sched::ObserveOp::create(builder, observe.getLoc(), getContents(observe.getGradient()),
                               observe.getParameterAttr());
    }
  }
  writeReturn();
  remark::analysis(plan.step.getLoc(), remark::RemarkOpts::name("Kernels").category("neap-schedule-step"))
      << remark::metric("Kernels", kernels.size()) << remark::metric("Launches", launches);
}

void neap::emitProgram(StepPlan &plan) {
  ProgramWriter(plan).write();
  plan.step.erase();
}
