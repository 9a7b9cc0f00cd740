// The step function and the description of the program, in terms of the runtime's ABI.
#include "neap/dialects/sched/Sched.h"
#include "neap/passes/lower/KernelInfo.h"
#include "neap/passes/lower/Program.h"
#include "neap/passes/lower/lower-step/ConstantData.h"
#include "neap/passes/lower/lower-step/FarMemory.h"
#include "neap/passes/support/SlotAlignment.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace neap {

#define GEN_PASS_DEF_LOWERSTEP
#include "neap/passes/lower/Program.h.inc"

namespace {
using sched::Stream;

/// What must have been done before something: signals of the compute stream, and copies of the other two, counted from the
/// beginning of the step.
struct Counts {
  int64_t signals = 0, offloads = 0, reloads = 0;

  Counts max(const Counts &other) const {
    return {std::max(signals, other.signals), std::max(offloads, other.offloads), std::max(reloads, other.reloads)};
  }
};

/// Writes neap_step, one entry of the program after the other.
class StepWriter {
public:
  StepWriter(ModuleOp module, sched::ProgramOp program)
      : module(module), program(program), symbols(module), builder(module.getBodyRegion()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())) {}

  LogicalResult write();

private:
  LLVM::LLVMFuncOp declare(StringRef name, ArrayRef<Type> arguments);
  Value getAddress(Location location, Value slot);
  Value getKernelAddress(sched::LaunchOp launch);
  LogicalResult writeEntry(Operation &op);
  LogicalResult writeLaunch(sched::LaunchOp launch);
  LogicalResult writeObserve(sched::ObserveOp observe);
  LogicalResult writeCopy(sched::CopyOp copy);
  void writeOffload(sched::CopyOp copy);
  void writeReload(sched::CopyOp copy);
  void writeWait(Operation *op, ValueRange after);
  LogicalResult writeSignal(sched::SignalOp signal);
  Counts countBefore(ValueRange after) const;
  void declareFunctions();
  Value integer(Location location, int64_t value) {
    return LLVM::ConstantOp::create(builder, location, builder.getI64IntegerAttr(value));
  }

  ModuleOp module;
  sched::ProgramOp program;
  SymbolTable symbols;
  OpBuilder builder;
  Type pointer;
  LLVM::LLVMFuncOp launchFunction, observeFunction, offloadFunction, reloadFunction, signalFunction, waitFunction;
  Value context, arena, buffers;
  llvm::DenseMap<Value, Counts> events;
  Counts written; // so far
  Counts awaited; // by the step's own thread
};

LLVM::LLVMFuncOp StepWriter::declare(StringRef name, ArrayRef<Type> arguments) {
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(builder.getContext()), arguments);
  return LLVM::LLVMFuncOp::create(builder, module.getLoc(), name, type);
}

Value StepWriter::getAddress(Location location, Value slot) {
  return LLVM::GEPOp::create(builder, location, pointer, builder.getI8Type(), arena,
                             ArrayRef<LLVM::GEPArg>{integer(location, sched::getPlace(slot).begin)});
}

/// The function's address while it is still one of the func dialect; its conversion makes an address of the constant.
Value StepWriter::getKernelAddress(sched::LaunchOp launch) {
  Operation *kernel = symbols.lookup(launch.getKernel());
  if (isa<LLVM::LLVMFuncOp>(kernel))
    return LLVM::AddressOfOp::create(builder, launch.getLoc(), pointer, launch.getKernelAttr());
  auto constant = func::ConstantOp::create(builder, launch.getLoc(), cast<func::FuncOp>(kernel).getFunctionType(),
                                           launch.getKernelAttr());
  return UnrealizedConversionCastOp::create(builder, launch.getLoc(), pointer, constant.getResult()).getResult(0);
}

LogicalResult StepWriter::writeLaunch(sched::LaunchOp launch) {
  Operation *kernel = symbols.lookup(launch.getKernel());
  std::optional<lower::KernelInfo> info = kernel ? lower::getKernelInfo(kernel) : std::nullopt;
  if (!info)
    return launch.emitOpError("expected ") << launch.getKernelAttr() << " to be lowered to a function";
  Location location = launch.getLoc();
  writeWait(launch, launch.getAfter());
  for (auto [index, slot] : llvm::enumerate(llvm::concat<Value>(launch.getInputs(), launch.getOutputs()))) {
    Value entry = LLVM::GEPOp::create(builder, location, pointer, pointer, buffers,
                                      ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(index)});
    LLVM::StoreOp::create(builder, location, getAddress(location, slot), entry);
  }
  LLVM::CallOp::create(builder, location, launchFunction,
                       ValueRange{context, getKernelAddress(launch), buffers, integer(location, info->items),
                                  integer(location, info->grain)});
  return success();
}

LogicalResult StepWriter::writeObserve(sched::ObserveOp observe) {
  auto parameters = module.getOps<ParameterOp>();
  auto isObserved = [&](ParameterOp parameter) { return parameter.getSymName() == observe.getParameter(); };
  int64_t index = std::distance(parameters.begin(), llvm::find_if(parameters, isObserved));
  LLVM::CallOp::create(
      builder, observe.getLoc(), observeFunction,
      ValueRange{context, integer(observe.getLoc(), index), getAddress(observe.getLoc(), observe.getGradient())});
  return success();
}

Counts StepWriter::countBefore(ValueRange after) const {
  Counts counts;
  for (Value event : after)
    counts = counts.max(events.lookup(event));
  return counts;
}

/// The step's thread has its own order; it waits for copies only, and once for each.
void StepWriter::writeWait(Operation *op, ValueRange after) {
  Counts counts = countBefore(after);
  if (counts.offloads <= awaited.offloads && counts.reloads <= awaited.reloads)
    return;
  awaited = awaited.max(counts);
  Location location = op->getLoc();
  LLVM::CallOp::create(builder, location, waitFunction,
                       ValueRange{context, integer(location, counts.offloads), integer(location, counts.reloads)});
}

void StepWriter::writeOffload(sched::CopyOp copy) {
  Counts before = countBefore(copy.getAfter());
  sched::Place target = sched::getPlace(copy.getDestination());
  Location location = copy.getLoc();
  LLVM::CallOp::create(builder, location, offloadFunction,
                       ValueRange{context, getAddress(location, copy.getSource()), integer(location, target.begin),
                                  integer(location, target.bytes), integer(location, before.signals),
                                  integer(location, before.reloads)});
  ++written.offloads;
}

void StepWriter::writeReload(sched::CopyOp copy) {
  Counts before = countBefore(copy.getAfter());
  sched::Place source = sched::getPlace(copy.getSource());
  Location location = copy.getLoc();
  LLVM::CallOp::create(builder, location, reloadFunction,
                       ValueRange{context, getAddress(location, copy.getDestination()), integer(location, source.begin),
                                  integer(location, source.bytes), integer(location, before.signals),
                                  integer(location, before.offloads)});
  ++written.reloads;
}

LogicalResult StepWriter::writeCopy(sched::CopyOp copy) {
  if (copy.getStream() == Stream::Offload)
    return writeOffload(copy), success();
  if (copy.getStream() == Stream::Reload)
    return writeReload(copy), success();
  Location location = copy.getLoc();
  writeWait(copy, copy.getAfter());
  int64_t bytes = copy.getSource().getType().getBytes();
  LLVM::MemcpyOp::create(builder, location, getAddress(location, copy.getDestination()),
                         getAddress(location, copy.getSource()), integer(location, bytes), /*isVolatile=*/false);
  return success();
}

/// The event is how far its stream has come. Of the compute stream only copies need to be told.
LogicalResult StepWriter::writeSignal(sched::SignalOp signal) {
  auto isCopy = [](Operation *user) {
    auto copy = dyn_cast<sched::CopyOp>(user);
    return copy && copy.getStream() != Stream::Compute;
  };
  switch (signal.getStream()) {
  case Stream::Compute:
    if (!llvm::any_of(signal->getUsers(), isCopy))
      return success();
    LLVM::CallOp::create(builder, signal.getLoc(), signalFunction, ValueRange{context});
    events[signal] = {++written.signals, 0, 0};
    return success();
  case Stream::Offload: events[signal] = {0, written.offloads, 0}; return success();
  case Stream::Reload: events[signal] = {0, 0, written.reloads}; return success();
  case Stream::Communicate: break;
  }
  return signal.emitOpError("expected a stream that the CPU target has, got ") << stringifyStream(signal.getStream());
}

LogicalResult StepWriter::writeEntry(Operation &op) {
  return TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](sched::LaunchOp launch) { return writeLaunch(launch); })
      .Case([&](sched::ObserveOp observe) { return writeObserve(observe); })
      .Case([&](sched::CopyOp copy) { return writeCopy(copy); })
      .Case([&](sched::SignalOp signal) { return writeSignal(signal); })
      .Case<sched::SlotOp, sched::ViewOp, sched::MergeOp, sched::ReturnOp>([](Operation *) { return success(); })
      .Default([](Operation *other) { return other->emitOpError("expected an entry that the CPU target can run"); });
}

/// Those of copies only where there is far memory: other programs have no use for them.
void StepWriter::declareFunctions() {
  Type i64 = builder.getI64Type();
  builder.setInsertionPointToEnd(module.getBody());
  launchFunction = declare("neap_launch", {pointer, pointer, pointer, i64, i64});
  observeFunction = declare("neap_observe_gradient", {pointer, i64, pointer});
  if (lower::getFarBytes(program) == 0)
    return;
  offloadFunction = declare("neap_offload", {pointer, pointer, i64, i64, i64, i64});
  reloadFunction = declare("neap_reload", {pointer, pointer, i64, i64, i64, i64});
  signalFunction = declare("neap_signal", {pointer});
  waitFunction = declare("neap_wait", {pointer, i64, i64});
}

LogicalResult StepWriter::write() {
  Location location = program.getLoc();
  Type i32 = builder.getI32Type();
  declareFunctions();
  auto step =
      LLVM::LLVMFuncOp::create(builder, location, "neap_step", LLVM::LLVMFunctionType::get(i32, {pointer, pointer}));
  Block *entry = step.addEntryBlock(builder);
  builder.setInsertionPointToStart(entry);
  context = entry->getArgument(0);
  arena = entry->getArgument(1);
  size_t most = 1;
  program.walk(
      [&](sched::LaunchOp launch) { most = std::max(most, launch.getInputs().size() + launch.getOutputs().size()); });
  buffers = LLVM::AllocaOp::create(builder, location, pointer, pointer, integer(location, most));
  for (Operation &op : program.getBody().front())
    if (failed(writeEntry(op)))
      return failure();
  Value ok = LLVM::ConstantOp::create(builder, location, builder.getI32IntegerAttr(0));
  LLVM::ReturnOp::create(builder, location, ok);
  return success();
}

/// A constant of bytes, not terminated.
LLVM::GlobalOp createBytes(OpBuilder &builder, Location location, StringRef name, StringRef bytes) {
  auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.size());
  auto global = LLVM::GlobalOp::create(builder, location, type, /*isConstant=*/true, LLVM::Linkage::Internal, name,
                                       builder.getStringAttr(bytes), slotAlignment);
  return global;
}

/// Bytes that are defined elsewhere.
void declareBytes(OpBuilder &builder, Location location, StringRef name) {
  auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), 0);
  LLVM::GlobalOp::create(builder, location, type, /*isConstant=*/true, LLVM::Linkage::External, name, Attribute());
}

int64_t sizeOf(LLVM::GlobalOp bytes) { return cast<LLVM::LLVMArrayType>(bytes.getType()).getNumElements(); }

/// `neap_program_instance`: the fields of neap_program, in its order. A C compiler must lay out the same fields as LLVM does.
static_assert(offsetof(neap_program, abi_version) == 0 && offsetof(neap_program, reserved) == 4 &&
              offsetof(neap_program, arena_bytes) == 8 && offsetof(neap_program, scratch_bytes_per_worker) == 16 &&
              offsetof(neap_program, max_workers) == 24 && offsetof(neap_program, manifest) == 32 &&
              offsetof(neap_program, manifest_bytes) == 40 && offsetof(neap_program, constants) == 48 &&
              offsetof(neap_program, constants_bytes) == 56 && offsetof(neap_program, step) == 64 &&
              offsetof(neap_program, device) == 72 && offsetof(neap_program, ptx) == 80 &&
              offsetof(neap_program, cubin) == 88 && offsetof(neap_program, far_bytes) == 96 &&
              sizeof(neap_program) == 104);
void writeInstance(ModuleOp module, sched::ProgramOp program, LLVM::GlobalOp constants, int64_t maxWorkers,
                   lower::Device device) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  Location location = program.getLoc();
  auto manifest = module.lookupSymbol<LLVM::GlobalOp>("neap_manifest");
  if (!manifest)
    manifest = createBytes(builder, location, "neap_manifest", "{}");
  int64_t scratch = 0;
  for (Operation &op : *module.getBody())
    if (auto info = lower::getKernelInfo(&op))
      scratch = std::max(scratch, info->scratchBytes);

  Type i32 = builder.getI32Type(), i64 = builder.getI64Type(),
       pointer = LLVM::LLVMPointerType::get(builder.getContext());
  auto type = LLVM::LLVMStructType::getLiteral(builder.getContext(), {i32, i32, i64, i64, i64, pointer, i64, pointer,
                                                                      i64, pointer, pointer, pointer, pointer, i64});
  bool isCuda = device == lower::Device::Cuda;
  StringRef deviceName = isCuda ? "neap_cuda_device" : "neap_cpu_device";
  declareBytes(builder, location, deviceName);
  if (isCuda)
    declareBytes(builder, location, "neap_ptx");
  auto instance = LLVM::GlobalOp::create(builder, location, type, /*isConstant=*/true, LLVM::Linkage::External,
                                         "neap_program_instance", Attribute());
  builder.createBlock(&instance.getInitializerRegion());
  auto integer = [&](Type integerType, int64_t value) -> Value {
    return LLVM::ConstantOp::create(builder, location, builder.getIntegerAttr(integerType, value));
  };
  auto address = [&](StringRef symbol) -> Value {
    return LLVM::AddressOfOp::create(builder, location, pointer, symbol);
  };
  Value none = LLVM::ZeroOp::create(builder, location, pointer);
  Value fields[] = {integer(i32, NEAP_ABI_VERSION),
                    integer(i32, 0),
                    integer(i64, program.getArenaBytes(sched::Space::Device)),
                    integer(i64, scratch),
                    integer(i64, maxWorkers),
                    address(manifest.getSymName()),
                    integer(i64, sizeOf(manifest)),
                    address(constants.getSymName()),
                    integer(i64, sizeOf(constants)),
                    isCuda ? none : address("neap_step"),
                    address(deviceName),
                    isCuda ? address("neap_ptx") : none,
                    /*cubin=*/none,
                    integer(i64, lower::getFarBytes(program))};
  Value value = LLVM::UndefOp::create(builder, location, type);
  for (auto [index, field] : llvm::enumerate(fields))
    value = LLVM::InsertValueOp::create(builder, location, value, field, index);
  LLVM::ReturnOp::create(builder, location, value);
}

struct LowerStep : impl::LowerStepBase<LowerStep> {
  using LowerStepBase::LowerStepBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto programs = module.getOps<sched::ProgramOp>();
    if (!llvm::hasSingleElement(programs)) {
      module.emitError("expected one scheduled program, got ") << std::distance(programs.begin(), programs.end());
      return signalPassFailure();
    }
    sched::ProgramOp program = *programs.begin();
    if (failed(lower::checkFarMemory(program)))
      return signalPassFailure();
    FailureOr<std::string> constants = lower::collectConstantBytes(lower::layoutConstants(program));
    if (failed(constants))
      return signalPassFailure();
    if (device == lower::Device::Cpu && failed(StepWriter(module, program).write()))
      return signalPassFailure();
    OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
    writeInstance(module, program, createBytes(builder, program.getLoc(), "neap_constants", *constants), maxWorkers,
                  device);
    program.erase();
    for (Operation &op : llvm::make_early_inc_range(*module.getBody()))
      if (isa<ParameterOp, StateOp>(op))
        op.erase();
  }
};
} // namespace
} // namespace neap
