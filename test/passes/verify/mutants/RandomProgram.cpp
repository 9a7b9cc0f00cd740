// Draws one step after the other; before each, the events that it needs. See RandomProgram.h.
#include "RandomProgram.h"

#include "mlir/IR/Builders.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;

namespace neap::test {

using sched::Role;
using sched::Space;
using sched::Stream;

static constexpr const char *emptyProgram = R"(
  neap.parameter @w : tensor<8xf32> trained {value = dense<0.0> : tensor<8xf32>}
  neap.state @w.m : tensor<8xf32> of @w
  neap.state @w.v : tensor<8xf32> of @w
  sched.program @train arenas [#sched.arena<device, 416>, #sched.arena<far, 224>] {
    sched.return
  })";

RandomProgram::RandomProgram(MLIRContext *context, uint64_t seed)
    : random(seed), builder(context), module(parseSourceString<ModuleOp>(emptyProgram, context)) {
  program = *module->getOps<sched::ProgramOp>().begin();
  for (Space space : {Space::Device, Space::Far})
    grains[static_cast<size_t>(space)].resize(arenaBytes(space) / grain);
  program.getBody().front().getTerminator()->erase();
  builder.setInsertionPointToStart(&program.getBody().front());
  addPersistent();
  for (uint64_t steps = 8 + draw(24); steps > 0; --steps)
    addStep();
  addReturn();
}

// Places and types ----------------------------------------------------------------------------------------------------

RankedTensorType RandomProgram::tensor(int64_t bytes) {
  return RankedTensorType::get({bytes / 4}, builder.getF32Type());
}

/// Bytes in which nothing lives and that are not `taken`; as often as not where something was before.
std::optional<RandomProgram::Bytes> RandomProgram::findPlace(Space space, int64_t bytes, ArrayRef<Bytes> taken) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    int64_t places = (arenaBytes(space) - bytes) / grain + 1;
    int64_t begin = static_cast<int64_t>(draw(chance(50) ? places : std::min<int64_t>(places, 24))) * grain;
    Bytes place{space, begin, begin + bytes};
    bool isFree = llvm::none_of(live, [&](const Live &other) { return other.bytes.overlaps(place); }) &&
                  llvm::none_of(taken, [&](const Bytes &other) { return other.overlaps(place); });
    if (isFree)
      return place;
  }
  return std::nullopt;
}

/// An activation's slot: one that is there, where it has the same bytes, or a new one.
Value RandomProgram::slotAt(Bytes bytes) {
  auto type = sched::SlotType::get(tensor(bytes.end - bytes.begin), bytes.space);
  for (Value slot : slots)
    if (slot.getType() == type &&
        slot.getDefiningOp<sched::SlotOp>().getOffset() == static_cast<uint64_t>(bytes.begin) && chance(70))
      return slot;
  auto role = sched::RoleAttr::get(builder.getContext(), Role::Activation);
  Value slot = sched::SlotOp::create(builder, builder.getUnknownLoc(), type, role, FlatSymbolRefAttr(), StringAttr(),
                                     ElementsAttr(), builder.getI64IntegerAttr(bytes.begin));
  slots.push_back(slot);
  return slot;
}

void RandomProgram::addPersistent() {
  auto add = [&](Role role, Space space, FlatSymbolRefAttr symbol, StringAttr name) {
    std::optional<Bytes> bytes = findPlace(space, 32, {});
    auto type = sched::SlotType::get(tensor(32), space);
    auto value = role == Role::Constant ? DenseElementsAttr::get(tensor(32), 1.0f) : ElementsAttr();
    Value slot =
        sched::SlotOp::create(builder, builder.getUnknownLoc(), type, sched::RoleAttr::get(builder.getContext(), role),
                              symbol, name, value, builder.getI64IntegerAttr(bytes->begin));
    live.push_back({slot, *bytes, role != Role::Input, false});
  };
  MLIRContext *context = builder.getContext();
  add(Role::Parameter, Space::Device, FlatSymbolRefAttr::get(context, "w"), {});
  add(Role::State, Space::Device, FlatSymbolRefAttr::get(context, "w.m"), {});
  add(Role::State, Space::Far, FlatSymbolRefAttr::get(context, "w.v"), {});
  add(Role::Constant, Space::Device, {}, {});
  add(Role::Input, Space::Device, {}, builder.getStringAttr("x"));
  add(Role::Input, Space::Device, {}, builder.getStringAttr("y"));
}

RandomProgram::Live *RandomProgram::pick(function_ref<bool(const Live &)> isWanted) {
  SmallVector<Live *> wanted;
  for (Live &candidate : live)
    if (isWanted(candidate))
      wanted.push_back(&candidate);
  return wanted.empty() ? nullptr : wanted[draw(wanted.size())];
}

void RandomProgram::forget(Value value) {
  llvm::erase_if(live, [&](const Live &other) { return other.value == value; });
}

// Order ---------------------------------------------------------------------------------------------------------------

Value RandomProgram::signal(int stream) {
  Value event = sched::SignalOp::create(builder, builder.getUnknownLoc(), static_cast<Stream>(stream));
  Counts covers = reached[stream];
  covers[stream] = entries[stream];
  signals.push_back({event, covers});
  return event;
}

/// Has the next entry of a stream wait for an entry of another, by an event that is there or by a new one.
void RandomProgram::waitFor(int stream, int other, int number, SmallVectorImpl<Value> &events) {
  if (stream == other || known[stream][other] >= number)
    return;
  SmallVector<size_t> fitting;
  for (auto [index, candidate] : llvm::enumerate(signals))
    if (candidate.covers[other] >= number)
      fitting.push_back(index);
  if (fitting.empty()) {
    signal(other);
    fitting.push_back(signals.size() - 1);
  }
  const Signal &chosen = signals[fitting[draw(fitting.size())]];
  events.push_back(chosen.event);
  for (int each = 0; each < streamCount; ++each)
    known[stream][each] = std::max(known[stream][each], chosen.covers[each]);
}

/// The events behind which the next entry of a stream may touch these bytes; that entry must be made.
SmallVector<Value> RandomProgram::order(Stream stream, ArrayRef<Bytes> reads, ArrayRef<Bytes> writes) {
  int own = static_cast<int>(stream);
  SmallVector<Value> events;
  auto visit = [&](ArrayRef<Bytes> ranges, bool isWrite) {
    for (const Bytes &bytes : ranges)
      for (int64_t at = bytes.begin / grain; at < bytes.end / grain; ++at)
        for (int other = 0; other < streamCount; ++other) {
          const Grain &there = grains[static_cast<size_t>(bytes.space)][at];
          waitFor(own, other, there.written[other], events);
          if (isWrite)
            waitFor(own, other, there.read[other], events);
        }
  };
  visit(reads, false);
  visit(writes, true);
  std::shuffle(events.begin(), events.end(), random);
  return events;
}

/// An entry has been written down.
void RandomProgram::note(Stream stream, ArrayRef<Bytes> reads, ArrayRef<Bytes> writes) {
  int own = static_cast<int>(stream), number = ++entries[own];
  known[own][own] = number;
  reached[own] = known[own];
  auto visit = [&](ArrayRef<Bytes> ranges, Counts Grain::*touched) {
    for (const Bytes &bytes : ranges)
      for (int64_t at = bytes.begin / grain; at < bytes.end / grain; ++at)
        (grains[static_cast<size_t>(bytes.space)][at].*touched)[own] = number;
  };
  visit(reads, &Grain::read);
  visit(writes, &Grain::written);
  if (chance(30))
    signal(own);
}

Stream RandomProgram::anyStream() { return chance(70) ? Stream::Compute : static_cast<Stream>(draw(streamCount)); }

// Steps ---------------------------------------------------------------------------------------------------------------

static SmallVector<Type> tensorsOf(ValueRange slots) {
  return llvm::map_to_vector(slots,
                             [](Value slot) -> Type { return cast<sched::SlotType>(slot.getType()).getTensor(); });
}

/// What it computes does not matter: it reads its operands and writes its results.
StringRef RandomProgram::kernelFor(ValueRange inputs, ValueRange outputs, ArrayRef<Attribute> inPlace) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(program);
  Location location = builder.getUnknownLoc();
  SmallVector<Type> operands = tensorsOf(inputs), results = tensorsOf(outputs);
  auto kernel = sched::KernelOp::create(builder, location, "k" + std::to_string(kernels++), GroupKind::Pointwise,
                                        builder.getFunctionType(operands, results),
                                        inPlace.empty() ? ArrayAttr() : builder.getArrayAttr(inPlace), false);
  Block &body = kernel.getBody().emplaceBlock();
  body.addArguments(operands, SmallVector<Location>(operands.size(), location));
  builder.setInsertionPointToStart(&body);
  SmallVector<Value> made = llvm::map_to_vector(results, [&](Type type) -> Value {
    return neap::ConstantOp::create(builder, location, DenseElementsAttr::get(cast<RankedTensorType>(type), 0.0f));
  });
  neap::YieldOp::create(builder, location, made);
  return kernel.getSymName();
}

sched::LaunchOp RandomProgram::launch(Stream stream, ValueRange inputs, ValueRange outputs, Value workspace,
                                      ValueRange after, ArrayRef<Attribute> inPlace) {
  StringRef kernel = kernelFor(inputs, outputs, inPlace);
  return sched::LaunchOp::create(builder, builder.getUnknownLoc(), kernel, stream, inputs, outputs, workspace, after);
}

Value RandomProgram::view(Value operand, int64_t offset, Type type, ValueRange indices, ArrayRef<int64_t> strides) {
  auto slot = sched::SlotType::get(cast<RankedTensorType>(type), cast<sched::SlotType>(operand.getType()).getSpace());
  return sched::ViewOp::create(builder, builder.getUnknownLoc(), slot, operand, offset, indices, strides);
}

Value RandomProgram::merge(Value whole, Value part) {
  return sched::MergeOp::create(builder, builder.getUnknownLoc(), whole, part);
}

static bool isOnDevice(Space space) { return space == Space::Device; }

/// Any values, parts of some; new places, and maybe a workspace.
void RandomProgram::addLaunch() {
  Stream stream = anyStream();
  SmallVector<Value> inputs, outputs;
  SmallVector<Bytes> reads, writes;
  for (uint64_t count = draw(4); count > 0; --count) {
    Live *input = pick([&](const Live &candidate) { return isOnDevice(candidate.bytes.space); });
    if (!input)
      break;
    Bytes bytes = input->bytes;
    Value value = input->value;
    if (bytes.end - bytes.begin > grain && chance(30)) {
      int64_t offset = static_cast<int64_t>(draw((bytes.end - bytes.begin) / grain)) * grain;
      bytes = {bytes.space, bytes.begin + offset, bytes.begin + offset + grain};
      value = view(value, offset, tensor(grain));
    }
    inputs.push_back(value);
    reads.push_back(bytes);
  }
  SmallVector<Bytes> taken = reads;
  for (uint64_t count = 1 + draw(2); count > 0; --count)
    if (auto place = findPlace(Space::Device, grain << draw(3), taken)) {
      outputs.push_back(slotAt(*place));
      writes.push_back(*place);
      taken.push_back(*place);
    }
  Value workspace;
  if (chance(20))
    if (auto place = findPlace(Space::Device, grain << draw(3), taken)) {
      workspace = slotAt(*place);
      taken.push_back(*place);
    }
  SmallVector<Bytes> clobbered = writes;
  if (workspace)
    clobbered.push_back(taken.back());
  SmallVector<Value> after = order(stream, reads, clobbered);
  auto made = launch(stream, inputs, outputs, workspace, after);
  for (auto [result, bytes] : llvm::zip_equal(made.getResults(), writes))
    live.push_back({result, bytes});
  note(stream, reads, clobbered);
}

/// A new value in the place of an old one.
void RandomProgram::addUpdate() {
  Live *target = pick([&](const Live &candidate) {
    auto slot = candidate.value.getDefiningOp<sched::SlotOp>();
    return isOnDevice(candidate.bytes.space) && !(slot && slot.getRole() == Role::Constant);
  });
  Live *other = pick([&](const Live &candidate) { return isOnDevice(candidate.bytes.space) && &candidate != target; });
  if (!target || !other)
    return;
  Stream stream = anyStream();
  SmallVector<Value> inputs{other->value, target->value};
  SmallVector<Bytes> reads{other->bytes, target->bytes};
  SmallVector<Value> after = order(stream, reads, target->bytes);
  Attribute pair = sched::InPlaceAttr::get(builder.getContext(), 0, 1);
  auto made = launch(stream, inputs, target->value, Value(), after, pair);
  target->value = made.getResult(0);
  target->changed = true;
  note(stream, reads, target->bytes);
}

/// A part of a value anew, and the value with it.
void RandomProgram::addPartialWrite() {
  Live *target = pick([&](const Live &candidate) {
    return isOnDevice(candidate.bytes.space) && !candidate.value.getDefiningOp<sched::SlotOp>() &&
           candidate.bytes.end - candidate.bytes.begin > grain;
  });
  if (!target)
    return;
  Stream stream = anyStream();
  int64_t size = target->bytes.end - target->bytes.begin, offset = static_cast<int64_t>(draw(size / grain)) * grain;
  Bytes part{Space::Device, target->bytes.begin + offset, target->bytes.begin + offset + grain};
  SmallVector<Value> after = order(stream, {}, part);
  Value place = view(target->value, offset, tensor(grain));
  Value made = launch(stream, {}, place, Value(), after).getResult(0);
  target->value = merge(target->value, made);
  note(stream, {}, part);
}

/// To far memory, back, or within the device.
void RandomProgram::addCopy() {
  Live *source = pick([&](const Live &) { return true; });
  bool leaves = isOnDevice(source->bytes.space) && chance(75);
  Space space = leaves ? Space::Far : Space::Device;
  Stream stream = leaves ? Stream::Offload : isOnDevice(source->bytes.space) ? anyStream() : Stream::Reload;
  int64_t size = source->bytes.end - source->bytes.begin;
  // A state in far memory is replaced as a whole; what it was need not have been read.
  Live *target = pick([&](const Live &candidate) {
    return candidate.outlives && !isOnDevice(candidate.bytes.space) && leaves &&
           candidate.bytes.end - candidate.bytes.begin == size;
  });
  std::optional<Bytes> place = target && chance(50) ? target->bytes : findPlace(space, size, source->bytes);
  if (!place || source == target)
    return;
  bool isUpdate = target && place->begin == target->bytes.begin && place->space == target->bytes.space;
  Value slot = isUpdate ? target->value : slotAt(*place);
  SmallVector<Value> after = order(stream, source->bytes, *place);
  Value made = sched::CopyOp::create(builder, builder.getUnknownLoc(), source->value, slot, stream, after);
  note(stream, source->bytes, *place);
  if (leaves && !source->outlives && chance(60))
    forget(source->value);
  if (!isUpdate) {
    live.push_back({made, *place});
    return;
  }
  for (Live &other : live)
    if (other.value == slot)
      other = {made, *place, true, true};
}

void RandomProgram::addObserve() {
  Live *gradient = pick([&](const Live &candidate) {
    return isOnDevice(candidate.bytes.space) && candidate.bytes.end - candidate.bytes.begin == 32;
  });
  auto place = findPlace(Space::Device, grain, {});
  if (!gradient || !place)
    return;
  // It has no events of its own: the launch before it on its stream waits for what it needs.
  SmallVector<Value> after = order(Stream::Compute, gradient->bytes, *place);
  launch(Stream::Compute, {}, slotAt(*place), Value(), after);
  note(Stream::Compute, {}, *place);
  sched::ObserveOp::create(builder, builder.getUnknownLoc(), gradient->value, "w");
  note(Stream::Compute, gradient->bytes, {});
}

// Loops ---------------------------------------------------------------------------------------------------------------

/// A loop with an empty body, into which the builder is moved.
static sched::LoopOp makeLoop(OpBuilder &builder, int64_t count, ValueRange carried) {
  Location location = builder.getUnknownLoc();
  auto loop = sched::LoopOp::create(builder, location, carried.getTypes(), static_cast<uint64_t>(count), carried);
  Block &body = loop.getBody().emplaceBlock();
  body.addArgument(builder.getIndexType(), location);
  body.addArguments(carried.getTypes(), SmallVector<Location>(carried.size(), location));
  builder.setInsertionPointToStart(&body);
  return loop;
}

/// Ends the body, and moves the builder behind the loop.
static void finishLoop(OpBuilder &builder, sched::LoopOp loop, ValueRange yielded) {
  sched::YieldOp::create(builder, builder.getUnknownLoc(), yielded);
  builder.setInsertionPointAfter(loop);
}

/// Makes a value row by row, maybe by two loops.
void RandomProgram::addFillingLoop() {
  Stream stream = anyStream();
  int64_t outer = 1 + static_cast<int64_t>(draw(2)), inner = 2 + static_cast<int64_t>(draw(2));
  auto place = findPlace(Space::Device, outer * inner * grain, {});
  if (!place)
    return;
  SmallVector<Value> after = order(stream, {}, *place);
  auto fill = [&](Value whole, ValueRange indices, ArrayRef<int64_t> strides) {
    Value row = view(whole, 0, tensor(grain), indices, strides);
    return merge(whole, launch(stream, {}, row, Value(), after).getResult(0));
  };
  Value slot = slotAt(*place);
  sched::LoopOp loop = makeLoop(builder, outer == 1 ? inner : outer, slot);
  Block &body = loop.getBody().front();
  if (outer == 1) {
    finishLoop(builder, loop, fill(body.getArgument(1), body.getArgument(0), grain));
  } else {
    sched::LoopOp nested = makeLoop(builder, inner, body.getArgument(1));
    Block &rows = nested.getBody().front();
    SmallVector<Value> indices{body.getArgument(0), rows.getArgument(0)};
    finishLoop(builder, nested, fill(rows.getArgument(1), indices, {inner * grain, grain}));
    finishLoop(builder, loop, nested.getResults());
  }
  note(stream, {}, *place);
  live.push_back({loop.getResult(0), *place});
}

/// Adds the rows of a value to another in place.
void RandomProgram::addSummingLoop() {
  Live *rows = pick([&](const Live &candidate) {
    return isOnDevice(candidate.bytes.space) && candidate.bytes.end - candidate.bytes.begin >= 2 * grain;
  });
  Live *sum = pick([&](const Live &candidate) {
    return isOnDevice(candidate.bytes.space) && &candidate != rows && !candidate.value.getDefiningOp<sched::SlotOp>();
  });
  if (!rows || !sum)
    return;
  Stream stream = anyStream();
  SmallVector<Bytes> reads{rows->bytes, sum->bytes};
  SmallVector<Value> after = order(stream, reads, sum->bytes);
  sched::LoopOp loop = makeLoop(builder, (rows->bytes.end - rows->bytes.begin) / grain, sum->value);
  Block &body = loop.getBody().front();
  Value row = view(rows->value, 0, tensor(grain), body.getArgument(0), grain);
  SmallVector<Value> inputs{body.getArgument(1), row};
  Attribute pair = sched::InPlaceAttr::get(builder.getContext(), 0, 0);
  auto made = launch(stream, inputs, body.getArgument(1), Value(), after, pair);
  finishLoop(builder, loop, made.getResults());
  note(stream, reads, sum->bytes);
  sum->value = loop.getResult(0);
  sum->changed = true;
}

/// Makes rows in one place, and sends each to its own in far memory before the next is made.
void RandomProgram::addOffloadingLoop() {
  int64_t count = 2 + static_cast<int64_t>(draw(3));
  auto buffer = findPlace(Space::Device, grain, {}), far = findPlace(Space::Far, count * grain, {});
  if (!buffer || !far)
    return;
  Stream stream = chance(80) ? Stream::Compute : Stream::Communicate;
  SmallVector<Value> afterMake = order(stream, {}, *buffer);
  SmallVector<Value> afterSend = order(Stream::Offload, {}, *far);
  Value start = signal(static_cast<int>(Stream::Offload));
  Value row = slotAt(*buffer), whole = slotAt(*far);
  sched::LoopOp loop = makeLoop(builder, count, {whole, start});
  Block &body = loop.getBody().front();
  afterMake.push_back(body.getArgument(2));
  Value made = launch(stream, {}, row, Value(), afterMake).getResult(0);
  afterSend.push_back(sched::SignalOp::create(builder, builder.getUnknownLoc(), stream));
  Value place = view(body.getArgument(1), 0, tensor(grain), body.getArgument(0), grain);
  Value sent = sched::CopyOp::create(builder, builder.getUnknownLoc(), made, place, Stream::Offload, afterSend);
  Value next = merge(body.getArgument(1), sent);
  Value gone = sched::SignalOp::create(builder, builder.getUnknownLoc(), Stream::Offload);
  finishLoop(builder, loop, {next, gone});
  note(stream, {}, *buffer);
  note(Stream::Offload, *buffer, *far);
  Counts covers{};
  covers[static_cast<int>(Stream::Offload)] = entries[static_cast<int>(Stream::Offload)];
  signals.push_back({loop.getResult(1), covers});
  live.push_back({loop.getResult(0), *far});
}

/// Brings rows back, by turns into two buffers, and adds each to a value.
void RandomProgram::addReloadingLoop() {
  Live *rows = pick([&](const Live &candidate) {
    return !isOnDevice(candidate.bytes.space) && (candidate.bytes.end - candidate.bytes.begin) % (2 * grain) == 0;
  });
  Live *sum = pick([&](const Live &candidate) {
    return isOnDevice(candidate.bytes.space) && !candidate.value.getDefiningOp<sched::SlotOp>();
  });
  if (!rows || !sum)
    return;
  SmallVector<Bytes> buffers;
  for (int i = 0; i < 2; ++i)
    if (auto place = findPlace(Space::Device, grain, buffers))
      buffers.push_back(*place);
  if (buffers.size() < 2)
    return;
  Stream stream = chance(80) ? Stream::Compute : Stream::Communicate;
  SmallVector<Value> afterFetch = order(Stream::Reload, rows->bytes, buffers);
  SmallVector<Value> afterAdd = order(stream, sum->bytes, sum->bytes);
  SmallVector<Value> places = llvm::map_to_vector(buffers, [&](const Bytes &bytes) { return slotAt(bytes); });
  Value start = signal(static_cast<int>(stream));
  sched::LoopOp loop =
      makeLoop(builder, (rows->bytes.end - rows->bytes.begin) / (2 * grain), {sum->value, start, start});
  Block &body = loop.getBody().front();
  SmallVector<Value> yielded{body.getArgument(1)};
  for (int i = 0; i < 2; ++i) {
    Value row = view(rows->value, i * grain, tensor(grain), body.getArgument(0), 2 * grain);
    SmallVector<Value> fetching = afterFetch, adding = afterAdd;
    fetching.push_back(body.getArgument(2 + i));
    Value fetched = sched::CopyOp::create(builder, builder.getUnknownLoc(), row, places[i], Stream::Reload, fetching);
    adding.push_back(sched::SignalOp::create(builder, builder.getUnknownLoc(), Stream::Reload));
    SmallVector<Value> inputs{yielded[0], fetched};
    Attribute pair = sched::InPlaceAttr::get(builder.getContext(), 0, 0);
    yielded[0] = launch(stream, inputs, yielded[0], Value(), adding, pair).getResult(0);
    yielded.push_back(sched::SignalOp::create(builder, builder.getUnknownLoc(), stream));
  }
  finishLoop(builder, loop, yielded);
  note(Stream::Reload, rows->bytes, buffers);
  buffers.push_back(sum->bytes);
  note(stream, buffers, sum->bytes);
  sum->value = loop.getResult(0);
  sum->changed = true;
}

void RandomProgram::addLoop() {
  switch (draw(4)) {
  case 0: return addFillingLoop();
  case 1: return addSummingLoop();
  case 2: return addOffloadingLoop();
  default: return addReloadingLoop();
  }
}

void RandomProgram::addStep() {
  uint64_t kind = draw(100);
  if (kind < 30)
    addLaunch();
  else if (kind < 42)
    addUpdate();
  else if (kind < 50)
    addPartialWrite();
  else if (kind < 68)
    addCopy();
  else if (kind < 72)
    addObserve();
  else if (kind < 86)
    addLoop();
  else if (Live *dead = pick([](const Live &candidate) { return !candidate.outlives; }))
    forget(dead->value);
}

/// An output, made at last, and everything else that has changed and stays.
void RandomProgram::addReturn() {
  std::optional<Bytes> place;
  while (!(place = findPlace(Space::Device, 32, {})))
    forget(pick([](const Live &candidate) { return !candidate.outlives; })->value);
  Value slot =
      sched::SlotOp::create(builder, builder.getUnknownLoc(), sched::SlotType::get(tensor(32)),
                            sched::RoleAttr::get(builder.getContext(), Role::Output), FlatSymbolRefAttr(),
                            builder.getStringAttr("loss"), ElementsAttr(), builder.getI64IntegerAttr(place->begin));
  SmallVector<Value> inputs, kept;
  SmallVector<Bytes> reads;
  for (const Live &last : live) {
    if (isOnDevice(last.bytes.space)) {
      inputs.push_back(last.value);
      reads.push_back(last.bytes);
    }
    if (last.outlives && last.changed)
      kept.push_back(last.value);
  }
  SmallVector<Value> after = order(Stream::Compute, reads, *place);
  kept.push_back(launch(Stream::Compute, inputs, slot, Value(), after).getResult(0));
  std::shuffle(kept.begin(), kept.end(), random);
  sched::ReturnOp::create(builder, builder.getUnknownLoc(), kept);
}

} // namespace neap::test
