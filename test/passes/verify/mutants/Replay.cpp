// Unrolling, units, and random orders. See Replay.h.
#include "Replay.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace neap::test {

using sched::Role;

Replay::Replay(sched::ProgramOp program) : program(program) {
  Block &body = program.getBody().front();
  for (auto slot : body.getOps<sched::SlotOp>()) {
    int64_t begin = slot.getOffset(), end = begin + slot.getType().getBytes();
    Role role = slot.getRole();
    bool isThere = role != Role::Activation && role != Role::Output && role != Role::Workspace;
    define(slot, {{slot.getType().getSpace(), begin, end}, isThere ? writers : nobody, {}});
    if (isThere)
      initial.push_back({valueOf(slot), writers++});
  }
  unroll(body);
  findUnits();
  findMeanings();
}

// Unrolling -----------------------------------------------------------------------------------------------------------

void Replay::define(Value value, Definition definition) {
  values[value] = static_cast<int>(definitions.size());
  definitions.push_back(std::move(definition));
}

Replay::Entry Replay::makeEntry(Operation *op, sched::Stream stream, ValueRange after) {
  Entry entry{op, static_cast<int>(stream), {}, {}, {}, {}};
  for (Value event : after)
    entry.waits.push_back(events.at(event));
  return entry;
}

void Replay::addLaunch(sched::LaunchOp launch) {
  Entry entry = makeEntry(launch, launch.getStream(), launch.getAfter());
  auto kernel = SymbolTable::lookupNearestSymbolFrom<sched::KernelOp>(launch, launch.getKernelAttr());
  for (Value input : launch.getInputs())
    entry.reads.push_back({bytesOf(input), valueOf(input)});
  for (auto [index, output] : llvm::enumerate(launch.getOutputs())) {
    Bytes bytes = bytesOf(output);
    for (auto [operand, read] : llvm::enumerate(entry.reads))
      if (read.first.space == bytes.space && read.first.begin == bytes.begin && read.first.end == bytes.end &&
          kernel.mayShare(index, operand))
        entry.inPlace.push_back({index, operand});
    entry.writes.push_back({bytes, writers});
    define(launch.getResult(index), {bytes, writers++, {}});
  }
  if (launch.getWorkspace())
    entry.writes.push_back({bytesOf(launch.getWorkspace()), writers++});
  streams[entry.stream].push_back(std::move(entry));
}

void Replay::rename(ValueRange from, ValueRange to) {
  llvm::DenseMap<Value, int> oldValues = values;
  auto oldEvents = events;
  for (auto [source, target] : llvm::zip_equal(from, to)) {
    if (auto value = oldValues.find(source); value != oldValues.end())
      values[target] = value->second;
    if (auto event = oldEvents.find(source); event != oldEvents.end())
      events[target] = event->second;
  }
}

void Replay::unrollLoop(sched::LoopOp loop) {
  Block &body = loop.getBody().front();
  ValueRange arguments = body.getArguments().drop_front();
  rename(loop.getInitial(), arguments);
  for (uint64_t round = 0; round < loop.getCount(); ++round) {
    indices[body.getArgument(0)] = static_cast<int64_t>(round);
    unroll(body);
    // What is lowered takes a carried slot to lie where the loop found it.
    std::vector<Bytes> places;
    for (Value argument : arguments)
      places.push_back(values.contains(argument) ? bytesOf(argument) : Bytes());
    rename(cast<sched::YieldOp>(body.getTerminator()).getCarried(), arguments);
    for (auto [argument, place] : llvm::zip_equal(arguments, places))
      if (values.contains(argument))
        define(argument, {place, nobody, {valueOf(argument)}});
  }
  rename(arguments, loop.getResults());
}

void Replay::unroll(Operation &op) {
  llvm::TypeSwitch<Operation *>(&op)
      .Case([&](sched::ViewOp view) {
        Bytes bytes = bytesOf(view.getOperand());
        bytes.begin += view.getOffset();
        for (auto [index, stride] : llvm::zip_equal(view.getIndices(), view.getStrides()))
          bytes.begin += indices.at(index) * stride;
        bytes.end = bytes.begin + view.getType().getBytes();
        define(view, {bytes, nobody, {valueOf(view.getOperand())}});
      })
      .Case([&](sched::MergeOp merge) {
        define(merge, {bytesOf(merge.getWhole()), nobody, {valueOf(merge.getWhole()), valueOf(merge.getPart())}});
      })
      .Case([&](sched::LaunchOp launch) { addLaunch(launch); })
      .Case([&](sched::CopyOp copy) {
        Entry entry = makeEntry(copy, copy.getStream(), copy.getAfter());
        entry.reads.push_back({bytesOf(copy.getSource()), valueOf(copy.getSource())});
        entry.writes.push_back({bytesOf(copy.getDestination()), writers});
        define(copy.getResult(), {bytesOf(copy.getDestination()), writers++, {}});
        streams[entry.stream].push_back(std::move(entry));
      })
      .Case([&](sched::ObserveOp observe) {
        Entry entry = makeEntry(observe, sched::Stream::Compute, {});
        entry.reads.push_back({bytesOf(observe.getGradient()), valueOf(observe.getGradient())});
        streams[entry.stream].push_back(std::move(entry));
      })
      .Case([&](sched::SignalOp signal) {
        int stream = static_cast<int>(signal.getStream());
        events[signal.getEvent()] = {stream, streams[stream].size()};
      })
      .Case([&](sched::LoopOp loop) { unrollLoop(loop); })
      .Case([&](sched::ReturnOp result) {
        llvm::DenseSet<Operation *> returned;
        for (Value value : result.getKept()) {
          sched::Place place = sched::getPlace(value);
          kept.push_back(valueOf(value));
          if (place.bytes == place.slot.getType().getBytes())
            returned.insert(place.slot);
        }
        // Of what is not returned, an output is read by the host all the same, and the rest by the next step.
        for (auto slot : result->getBlock()->getOps<sched::SlotOp>()) {
          Role role = slot.getRole();
          bool isRead =
              role == Role::Parameter || role == Role::State || role == Role::Constant || role == Role::Output;
          if (isRead && !returned.contains(slot))
            kept.push_back(valueOf(slot));
        }
      });
}

void Replay::unroll(Block &block) {
  for (Operation &op : block)
    unroll(op);
}

// Units ---------------------------------------------------------------------------------------------------------------

void Replay::findUnits() {
  for (size_t space = 0; space < cuts.size(); ++space) {
    int64_t arena = program.getArenaBytes(static_cast<sched::Space>(space));
    cuts[space] = {0, arena};
    for (const Definition &definition : definitions) {
      const Bytes &bytes = definition.bytes;
      if (static_cast<size_t>(bytes.space) == space)
        for (int64_t cut : {bytes.begin, bytes.end})
          cuts[space].push_back(std::clamp<int64_t>(cut, 0, arena));
    }
    llvm::sort(cuts[space]);
    cuts[space].erase(std::unique(cuts[space].begin(), cuts[space].end()), cuts[space].end());
  }
  units = cuts[0].size() + cuts[1].size();
}

/// The first unit and the one behind the last; of bytes that are in the arena.
std::pair<size_t, size_t> Replay::unitsOf(Bytes bytes) const {
  const std::vector<int64_t> &own = cuts[static_cast<size_t>(bytes.space)];
  size_t first = bytes.space == sched::Space::Far ? cuts[0].size() : 0;
  int64_t arena = own.back();
  auto unitAt = [&](int64_t byte) {
    return first + (llvm::lower_bound(own, std::clamp<int64_t>(byte, 0, arena)) - own.begin());
  };
  return {unitAt(bytes.begin), std::max(unitAt(bytes.begin), unitAt(bytes.end))};
}

void Replay::findMeanings() {
  for (const Definition &definition : definitions) {
    auto [begin, end] = unitsOf(definition.bytes);
    Meaning meaning{definition.bytes, std::vector<Writer>(end - begin, definition.writer)};
    for (int from : definition.from) { // what a view or an argument is of; a merge's whole and then its part
      auto [low, high] = unitsOf(meanings[from].bytes);
      for (size_t unit = std::max(begin, low); unit < std::min(end, high); ++unit)
        meaning.writers[unit - begin] = meanings[from].writers[unit - low];
    }
    meanings.push_back(std::move(meaning));
  }
  auto leavesArena = [&](const Bytes &bytes) {
    return bytes.begin < bytes.end && (bytes.begin < 0 || bytes.end > program.getArenaBytes(bytes.space));
  };
  for (const auto &[value, writer] : initial)
    if (leavesArena(definitions[value].bytes))
      fault = "the host writes outside of the arena";
  for (const std::vector<Entry> &entries : streams)
    for (const Entry &entry : entries) {
      for (const auto &[bytes, value] : entry.reads)
        if (leavesArena(bytes))
          fault = describe(entry) + " reads outside of the arena";
      for (const Result &result : entry.writes)
        if (leavesArena(result.bytes))
          fault = describe(entry) + " writes outside of the arena";
    }
}

// Running -------------------------------------------------------------------------------------------------------------

std::string Replay::describe(const Entry &entry) const {
  std::string text = entry.op->getName().getStringRef().str();
  llvm::raw_string_ostream(text) << " at " << entry.op->getLoc();
  return text;
}

bool Replay::mayBegin(const Entry &entry) const {
  return llvm::all_of(entry.waits, [&](auto wait) { return progress[wait.first].done >= wait.second; });
}

/// In place, each unit is read before it is written. Touches run from the back, so the write must stand in front of the reads.
void Replay::readBeforeWriting(const Entry &entry, size_t write, std::vector<Touch> &touches) const {
  auto [first, behind] = unitsOf(entry.writes[write].bytes);
  std::vector<size_t> writeOf(behind - first);
  for (size_t i = 0; i < touches.size(); ++i)
    if (touches[i].writes && touches[i].index == write)
      writeOf[touches[i].unit - first] = i;
  for (size_t i = 0; i < touches.size(); ++i) {
    if (touches[i].writes || !llvm::is_contained(entry.inPlace, std::pair(write, touches[i].index)))
      continue;
    size_t &own = writeOf[touches[i].unit - first];
    if (i < own) {
      std::swap(touches[i], touches[own]);
      own = i;
    }
  }
}

/// Draws the order in which an entry touches its units.
void Replay::begin(const Entry &entry, Progress &running) {
  running.hasBegun = true;
  running.touches.clear();
  for (auto [index, read] : llvm::enumerate(entry.reads)) {
    auto [first, behind] = unitsOf(read.first);
    for (size_t unit = first; unit < behind; ++unit)
      running.touches.push_back({unit, false, meanings[read.second].writers[unit - first], index});
  }
  for (auto [index, result] : llvm::enumerate(entry.writes)) {
    auto [first, behind] = unitsOf(result.bytes);
    for (size_t unit = first; unit < behind; ++unit)
      running.touches.push_back({unit, true, result.writer, index});
  }
  std::shuffle(running.touches.begin(), running.touches.end(), random);
  for (size_t write = 0; write < entry.writes.size(); ++write)
    if (llvm::any_of(entry.inPlace, [&](auto pair) { return pair.first == write; }))
      readBeforeWriting(entry, write, running.touches);
}

std::string Replay::touch(const Entry &entry, const Touch &touch) {
  if (touch.writes) {
    memory[touch.unit] = touch.writer;
    return "";
  }
  if (touch.writer != nobody && memory[touch.unit] == touch.writer)
    return "";
  return describe(entry) + " reads what is not meant";
}

std::string Replay::checkEnd() const {
  for (int value : kept) {
    auto [first, behind] = unitsOf(definitions[value].bytes);
    for (size_t unit = first; unit < behind; ++unit) {
      Writer meant = meanings[value].writers[unit - first];
      if (meant == nobody || memory[unit] != meant)
        return "what is there at the end is not what is meant";
    }
  }
  return "";
}

std::string Replay::run(uint64_t seed) {
  if (!fault.empty())
    return fault;
  random.seed(seed);
  memory.assign(units, nobody);
  progress = {};
  std::shuffle(initial.begin(), initial.end(), random); // nobody says in which order the host writes
  for (const auto &[value, writer] : initial) {
    auto [first, behind] = unitsOf(definitions[value].bytes);
    std::fill(memory.begin() + static_cast<ptrdiff_t>(first), memory.begin() + static_cast<ptrdiff_t>(behind), writer);
  }

  // Some orders change the stream at every touch; others let one run as long as it can, which shows what a late stream does.
  std::array<int, 4> ranks{0, 1, 2, 3};
  std::shuffle(ranks.begin(), ranks.end(), random);
  constexpr uint64_t rarities[] = {1, 2, 8, 32, 128, 1024};
  uint64_t rarity = rarities[random() % std::size(rarities)];
  for (;;) {
    if (random() % rarity == 0)
      std::shuffle(ranks.begin(), ranks.end(), random);
    const int *stream = llvm::find_if(ranks, [&](int candidate) {
      const Progress &running = progress[candidate];
      return running.done < streams[candidate].size() &&
             (running.hasBegun || mayBegin(streams[candidate][running.done]));
    });
    if (stream == ranks.end())
      break;
    Progress &running = progress[*stream];
    const Entry &entry = streams[*stream][running.done];
    if (!running.hasBegun)
      begin(entry, running);
    if (!running.touches.empty()) {
      std::string wrong = touch(entry, running.touches.back());
      if (!wrong.empty())
        return wrong;
      running.touches.pop_back();
    }
    if (running.touches.empty()) {
      ++running.done;
      running.hasBegun = false;
    }
  }
  return checkEnd();
}

} // namespace neap::test
