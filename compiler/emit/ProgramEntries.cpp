// Entries with the places and events of each round. See ProgramEntries.h.
#include "neap/compiler/emit/ProgramEntries.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;
using namespace neap;
namespace json = llvm::json;

namespace {
/// Executes a program without doing anything, and writes down what would be done.
class ProgramList {
public:
  explicit ProgramList(sched::ProgramOp program);
  json::Array take() { return std::move(entries); }

private:
  /// The last entry that a stream had before an event: the streams are in order. None if there was no entry yet.
  struct Event {
    sched::Stream stream;
    std::optional<int64_t> entry;
  };

  void listBlock(Block &block);
  void listEntry(Operation &op);
  void listLoop(sched::LoopOp loop);
  template <typename Op> void append(Op op, json::Object entry);
  json::Array describeOperand(Value slot);
  json::Object describeLaunch(sched::LaunchOp launch);
  json::Array describeAfter(sched::Stream stream, ValueRange after);
  void rename(ValueRange from, ValueRange to);

  json::Array entries;
  llvm::DenseMap<Operation *, int64_t> slotNumbers;
  llvm::DenseMap<Value, int64_t> rounds; // by induction variable
  llvm::DenseMap<Value, Event> events;
  std::map<sched::Stream, int64_t> last; // entry of each stream
};
} // namespace

ProgramList::ProgramList(sched::ProgramOp program) {
  for (auto slot : program.getOps<sched::SlotOp>())
    slotNumbers.try_emplace(slot, slotNumbers.size());
  listBlock(program.getBody().front());
}

json::Array ProgramList::describeOperand(Value slot) {
  sched::Place place = sched::getPlace(slot);
  int64_t begin = place.begin;
  for (const sched::Place::Term &term : place.terms)
    begin += rounds.at(term.index) * term.stride;
  return json::Array{begin, place.bytes, slotNumbers.at(place.slot)};
}

json::Object ProgramList::describeLaunch(sched::LaunchOp launch) {
  json::Array arguments;
  for (Value slot : llvm::concat<Value>(launch.getInputs(), launch.getOutputs()))
    arguments.push_back(describeOperand(slot));
  json::Object entry{{"launch", launch.getKernel()},
                     {"arguments", std::move(arguments)},
                     {"inputs", static_cast<int64_t>(launch.getInputs().size())}};
  if (Value workspace = launch.getWorkspace())
    entry["workspace"] = describeOperand(workspace);
  return entry;
}

/// Names of the nodes that an operation was made from, each once.
static json::Array describeOrigin(Location location) {
  llvm::SetVector<StringRef> names;
  location->walk([&](Location part) {
    if (auto name = dyn_cast<NameLoc>(part))
      names.insert(name.getName().getValue());
    return WalkResult::advance();
  });
  json::Array array;
  for (StringRef name : names)
    array.push_back(name);
  return array;
}

/// Entries of other streams that must come before, each once.
json::Array ProgramList::describeAfter(sched::Stream stream, ValueRange after) {
  llvm::SetVector<int64_t> earlier;
  for (Value value : after)
    if (Event event = events.at(value); event.entry && event.stream != stream)
      earlier.insert(*event.entry);
  json::Array array;
  for (int64_t entry : earlier)
    array.push_back(entry);
  return array;
}

/// An entry of a stream.
template <typename Op> void ProgramList::append(Op op, json::Object entry) {
  if (json::Array after = describeAfter(op.getStream(), op.getAfter()); !after.empty())
    entry["after"] = std::move(after);
  last[op.getStream()] = static_cast<int64_t>(entries.size());
  entries.push_back(std::move(entry));
}

/// Gives the events of some values to others, all at once: a loop may yield its values crosswise.
void ProgramList::rename(ValueRange from, ValueRange to) {
  SmallVector<std::pair<Value, Event>> renamed;
  for (auto [source, target] : llvm::zip_equal(from, to))
    if (isa<sched::EventType>(source.getType()))
      renamed.push_back({target, events.at(source)});
  for (auto &[target, event] : renamed)
    events[target] = event;
}

void ProgramList::listLoop(sched::LoopOp loop) {
  Block &body = loop.getBody().front();
  ValueRange arguments = body.getArguments().drop_front();
  rename(loop.getInitial(), arguments);
  for (int64_t round = 0, count = loop.getCount(); round < count; ++round) {
    rounds[body.getArgument(0)] = round;
    listBlock(body);
    rename(body.getTerminator()->getOperands(), arguments);
  }
  rename(arguments, loop.getResults());
}

/// Observations are not always made, so nobody waits for them; whoever runs a step waits for each.
void ProgramList::listEntry(Operation &op) {
  json::Array nodes = describeOrigin(op.getLoc());
  TypeSwitch<Operation *>(&op)
      .Case([&](sched::LaunchOp launch) {
        json::Object entry = describeLaunch(launch);
        entry["nodes"] = std::move(nodes);
        append(launch, std::move(entry));
      })
      .Case([&](sched::CopyOp copy) {
        append(copy, json::Object{{"copy", describeOperand(copy.getDestination())},
                                  {"from", describeOperand(copy.getSource())},
                                  {"nodes", std::move(nodes)}});
      })
      .Case([&](sched::ObserveOp observe) {
        entries.push_back(json::Object{{"observe", observe.getParameter()},
                                       {"from", describeOperand(observe.getGradient())},
                                       {"nodes", std::move(nodes)}});
      })
      .Case([&](sched::SignalOp signal) {
        auto entry = last.find(signal.getStream());
        events[signal] = {signal.getStream(), entry == last.end() ? std::nullopt : std::optional(entry->second)};
      })
      .Case([&](sched::LoopOp loop) { listLoop(loop); });
}

void ProgramList::listBlock(Block &block) {
  for (Operation &op : block)
    listEntry(op);
}

json::Array emit::describeProgram(sched::ProgramOp program) { return ProgramList(program).take(); }

int64_t emit::countEntries(sched::ProgramOp program) {
  int64_t entries = 0;
  program.walk([&](Operation *op) {
    bool isEntry = isa<sched::LaunchOp, sched::CopyOp, sched::ObserveOp>(op);
    if (isEntry && llvm::AddOverflow(entries, sched::countRuns(op), entries))
      entries = std::numeric_limits<int64_t>::max();
  });
  return entries;
}
