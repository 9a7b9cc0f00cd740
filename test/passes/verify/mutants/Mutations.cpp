// The kinds of changes. See Mutations.h.
#include "Mutations.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace neap::test {

ArrayRef<Mutations::Kind> Mutations::table() {
  static const Kind kinds[] = {
      {"slot shifted", &Mutations::shiftSlot},
      {"slot laid over another", &Mutations::overlaySlot},
      {"input laid over another", &Mutations::overlayInput},
      {"arena shrunk", &Mutations::shrinkArena},
      {"event dropped", &Mutations::dropEvent},
      {"signal earlier", &Mutations::hurrySignal},
      {"other stream", &Mutations::changeStream},
      {"carried event kept", &Mutations::keepCarriedEvent},
      {"neighbours swapped", &Mutations::swapEntries},
      {"entry later", &Mutations::delayEntry},
      {"copy dropped", &Mutations::dropCopy},
      {"launch dropped", &Mutations::dropLaunch},
      {"merge dropped", &Mutations::dropMerge},
      {"other part merged", &Mutations::mergeOther},
      {"other slot yielded", &Mutations::yieldOther},
      {"copy redirected", &Mutations::redirectCopy},
      {"copy onto its source", &Mutations::copyOntoSource},
      {"other value used", &Mutations::useOtherValue},
      {"return changed", &Mutations::changeReturn},
      {"in-place pair dropped", &Mutations::dropInPlacePair},
      {"in place without pair", &Mutations::workInPlace},
      {"in place but shifted", &Mutations::shiftInPlace},
      {"workspace moved", &Mutations::moveWorkspace},
      {"view shifted", &Mutations::shiftView},
      {"count changed", &Mutations::changeCount},
      {"stride changed", &Mutations::changeStride},
  };
  return kinds;
}

ArrayRef<const char *> Mutations::kinds() {
  static const SmallVector<const char *> names =
      llvm::map_to_vector(table(), [](const Kind &kind) { return kind.name; });
  return names;
}

bool Mutations::apply(size_t kind, sched::ProgramOp program) { return (this->*table()[kind].apply)(program); }

template <class Op> Op Mutations::pickOp(sched::ProgramOp program, function_ref<bool(Op)> isWanted) {
  SmallVector<Op> ops;
  program.walk([&](Op op) {
    if (isWanted(op))
      ops.push_back(op);
  });
  return ops.empty() ? Op() : pick<Op>(ops);
}

/// Another value of the same type that may be used by an op.
Value Mutations::pickOther(Operation *user, Value value) {
  SmallVector<Value> others;
  auto add = [&](Value other) {
    if (other != value && other.getType() == value.getType())
      others.push_back(other);
  };
  for (Operation *op = user; !isa<sched::ProgramOp>(op); op = op->getParentOp()) {
    for (Operation &before : *op->getBlock()) {
      if (&before == op)
        break;
      llvm::for_each(before.getResults(), add);
    }
    llvm::for_each(op->getBlock()->getArguments(), add);
  }
  return others.empty() ? Value() : pick<Value>(others);
}

/// A new slot of a value's type that begins in the middle of its bytes; null where the arena ends.
Value Mutations::slotBeside(sched::ProgramOp program, Value value) {
  auto type = cast<sched::SlotType>(value.getType());
  int64_t begin = sched::getPlace(value).low + type.getBytes() / 2;
  if (begin + type.getBytes() > program.getArenaBytes(type.getSpace()))
    return {};
  OpBuilder builder = OpBuilder::atBlockBegin(&program.getBody().front());
  auto role = sched::RoleAttr::get(program.getContext(), sched::Role::Activation);
  return sched::SlotOp::create(builder, value.getLoc(), type, role, FlatSymbolRefAttr(), StringAttr(), ElementsAttr(),
                               builder.getI64IntegerAttr(begin));
}

static const int64_t shifts[] = {-64, -32, -16, -4, 4, 16, 32, 64};

// Places --------------------------------------------------------------------------------------------------------------

bool Mutations::shiftSlot(sched::ProgramOp program) {
  auto slot = pickOp<sched::SlotOp>(program, [](auto) { return true; });
  slot.setOffset(slot.getOffset() + pick<int64_t>(shifts));
  return true;
}

bool Mutations::overlaySlot(sched::ProgramOp program) {
  auto slot = pickOp<sched::SlotOp>(program, [](auto) { return true; });
  auto other = pickOp<sched::SlotOp>(program, [&](sched::SlotOp other) {
    return other.getOffset() != slot.getOffset() && other.getType().getSpace() == slot.getType().getSpace();
  });
  if (!other)
    return false;
  slot.setOffset(other.getOffset());
  return true;
}

/// An input begins in the middle of a slot that holds something from the start, too.
bool Mutations::overlayInput(sched::ProgramOp program) {
  auto holds = [](sched::SlotOp slot) {
    sched::Role role = slot.getRole();
    return slot.getType().getSpace() == sched::Space::Device && role != sched::Role::Activation &&
           role != sched::Role::Output && role != sched::Role::Workspace;
  };
  auto input = pickOp<sched::SlotOp>(program, [](sched::SlotOp slot) { return slot.getRole() == sched::Role::Input; });
  auto other = pickOp<sched::SlotOp>(program, [&](sched::SlotOp slot) { return holds(slot) && slot != input; });
  if (!input || !other)
    return false;
  input.setOffset(other.getOffset() + static_cast<uint64_t>(other.getType().getBytes() / 2));
  return true;
}

bool Mutations::shrinkArena(sched::ProgramOp program) {
  SmallVector<Attribute> arenas(program.getArenas().getValue());
  Attribute &chosen = arenas[draw(arenas.size())];
  auto arena = cast<sched::ArenaAttr>(chosen);
  if (arena.getBytes() == 0)
    return false;
  int64_t bytes = static_cast<int64_t>(draw(arena.getBytes()));
  chosen = sched::ArenaAttr::get(program.getContext(), arena.getSpace(), bytes);
  program.setArenasAttr(ArrayAttr::get(program.getContext(), arenas));
  return true;
}

bool Mutations::shiftView(sched::ProgramOp program) {
  auto view = pickOp<sched::ViewOp>(program, [](auto) { return true; });
  if (!view)
    return false;
  view.setOffset(view.getOffset() + pick<int64_t>(shifts));
  return true;
}

bool Mutations::changeStride(sched::ProgramOp program) {
  auto view = pickOp<sched::ViewOp>(program, [](sched::ViewOp view) { return !view.getIndices().empty(); });
  if (!view)
    return false;
  SmallVector<int64_t> strides(view.getStrides());
  int64_t &stride = strides[draw(strides.size())];
  stride = draw(4) == 0 ? 0 : stride + pick<int64_t>(shifts);
  bool isChanged = ArrayRef(strides) != view.getStrides();
  view.setStrides(strides);
  return isChanged;
}

bool Mutations::changeCount(sched::ProgramOp program) {
  auto loop = pickOp<sched::LoopOp>(program, [](auto) { return true; });
  if (!loop)
    return false;
  uint64_t count = loop.getCount(), counts[] = {count + 1, count * 2, count > 1 ? count - 1 : count + 2, 1};
  loop.setCount(pick<uint64_t>(counts));
  return loop.getCount() != count;
}

// Order ---------------------------------------------------------------------------------------------------------------

static std::optional<MutableOperandRange> getAfter(Operation *op) {
  return llvm::TypeSwitch<Operation *, std::optional<MutableOperandRange>>(op)
      .Case<sched::LaunchOp, sched::CopyOp>([](auto entry) { return entry.getAfterMutable(); })
      .Default([](Operation *) { return std::nullopt; });
}

static bool isEntry(Operation *op) { return isa<sched::LaunchOp, sched::CopyOp, sched::ObserveOp, sched::LoopOp>(op); }

bool Mutations::dropEvent(sched::ProgramOp program) {
  Operation *entry = pickOp<Operation *>(program, [](Operation *op) {
    auto after = getAfter(op);
    return after && !after->empty();
  });
  if (!entry)
    return false;
  MutableOperandRange after = *getAfter(entry);
  after.erase(static_cast<unsigned>(draw(after.size())));
  return true;
}

static bool runsOn(Operation *op, sched::Stream stream) {
  return op
      ->walk([&](Operation *nested) {
        bool runs = llvm::TypeSwitch<Operation *, bool>(nested)
                        .Case<sched::LaunchOp, sched::CopyOp>([&](auto entry) { return entry.getStream() == stream; })
                        .Case([&](sched::ObserveOp) { return stream == sched::Stream::Compute; })
                        .Default([](Operation *) { return false; });
        return runs ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

static bool shareStream(Operation *op, Operation *other) {
  return llvm::any_of(llvm::seq(0, 4), [&](int stream) {
    return runsOn(op, static_cast<sched::Stream>(stream)) && runsOn(other, static_cast<sched::Stream>(stream));
  });
}

/// Before one to three entries that it stands for.
bool Mutations::hurrySignal(sched::ProgramOp program) {
  auto signal = pickOp<sched::SignalOp>(program, [](auto) { return true; });
  if (!signal)
    return false;
  uint64_t distance = 1 + draw(3);
  Operation *target = nullptr;
  for (Operation *op = signal->getPrevNode(); op && distance > 0; op = op->getPrevNode())
    if (runsOn(op, signal.getStream())) {
      target = op;
      --distance;
    }
  if (!target)
    return false;
  signal->moveBefore(target);
  return true;
}

bool Mutations::changeStream(sched::ProgramOp program) {
  Operation *op = pickOp<Operation *>(
      program, [](Operation *op) { return isa<sched::LaunchOp, sched::CopyOp, sched::SignalOp>(op); });
  if (!op)
    return false;
  return llvm::TypeSwitch<Operation *, bool>(op).Case<sched::LaunchOp, sched::CopyOp, sched::SignalOp>([&](auto entry) {
    auto stream = static_cast<sched::Stream>(draw(4));
    bool isChanged = stream != entry.getStream();
    entry.setStream(stream);
    return isChanged;
  });
}

/// What a round yields is what it got.
bool Mutations::keepCarriedEvent(sched::ProgramOp program) {
  auto loop = pickOp<sched::LoopOp>(program, [](sched::LoopOp loop) {
    return loop.getCount() > 1 &&
           llvm::any_of(loop.getInitial(), [](Value value) { return isa<sched::EventType>(value.getType()); });
  });
  if (!loop)
    return false;
  Operation *yield = loop.getBody().front().getTerminator();
  unsigned index;
  do
    index = static_cast<unsigned>(draw(loop.getInitial().size()));
  while (!isa<sched::EventType>(loop.getInitial()[index].getType()));
  yield->setOperand(index, loop.getBody().getArgument(index + 1));
  return true;
}

/// Whether an op, or what is nested in it, uses what ops from `first` up to it make.
static bool usesResultsFrom(Operation *op, Operation *first) {
  return op
      ->walk([&](Operation *nested) {
        for (Value operand : nested->getOperands())
          for (Operation *between = first; between != op; between = between->getNextNode())
            if (operand.getDefiningOp() == between)
              return WalkResult::interrupt();
        return WalkResult::advance();
      })
      .wasInterrupted();
}

/// With the entry before it on a stream of its own.
bool Mutations::swapEntries(sched::ProgramOp program) {
  Operation *entry = pickOp<Operation *>(program, isEntry);
  Operation *before = entry ? entry->getPrevNode() : nullptr;
  while (before && !shareStream(before, entry))
    before = before->getPrevNode();
  if (!before || usesResultsFrom(entry, before))
    return false;
  entry->moveBefore(before);
  return true;
}

static bool uses(Operation *op, Operation *maker) {
  return op
      ->walk([&](Operation *nested) {
        bool isUser = llvm::any_of(nested->getOperands(), [&](Value value) { return value.getDefiningOp() == maker; });
        return isUser ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Behind one to four entries of its stream, as far as nobody before them uses its results.
bool Mutations::delayEntry(sched::ProgramOp program) {
  Operation *entry = pickOp<Operation *>(program, isEntry);
  uint64_t distance = 1 + draw(4);
  Operation *target = nullptr;
  for (Operation *op = entry ? entry->getNextNode() : nullptr; op && distance > 0; op = op->getNextNode()) {
    if (uses(op, entry) || op->hasTrait<OpTrait::IsTerminator>())
      break;
    if (shareStream(op, entry)) {
      target = op;
      --distance;
    }
  }
  if (!target)
    return false;
  entry->moveAfter(target);
  return true;
}

// Values --------------------------------------------------------------------------------------------------------------

bool Mutations::dropCopy(sched::ProgramOp program) {
  auto copy = pickOp<sched::CopyOp>(program, [](auto) { return true; });
  if (!copy)
    return false;
  copy.replaceAllUsesWith(copy.getDestination());
  copy.erase();
  return true;
}

bool Mutations::dropLaunch(sched::ProgramOp program) {
  auto launch = pickOp<sched::LaunchOp>(program, [](auto) { return true; });
  if (!launch)
    return false;
  launch->replaceAllUsesWith(launch.getOutputs());
  launch.erase();
  return true;
}

bool Mutations::dropMerge(sched::ProgramOp program) {
  auto merge = pickOp<sched::MergeOp>(program, [](auto) { return true; });
  if (!merge)
    return false;
  merge.replaceAllUsesWith(merge.getWhole());
  merge.erase();
  return true;
}

bool Mutations::mergeOther(sched::ProgramOp program) {
  auto merge = pickOp<sched::MergeOp>(program, [](auto) { return true; });
  Value other = merge ? pickOther(merge, merge.getPart()) : Value();
  if (!other)
    return false;
  merge.getPartMutable().set(other);
  return true;
}

bool Mutations::yieldOther(sched::ProgramOp program) {
  auto yield = pickOp<sched::YieldOp>(program, [](sched::YieldOp yield) { return !yield.getCarried().empty(); });
  if (!yield)
    return false;
  OpOperand &carried = yield.getCarriedMutable()[static_cast<unsigned>(draw(yield.getCarried().size()))];
  Value other = isa<sched::SlotType>(carried.get().getType()) ? pickOther(yield, carried.get()) : Value();
  if (!other)
    return false;
  carried.set(other);
  return true;
}

bool Mutations::redirectCopy(sched::ProgramOp program) {
  auto copy = pickOp<sched::CopyOp>(program, [](auto) { return true; });
  if (!copy)
    return false;
  bool isSource = draw(2) == 0;
  OpOperand &end = isSource ? copy.getSourceMutable() : copy.getDestinationMutable();
  Value other = pickOther(copy, end.get());
  if (!other)
    return false;
  end.set(other);
  return true;
}

/// The destination begins in the middle of the source.
bool Mutations::copyOntoSource(sched::ProgramOp program) {
  auto copy = pickOp<sched::CopyOp>(
      program, [](sched::CopyOp copy) { return copy.getSource().getType() == copy.getDestination().getType(); });
  Value slot = copy ? slotBeside(program, copy.getSource()) : Value();
  if (!slot)
    return false;
  copy.getDestinationMutable().set(slot);
  return true;
}

bool Mutations::useOtherValue(sched::ProgramOp program) {
  SmallVector<OpOperand *> uses;
  program.walk([&](sched::LaunchOp launch) {
    for (OpOperand &use : launch.getInputsMutable())
      uses.push_back(&use);
  });
  program.walk([&](sched::ObserveOp observe) { uses.push_back(&observe.getGradientMutable()); });
  program.walk([&](sched::ViewOp view) { uses.push_back(&view.getOperandMutable()); });
  if (uses.empty())
    return false;
  OpOperand *use = pick<OpOperand *>(uses);
  Value other = pickOther(use->getOwner(), use->get());
  if (!other)
    return false;
  use->set(other);
  return true;
}

/// Something is not returned, or only a half of it, or something else is.
bool Mutations::changeReturn(sched::ProgramOp program) {
  auto result = cast<sched::ReturnOp>(program.getBody().front().getTerminator());
  if (result.getKept().empty())
    return false;
  auto index = static_cast<unsigned>(draw(result.getKept().size()));
  OpOperand &kept = result.getKeptMutable()[index];
  auto type = cast<sched::SlotType>(kept.get().getType());
  uint64_t way = draw(3);
  if (way == 0 && type.getBytes() % 8 == 0) {
    OpBuilder builder(result);
    auto half = RankedTensorType::get({type.getBytes() / 8}, builder.getF32Type());
    kept.set(sched::ViewOp::create(builder, result.getLoc(), sched::SlotType::get(half, type.getSpace()), kept.get(), 0,
                                   ValueRange(), ArrayRef<int64_t>()));
    return true;
  }
  Value other = pickOther(result, kept.get());
  if (other && way == 1)
    kept.set(other);
  else
    result->eraseOperand(index);
  return true;
}

// Within a launch -----------------------------------------------------------------------------------------------------

static sched::KernelOp getKernel(sched::LaunchOp launch) {
  return SymbolTable::lookupNearestSymbolFrom<sched::KernelOp>(launch, launch.getKernelAttr());
}

/// Of the kernel, for all of its launches.
bool Mutations::dropInPlacePair(sched::ProgramOp program) {
  auto launch = pickOp<sched::LaunchOp>(
      program, [](sched::LaunchOp launch) { return getKernel(launch).getInPlace().has_value(); });
  if (!launch)
    return false;
  sched::KernelOp kernel = getKernel(launch);
  SmallVector<Attribute> pairs(kernel.getInPlaceAttr().getValue());
  pairs.erase(pairs.begin() + static_cast<ptrdiff_t>(draw(pairs.size())));
  kernel.setInPlaceAttr(ArrayAttr::get(program.getContext(), pairs));
  return true;
}

/// A result is written to where an operand lies.
bool Mutations::workInPlace(sched::ProgramOp program) {
  auto launch = pickOp<sched::LaunchOp>(
      program, [](sched::LaunchOp launch) { return !launch.getInputs().empty() && !launch.getOutputs().empty(); });
  if (!launch)
    return false;
  OpOperand &output = launch.getOutputsMutable()[static_cast<unsigned>(draw(launch.getOutputs().size()))];
  for (Value input : launch.getInputs())
    if (input.getType() == output.get().getType() &&
        sched::getPlace(input).begin != sched::getPlace(output.get()).begin) {
      output.set(input);
      return true;
    }
  return false;
}

/// The result of a launch in place lies half an operand further, in a slot of its own.
bool Mutations::shiftInPlace(sched::ProgramOp program) {
  auto launch = pickOp<sched::LaunchOp>(program, [](sched::LaunchOp launch) {
    return getKernel(launch).getInPlace().has_value() && launch.getOutputs().size() == 1;
  });
  if (!launch)
    return false;
  Value slot = slotBeside(program, launch.getOutputs()[0]);
  if (slot)
    launch.getOutputsMutable()[0].set(slot);
  return slot != nullptr;
}

/// To any bytes of the device; of a launch without one, too.
bool Mutations::moveWorkspace(sched::ProgramOp program) {
  auto launch =
      pickOp<sched::LaunchOp>(program, [&](sched::LaunchOp launch) { return launch.getWorkspace() || draw(4) == 0; });
  if (!launch)
    return false;
  SmallVector<Value> others;
  for (Operation *op = launch->getPrevNode(); op; op = op->getPrevNode())
    for (Value value : op->getResults())
      if (auto slot = dyn_cast<sched::SlotType>(value.getType()))
        if (slot.getSpace() == sched::Space::Device && value != launch.getWorkspace())
          others.push_back(value);
  if (others.empty())
    return false;
  launch.getWorkspaceMutable().assign(pick<Value>(others));
  return true;
}

} // namespace neap::test
