// Execution of a program on histories of bytes. See PlanVerifier.h.
#include "neap/passes/verify/plan/PlanVerifier.h"

#include "neap/passes/support/Locations.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace neap;
using namespace neap::plan;
using sched::Role;
using sched::SlotOp;

static_assert(sched::getMaxEnumValForStream() + 1 == streamCount && sched::getMaxEnumValForSpace() + 1 == 2);

// Messages ------------------------------------------------------------------------------------------------------------

/// "bytes 0 to 64 of the device arena"
static std::string describe(SlotOp slot, Range range) {
  return ("bytes " + Twine(range.begin) + " to " + Twine(range.end) + " of the " +
          sched::stringifySpace(slot.getType().getSpace()) + " arena")
      .str();
}

/// "parameter @w"
static std::string describe(SlotOp slot) {
  std::string name = sched::stringifyRole(slot.getRole()).str();
  if (slot.getSymbol())
    return name + " @" + slot.getSymbol()->str();
  return slot.getName() ? name + " \"" + slot.getName()->str() + "\"" : name;
}

/// " @gemm_0 of 'node_linear'": the kernel, and the node of the model that the op was made from.
static std::string describeOrigin(Operation *op) {
  std::string text;
  if (auto launch = dyn_cast<sched::LaunchOp>(op))
    text += " @" + launch.getKernel().str();
  StringRef node = findNodeName(op), name = op->getName().getStringRef();
  return node.empty() || node == name ? text : text + " of '" + node.str() + "'";
}

static std::string describe(Operation *op) { return op->getName().getStringRef().str() + describeOrigin(op); }

std::string PlanVerifier::describeRounds(ArrayRef<int64_t> rounds) const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (!rounds.empty())
    llvm::interleave(rounds, stream << " in round ", ", ");
  return text;
}

/// An error that says which op it is about, and which execution of it.
InFlightDiagnostic PlanVerifier::emitError(Operation *op) const {
  InFlightDiagnostic error = op->emitOpError();
  std::string which = describeOrigin(op) + describeRounds(rounds);
  if (!which.empty())
    error << StringRef(which).drop_front() << ": ";
  return error;
}

/// What bytes hold, by who wrote them.
std::string PlanVerifier::describe(int32_t writer) const {
  if (writer == nobody)
    return "nothing";
  auto [value, entry] = writers[writer];
  if (entry < 0)
    return ::describe(value.getDefiningOp<SlotOp>());
  std::string name = ::describe(entries[entry].op) + describeRounds(entries[entry].rounds);
  if (!value)
    return "what is left in the workspace of " + name;
  return "result " + std::to_string(cast<OpResult>(value).getResultNumber()) + " of " + name;
}

/// Points at the op that wrote something; what is there from the start says all in its name.
void PlanVerifier::attachWriter(Diagnostic &error, int32_t writer, StringRef what) const {
  if (writer != nobody && writers[writer].entry >= 0)
    error.attachNote(entries[writers[writer].entry].op->getLoc()) << describe(writer) << " is " << what << " here";
}

// Places --------------------------------------------------------------------------------------------------------------

ByteHistory &PlanVerifier::historyOf(SlotOp slot) { return arenas[static_cast<size_t>(slot.getType().getSpace())]; }

int32_t PlanVerifier::addWriter(Value value, int32_t entry) {
  writers.push_back({value, entry});
  return static_cast<int32_t>(writers.size()) - 1;
}

static bool holdsSomethingBefore(Role role) {
  return role != Role::Activation && role != Role::Output && role != Role::Workspace;
}

LogicalResult PlanVerifier::placeSlot(SlotOp slot, int64_t arenaBytes) {
  int64_t begin = slot.getOffset(), bytes = slot.getType().getBytes();
  if (begin < 0 || bytes > arenaBytes || begin > arenaBytes - bytes)
    return emitError(slot) << "expected " << bytes << " bytes at " << begin << " to lie within the arena of "
                           << arenaBytes << " bytes";
  Range range{begin, begin + bytes};
  if (!holdsSomethingBefore(slot.getRole())) {
    contents[slot] = Contents::whole(slot, range, nobody);
    return success();
  }
  if (auto other = historyOf(slot).findOther(range, nobody)) {
    auto error = emitError(slot) << "expected bytes of its own for " << ::describe(slot)
                                 << ", as it holds something when the step begins";
    error.attachNote(writers[other->writer].value.getLoc())
        << describe(other->writer) << " lies in " << ::describe(slot, other->range) << " too";
    return error;
  }
  int32_t writer = addWriter(slot, -1);
  historyOf(slot).write(range, {}, writer);
  contents[slot] = Contents::whole(slot, range, writer);
  return success();
}

/// Before all entries: what slots hold from the start is there wherever the slot is written down.
LogicalResult PlanVerifier::placeSlots(sched::ProgramOp program) {
  for (sched::Space space : {sched::Space::Device, sched::Space::Far})
    arenas[static_cast<size_t>(space)] = ByteHistory(program.getArenaBytes(space));
  for (auto slot : program.getBody().getOps<SlotOp>())
    if (failed(placeSlot(slot, program.getArenaBytes(slot.getType().getSpace()))))
      return failure();
  return success();
}

LogicalResult PlanVerifier::executeView(sched::ViewOp view) {
  const Contents &operand = contents.at(view.getOperand());
  int64_t begin = operand.range.begin + view.getOffset();
  for (auto [index, stride] : llvm::zip_equal(view.getIndices(), view.getStrides()))
    begin += indices.at(index) * stride;
  Range range{begin, begin + view.getType().getBytes()};
  if (!operand.covers(range))
    return emitError(view) << "expected " << ::describe(operand.slot, range) << " to lie within the operand's "
                           << operand.range.begin << " to " << operand.range.end;
  Contents part = operand.slice(range);
  contents[view] = std::move(part);
  return success();
}

LogicalResult PlanVerifier::executeMerge(sched::MergeOp merge) {
  const Contents &whole = contents.at(merge.getWhole()), &part = contents.at(merge.getPart());
  if (whole.slot != part.slot || !whole.covers(part.range))
    return emitError(merge) << "expected a part that lies in the whole's " << ::describe(whole.slot, whole.range)
                            << ", got " << ::describe(part.slot, part.range);
  Contents merged = whole.merge(part);
  contents[merge.getResult()] = std::move(merged);
  return success();
}

// Accesses ------------------------------------------------------------------------------------------------------------

PlanVerifier::Running PlanVerifier::begin(Operation *op, sched::Stream stream, ValueRange after) {
  SmallVector<Clock> clocks = llvm::map_to_vector(after, [&](Value event) { return events.at(event); });
  Start start = streams.append(static_cast<int>(stream), clocks);
  entries.push_back({op, rounds});
  return {op, {start.ticket, static_cast<int32_t>(entries.size()) - 1}, start.before};
}

LogicalResult PlanVerifier::checkOrder(const Running &entry, SlotOp slot, Range range, bool writes) {
  auto unordered = historyOf(slot).findUnordered(range, entry.access.entry, entry.before, writes);
  if (!unordered)
    return success();
  const Entry &other = entries[unordered->other.entry];
  auto error = emitError(entry.op) << "expected an event to order it behind what "
                                   << (unordered->otherWrites ? "writes " : "reads ")
                                   << ::describe(slot, unordered->range) << ", which it "
                                   << (writes ? "writes" : "reads");
  error.attachNote(other.op->getLoc()) << ::describe(other.op) << describeRounds(other.rounds)
                                       << (unordered->otherWrites ? " writes them" : " reads them") << " on stream "
                                       << sched::stringifyStream(
                                              static_cast<sched::Stream>(unordered->other.ticket.stream));
  return error;
}

LogicalResult PlanVerifier::checkContents(Operation *op, const Contents &meant) {
  for (const Segment &segment : meant.segments) {
    auto other = historyOf(meant.slot).findOther(segment.range, segment.writer);
    // Nobody's bytes are there to be written, not to be read.
    if (!other && segment.writer == nobody)
      other = ByteHistory::Other{segment.range, nobody};
    if (!other)
      continue;
    auto error = emitError(op) << "expected " << ::describe(meant.slot, other->range) << " to hold ";
    if (segment.writer == nobody)
      error << "a value, got " << describe(other->writer) << ", as nothing was written to the "
            << ::describe(meant.slot) << " that it uses";
    else
      error << describe(segment.writer) << ", got " << describe(other->writer);
    attachWriter(*error.getUnderlyingDiagnostic(), segment.writer, "made");
    attachWriter(*error.getUnderlyingDiagnostic(), other->writer, "written");
    return error;
  }
  return success();
}

LogicalResult PlanVerifier::read(const Running &entry, const Contents &meant) {
  if (failed(checkOrder(entry, meant.slot, meant.range, false)) || failed(checkContents(entry.op, meant)))
    return failure();
  historyOf(meant.slot).read(meant.range, entry.access);
  return success();
}

/// Writes `result` to where `target` lies; a null result leaves nobody's value there.
LogicalResult PlanVerifier::write(const Running &entry, Value target, Value result) {
  SlotOp slot = contents.at(target).slot;
  Range range = contents.at(target).range;
  if (failed(checkOrder(entry, slot, range, true)))
    return failure();
  int32_t writer = addWriter(result, entry.access.entry);
  historyOf(slot).write(range, entry.access, writer);
  if (result)
    contents[result] = Contents::whole(slot, range, writer);
  return success();
}

// Entries -------------------------------------------------------------------------------------------------------------

static bool overlap(const Contents &a, const Contents &b) {
  return a.getSpace() == b.getSpace() && a.range.begin < b.range.end && b.range.begin < a.range.end;
}

static bool isSamePlace(const Contents &a, const Contents &b) {
  return a.getSpace() == b.getSpace() && a.range.begin == b.range.begin && a.range.end == b.range.end;
}

/// What a launch may not do to its own operands: nobody knows in which order it reads and writes, but for what its
/// kernel can do in place.
LogicalResult PlanVerifier::checkOverlap(sched::LaunchOp launch) {
  auto kernel = symbols.lookupNearestSymbolFrom<sched::KernelOp>(launch, launch.getKernelAttr());
  if (!kernel)
    return emitError(launch) << "expected a kernel, got " << launch.getKernelAttr();
  SmallVector<Value> written(launch.getOutputs());
  if (launch.getWorkspace())
    written.push_back(launch.getWorkspace());
  for (auto [result, target] : llvm::enumerate(written)) {
    const Contents &output = contents.at(target);
    std::string name = result < launch.getOutputs().size() ? "result " + std::to_string(result) : "the workspace";
    for (Value other : ArrayRef(written).take_front(result))
      if (overlap(output, contents.at(other)))
        return emitError(launch) << "expected " << name << " in bytes that it writes nothing else to, got "
                                 << ::describe(output.slot, output.range);
    for (auto [operand, input] : llvm::enumerate(launch.getInputs())) {
      const Contents &source = contents.at(input);
      bool isInPlace =
          result < launch.getOutputs().size() && isSamePlace(output, source) && kernel.mayShare(result, operand);
      if (overlap(output, source) && !isInPlace)
        return emitError(launch) << "expected " << name << " apart from operand " << operand << ", got "
                                 << ::describe(output.slot, output.range) << ", and operand " << operand << " in "
                                 << source.range.begin << " to " << source.range.end;
    }
  }
  return success();
}

LogicalResult PlanVerifier::executeLaunch(sched::LaunchOp launch) {
  if (failed(checkOverlap(launch)))
    return failure();
  Running entry = begin(launch, launch.getStream(), launch.getAfter());
  for (Value input : launch.getInputs())
    if (failed(read(entry, contents.at(input))))
      return failure();
  for (auto [output, result] : llvm::zip_equal(launch.getOutputs(), launch.getResults()))
    if (failed(write(entry, output, result)))
      return failure();
  return launch.getWorkspace() ? write(entry, launch.getWorkspace(), Value()) : success();
}

LogicalResult PlanVerifier::executeCopy(sched::CopyOp copy) {
  const Contents &source = contents.at(copy.getSource()), &destination = contents.at(copy.getDestination());
  if (overlap(source, destination))
    return emitError(copy) << "expected source and destination not to overlap, got "
                           << ::describe(source.slot, source.range) << " and " << destination.range.begin << " to "
                           << destination.range.end;
  Running entry = begin(copy, copy.getStream(), copy.getAfter());
  if (failed(read(entry, source)))
    return failure();
  return write(entry, copy.getDestination(), copy.getResult());
}

LogicalResult PlanVerifier::executeObserve(sched::ObserveOp observe) {
  return read(begin(observe, sched::Stream::Compute, {}), contents.at(observe.getGradient()));
}

/// Gives what some values are now to others. All are read before any is given: a loop may yield its values crosswise.
void PlanVerifier::rename(ValueRange from, ValueRange to) {
  SmallVector<std::pair<Value, Contents>> slots;
  SmallVector<std::pair<Value, Clock>> clocks;
  for (auto [source, target] : llvm::zip_equal(from, to)) {
    if (isa<sched::SlotType>(source.getType()))
      slots.emplace_back(target, contents.at(source));
    else if (isa<sched::EventType>(source.getType()))
      clocks.emplace_back(target, events.at(source));
  }
  for (auto &[target, slot] : slots)
    contents[target] = std::move(slot);
  for (auto &[target, clock] : clocks)
    events[target] = clock;
}

/// What is lowered takes a carried value to lie where the loop found it.
LogicalResult PlanVerifier::checkCarried(sched::YieldOp yield, ValueRange arguments) {
  for (auto [yielded, argument] : llvm::zip_equal(yield.getCarried(), arguments)) {
    if (!isa<sched::SlotType>(yielded.getType()))
      continue;
    const Contents &now = contents.at(yielded), &before = contents.at(argument);
    if (!isSamePlace(now, before))
      return emitError(yield) << "expected carried slots to be yielded where they came in, got "
                              << ::describe(now.slot, now.range) << " for " << ::describe(before.slot, before.range);
  }
  return success();
}

LogicalResult PlanVerifier::executeLoop(sched::LoopOp loop) {
  Block &body = loop.getBody().front();
  ValueRange arguments = body.getArguments().drop_front();
  auto yield = cast<sched::YieldOp>(body.getTerminator());
  rename(loop.getInitial(), arguments);
  rounds.push_back(0);
  for (int64_t round = 0, count = loop.getCount(); round < count; ++round) {
    rounds.back() = round;
    indices[body.getArgument(0)] = round;
    if (failed(execute(body)) || failed(checkCarried(yield, arguments)))
      return failure();
    rename(yield.getCarried(), arguments);
  }
  rounds.pop_back();
  rename(arguments, loop.getResults());
  return success();
}

/// Every stream has run empty: what is returned, and what else outlives the step, must lie where the next step looks.
LogicalResult PlanVerifier::executeReturn(sched::ReturnOp result) {
  llvm::DenseSet<Operation *> returned;
  for (Value kept : result.getKept()) {
    const Contents &meant = contents.at(kept);
    returned.insert(meant.slot);
    if (meant.range.end - meant.range.begin != SlotOp(meant.slot).getType().getBytes())
      return emitError(result) << "expected all of " << ::describe(meant.slot) << ", got "
                               << ::describe(meant.slot, meant.range);
    if (failed(checkContents(result, meant)))
      return failure();
  }
  for (auto slot : result->getBlock()->getOps<SlotOp>()) {
    Role role = slot.getRole();
    if (returned.contains(slot))
      continue;
    if (role == Role::Output)
      return emitError(result) << "expected to return " << ::describe(slot);
    bool outlivesStep = role == Role::Parameter || role == Role::State || role == Role::Constant;
    if (outlivesStep && failed(checkContents(result, contents.at(slot))))
      return failure();
  }
  return success();
}

LogicalResult PlanVerifier::execute(Operation &op) {
  if (stepsLeft-- <= 0)
    return emitError(&op) << "expected fewer ops to execute with all rounds of loops, to check them one by one";
  return TypeSwitch<Operation *, LogicalResult>(&op)
      .Case<SlotOp, sched::YieldOp>([](Operation *) { return success(); })
      .Case([&](sched::ViewOp view) { return executeView(view); })
      .Case([&](sched::MergeOp merge) { return executeMerge(merge); })
      .Case([&](sched::LaunchOp launch) { return executeLaunch(launch); })
      .Case([&](sched::CopyOp copy) { return executeCopy(copy); })
      .Case([&](sched::ObserveOp observe) { return executeObserve(observe); })
      .Case([&](sched::SignalOp signal) {
        events[signal] = streams.signal(static_cast<int>(signal.getStream()));
        return success();
      })
      .Case([&](sched::LoopOp loop) { return executeLoop(loop); })
      .Case([&](sched::ReturnOp result) { return executeReturn(result); })
      .Default([&](Operation *other) { return emitError(other) << "expected an op of a scheduled program"; });
}

LogicalResult PlanVerifier::execute(Block &block) {
  for (Operation &op : block)
    if (failed(execute(op)))
      return failure();
  return success();
}

LogicalResult PlanVerifier::verify(sched::ProgramOp program) {
  if (failed(placeSlots(program)))
    return failure();
  return execute(program.getBody().front());
}
