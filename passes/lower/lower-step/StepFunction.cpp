// One entry of the program after the other, loops as loops. See StepFunction.h.
#include "neap/passes/lower/lower-step/StepFunction.h"

#include "neap/passes/lower/KernelInfo.h"
#include "neap/passes/lower/lower-step/FarMemory.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace neap;
using sched::Stream;

namespace {
/// A number that may change from round to round: `fixed`, and multiples of values (i64) of the step function. None of these is
/// negative.
struct Linear {
  int64_t fixed = 0;
  SmallVector<std::pair<Value, int64_t>, 2> terms;

  bool isFixed() const { return terms.empty(); }
};

/// What must have been done before something: signals of the compute stream, and copies of the other two, counted from the
/// beginning of the step.
struct Counts {
  Linear signals, offloads, reloads;
};

/// What one run of some entries adds to the counts.
struct Increase {
  int64_t signals = 0, offloads = 0, reloads = 0;
};

/// Writes neap_step.
class StepWriter {
public:
  StepWriter(ModuleOp module, sched::ProgramOp program)
      : module(module), program(program), symbols(module), builder(module.getBodyRegion()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())) {}

  LogicalResult write();

private:
  LLVM::LLVMFuncOp declare(StringRef name, ArrayRef<Type> arguments);
  void declareFunctions();
  LogicalResult writeEntries(Block &block);
  LogicalResult writeEntry(Operation &op);
  LogicalResult writeLaunch(sched::LaunchOp launch);
  LogicalResult writeObserve(sched::ObserveOp observe);
  LogicalResult writeCopy(sched::CopyOp copy);
  void writeOffload(sched::CopyOp copy);
  void writeReload(sched::CopyOp copy);
  void writeWait(Operation *op, ValueRange after);
  LogicalResult writeSignal(sched::SignalOp signal);

  // Loops.
  LogicalResult writeLoop(sched::LoopOp loop);
  SmallVector<Value> evaluateEvents(Location location, ValueRange carried);
  void receiveEvents(ValueRange carried, ValueRange numbers);
  void addRounds(const Increase &increase, int64_t times);
  void addRounds(const Increase &increase, Value times);

  // Values of the step function.
  Value integer(Location location, int64_t value) {
    return LLVM::ConstantOp::create(builder, location, builder.getI64IntegerAttr(value));
  }
  Value evaluate(Location location, const Linear &number);
  Linear getOffset(Value slot);
  Value getAddress(Location location, Value slot);
  Value getKernelAddress(sched::LaunchOp launch);
  Linear max(Location location, const Linear &a, const Linear &b);
  Counts countBefore(Location location, ValueRange after);

  ModuleOp module;
  sched::ProgramOp program;
  SymbolTable symbols;
  OpBuilder builder;
  Type pointer;
  LLVM::LLVMFuncOp launchFunction, observeFunction, offloadFunction, reloadFunction, signalFunction, waitFunction;
  Value context, arena, buffers;
  llvm::DenseMap<Value, Value> rounds; // by induction variable
  llvm::DenseMap<Value, Counts> events;
  Counts written; // so far
  /// Copies that the step's own thread has waited for, at least.
  int64_t awaitedOffloads = 0, awaitedReloads = 0;
};
} // namespace

// Counts --------------------------------------------------------------------------------------------------------------

/// Whether a copy of another stream may wait for an event, which loops may have carried: nobody else asks for those of the compute
/// stream.
static bool isAwaitedByCopy(Value event) {
  SmallVector<Value> pending{event};
  llvm::SmallPtrSet<Value, 8> seen;
  while (!pending.empty()) {
    Value next = pending.pop_back_val();
    if (!seen.insert(next).second)
      continue;
    for (OpOperand &use : next.getUses()) {
      auto copy = dyn_cast<sched::CopyOp>(use.getOwner());
      if (copy && copy.getStream() != Stream::Compute)
        return true;
      auto loop =
          dyn_cast<sched::LoopOp>(isa<sched::YieldOp>(use.getOwner()) ? use.getOwner()->getParentOp() : use.getOwner());
      if (!loop)
        continue;
      pending.push_back(loop.getBody().getArgument(use.getOperandNumber() + 1));
      pending.push_back(loop.getResult(use.getOperandNumber()));
    }
  }
  return false;
}

static bool isGiven(sched::SignalOp signal) {
  return signal.getStream() == Stream::Compute && isAwaitedByCopy(signal.getEvent());
}

static Increase countRound(Block &block) {
  Increase sum;
  for (Operation &op : block)
    TypeSwitch<Operation *>(&op)
        .Case([&](sched::SignalOp signal) { sum.signals += isGiven(signal); })
        .Case([&](sched::CopyOp copy) {
          sum.offloads += copy.getStream() == Stream::Offload;
          sum.reloads += copy.getStream() == Stream::Reload;
        })
        .Case([&](sched::LoopOp loop) {
          Increase inner = countRound(loop.getBody().front());
          auto count = static_cast<int64_t>(loop.getCount());
          sum.signals += inner.signals * count;
          sum.offloads += inner.offloads * count;
          sum.reloads += inner.reloads * count;
        });
  return sum;
}

// Values of the step function -----------------------------------------------------------------------------------------

Value StepWriter::evaluate(Location location, const Linear &number) {
  Value sum = integer(location, number.fixed);
  for (auto [value, factor] : number.terms) {
    Value product = factor == 1 ? value : LLVM::MulOp::create(builder, location, value, integer(location, factor));
    sum = LLVM::AddOp::create(builder, location, sum, product);
  }
  return sum;
}

/// Where a value lies in its arena.
Linear StepWriter::getOffset(Value slot) {
  sched::Place place = sched::getPlace(slot);
  Linear offset{place.begin, {}};
  for (const sched::Place::Term &term : place.terms)
    offset.terms.push_back({rounds.at(term.index), term.stride});
  return offset;
}

Value StepWriter::getAddress(Location location, Value slot) {
  return LLVM::GEPOp::create(builder, location, pointer, builder.getI8Type(), arena,
                             ArrayRef<LLVM::GEPArg>{evaluate(location, getOffset(slot))});
}

Linear StepWriter::max(Location location, const Linear &a, const Linear &b) {
  if (a.isFixed() && a.fixed <= b.fixed)
    return b;
  if (b.isFixed() && b.fixed <= a.fixed)
    return a;
  Value greater = LLVM::SMaxOp::create(builder, location, evaluate(location, a), evaluate(location, b));
  return {0, {{greater, 1}}};
}

Counts StepWriter::countBefore(Location location, ValueRange after) {
  Counts counts;
  for (Value event : after) {
    Counts before = events.lookup(event);
    counts = {max(location, counts.signals, before.signals), max(location, counts.offloads, before.offloads),
              max(location, counts.reloads, before.reloads)};
  }
  return counts;
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

// Entries -------------------------------------------------------------------------------------------------------------

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

/// The step's thread has its own order; it waits for copies only, and for each once, as far as can be known here.
void StepWriter::writeWait(Operation *op, ValueRange after) {
  Location location = op->getLoc();
  Counts counts = countBefore(location, after);
  auto isOver = [](const Linear &count, int64_t awaited) { return count.isFixed() && count.fixed <= awaited; };
  if (isOver(counts.offloads, awaitedOffloads) && isOver(counts.reloads, awaitedReloads))
    return;
  awaitedOffloads = std::max(awaitedOffloads, counts.offloads.fixed);
  awaitedReloads = std::max(awaitedReloads, counts.reloads.fixed);
  LLVM::CallOp::create(builder, location, waitFunction,
                       ValueRange{context, evaluate(location, counts.offloads), evaluate(location, counts.reloads)});
}

void StepWriter::writeOffload(sched::CopyOp copy) {
  Location location = copy.getLoc();
  Counts before = countBefore(location, copy.getAfter());
  LLVM::CallOp::create(builder, location, offloadFunction,
                       ValueRange{context, getAddress(location, copy.getSource()),
                                  evaluate(location, getOffset(copy.getDestination())),
                                  integer(location, copy.getDestination().getType().getBytes()),
                                  evaluate(location, before.signals), evaluate(location, before.reloads)});
  ++written.offloads.fixed;
}

void StepWriter::writeReload(sched::CopyOp copy) {
  Location location = copy.getLoc();
  Counts before = countBefore(location, copy.getAfter());
  LLVM::CallOp::create(builder, location, reloadFunction,
                       ValueRange{context, getAddress(location, copy.getDestination()),
                                  evaluate(location, getOffset(copy.getSource())),
                                  integer(location, copy.getSource().getType().getBytes()),
                                  evaluate(location, before.signals), evaluate(location, before.offloads)});
  ++written.reloads.fixed;
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
  switch (signal.getStream()) {
  case Stream::Compute:
    if (!isGiven(signal))
      return success();
    LLVM::CallOp::create(builder, signal.getLoc(), signalFunction, ValueRange{context});
    ++written.signals.fixed;
    events[signal] = {written.signals, {}, {}};
    return success();
  case Stream::Offload: events[signal] = {{}, written.offloads, {}}; return success();
  case Stream::Reload: events[signal] = {{}, {}, written.reloads}; return success();
  case Stream::Communicate: break;
  }
  return signal.emitOpError("expected a stream that the CPU target has, got ") << stringifyStream(signal.getStream());
}

// Loops ---------------------------------------------------------------------------------------------------------------

/// The numbers of carried events, three for each.
SmallVector<Value> StepWriter::evaluateEvents(Location location, ValueRange carried) {
  SmallVector<Value> numbers;
  for (Value value : carried) {
    if (!isa<sched::EventType>(value.getType()))
      continue;
    Counts counts = events.lookup(value);
    for (const Linear &count : {counts.signals, counts.offloads, counts.reloads})
      numbers.push_back(evaluate(location, count));
  }
  return numbers;
}

/// The reverse.
void StepWriter::receiveEvents(ValueRange carried, ValueRange numbers) {
  for (Value value : carried) {
    if (!isa<sched::EventType>(value.getType()))
      continue;
    events[value] = {{0, {{numbers[0], 1}}}, {0, {{numbers[1], 1}}}, {0, {{numbers[2], 1}}}};
    numbers = numbers.drop_front(3);
  }
}

/// What so many rounds add to the counts.
void StepWriter::addRounds(const Increase &increase, int64_t times) {
  written.signals.fixed += increase.signals * times;
  written.offloads.fixed += increase.offloads * times;
  written.reloads.fixed += increase.reloads * times;
}

void StepWriter::addRounds(const Increase &increase, Value times) {
  auto add = [&](Linear &count, int64_t factor) {
    if (factor != 0)
      count.terms.push_back({times, factor});
  };
  add(written.signals, increase.signals);
  add(written.offloads, increase.offloads);
  add(written.reloads, increase.reloads);
}

/// A block that goes back to itself, as there is one round at least:
///
///   before:  br body(0, initial events)
///   body(round, events):  entries; cond_br round + 1 < count, body(round + 1, yielded events), behind
///   behind:
///
/// Slots stay where they are. Counts of events made in a round are known from its number.
LogicalResult StepWriter::writeLoop(sched::LoopOp loop) {
  Location location = loop.getLoc();
  Block &source = loop.getBody().front();
  ValueRange arguments = source.getArguments().drop_front();
  auto count = static_cast<int64_t>(loop.getCount());
  SmallVector<Value> initial{integer(location, 0)};
  llvm::append_range(initial, evaluateEvents(location, loop.getInitial()));
  Block *before = builder.getInsertionBlock();
  SmallVector<Type> types(initial.size(), builder.getI64Type());
  SmallVector<Location> locations(initial.size(), location);
  Block *body = builder.createBlock(before->getParent(), {}, types, locations);
  builder.setInsertionPointToEnd(before);
  LLVM::BrOp::create(builder, location, initial, body);

  builder.setInsertionPointToStart(body);
  Value round = body->getArgument(0);
  rounds[source.getArgument(0)] = round;
  receiveEvents(arguments, body->getArguments().drop_front());
  Counts atStart = written;
  Increase increase = countRound(source);
  addRounds(increase, round);
  if (failed(writeEntries(source)))
    return failure();

  ValueRange yielded = source.getTerminator()->getOperands();
  SmallVector<Value> next{LLVM::AddOp::create(builder, location, round, integer(location, 1))};
  llvm::append_range(next, evaluateEvents(location, yielded));
  Value isLeft =
      LLVM::ICmpOp::create(builder, location, LLVM::ICmpPredicate::slt, next.front(), integer(location, count));
  Block *last = builder.getInsertionBlock();
  Block *behind = builder.createBlock(body->getParent(), {});
  builder.setInsertionPointToEnd(last);
  LLVM::CondBrOp::create(builder, location, isLeft, body, next, behind, ValueRange());
  builder.setInsertionPointToStart(behind);
  for (auto [result, value] : llvm::zip_equal(loop.getResults(), yielded)) // those of the last round
    if (isa<sched::EventType>(value.getType()))
      events[result] = Counts(events.lookup(value));
  written = atStart;
  addRounds(increase, count);
  return success();
}

// The function --------------------------------------------------------------------------------------------------------

LogicalResult StepWriter::writeEntry(Operation &op) {
  return TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](sched::LaunchOp launch) { return writeLaunch(launch); })
      .Case([&](sched::ObserveOp observe) { return writeObserve(observe); })
      .Case([&](sched::CopyOp copy) { return writeCopy(copy); })
      .Case([&](sched::SignalOp signal) { return writeSignal(signal); })
      .Case([&](sched::LoopOp loop) { return writeLoop(loop); })
      .Case<sched::SlotOp, sched::ViewOp, sched::MergeOp, sched::YieldOp, sched::ReturnOp>(
          [](Operation *) { return success(); })
      .Default([](Operation *other) { return other->emitOpError("expected an entry that the CPU target can run"); });
}

LogicalResult StepWriter::writeEntries(Block &block) {
  for (Operation &op : block)
    if (failed(writeEntry(op)))
      return failure();
  return success();
}

LLVM::LLVMFuncOp StepWriter::declare(StringRef name, ArrayRef<Type> arguments) {
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(builder.getContext()), arguments);
  return LLVM::LLVMFuncOp::create(builder, module.getLoc(), name, type);
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
  if (failed(writeEntries(program.getBody().front())))
    return failure();
  Value ok = LLVM::ConstantOp::create(builder, location, builder.getI32IntegerAttr(0));
  LLVM::ReturnOp::create(builder, location, ok);
  return success();
}

LogicalResult lower::writeStepFunction(ModuleOp module, sched::ProgramOp program) {
  return StepWriter(module, program).write();
}
