// Comparison of unordered operations.
#include "neap/runtime/sim/driver/RaceCheck.h"

namespace neap::sim::driver {

namespace {

bool mayMeet(const IntervalSet &left, const IntervalSet &right) {
  const std::vector<Interval> &a = left.intervals(), &b = right.intervals();
  return !a.empty() && !b.empty() && a.front().begin < b.back().end && b.front().begin < a.back().end;
}

std::optional<Interval> common(const IntervalSet &left, const IntervalSet &right) {
  return mayMeet(left, right) ? left.intersection(right) : std::nullopt;
}

/// " as 'layer 3 weight'", or nothing if the operation has not declared the bytes under a name.
std::string declaredName(const Operation &operation, uint64_t address) {
  for (const DeclaredRange &range : operation.declared)
    if (address - range.address < range.bytes && !range.name.empty())
      return " as '" + range.name + "'";
  return {};
}

std::string access(const Task &task, uint32_t node, bool writes, uint64_t address) {
  return task.text(node) + (writes ? " writes them" : " reads them") +
         declaredName(task.program->operation(node), address);
}

} // namespace

std::optional<RaceCheck::Conflict> RaceCheck::findConflict(const Accesses &first, const Accesses &second) {
  if (auto bytes = common(first.writes, second.writes))
    return Conflict{*bytes, true, true};
  if (auto bytes = common(first.writes, second.reads))
    return Conflict{*bytes, true, false};
  if (auto bytes = common(first.reads, second.writes))
    return Conflict{*bytes, false, true};
  return std::nullopt;
}

void RaceCheck::executed(const TaskPointer &task, uint32_t node, Accesses accesses) {
  if (chains_.size() <= task->chain)
    chains_.resize(task->chain + 1);
  std::deque<TaskPointer> &chain = chains_[task->chain];
  if (chain.empty() || chain.back() != task)
    chain.push_back(task);

  AccessesPointer *last = task->replay ? &task->replay->accesses[node] : nullptr;
  bool isUnchanged = last && *last && **last == accesses;
  task->accesses[node] = isUnchanged ? *last : std::make_shared<const Accesses>(std::move(accesses));
  compareWithOtherTasks(*task, node);
  compareWithOwnGraph(*task, node, isUnchanged);
  if (isUnchanged)
    return;
  task->changed.push_back(node);
  if (last)
    *last = task->accesses[node];
}

/// What has run is never ordered after what runs now: it is ordered before it, or unordered.
void RaceCheck::compareWithOtherTasks(const Task &task, uint32_t node) {
  for (const std::deque<TaskPointer> &chain : chains_)
    for (auto other = chain.rbegin(); other != chain.rend() && !(*other)->isBefore(task.clock); ++other)
      for (uint32_t otherNode : (*other)->executed)
        compare(**other, otherNode, task, node);
}

void RaceCheck::compareWithOwnGraph(const Task &task, uint32_t node, bool isUnchanged) {
  for (uint32_t other : isUnchanged ? task.changed : task.executed)
    if (!task.program->isBefore(other, node))
      compare(task, other, task, node);
}

void RaceCheck::compare(const Task &first, uint32_t firstNode, const Task &second, uint32_t secondNode) {
  if (errors_.isStopped())
    return;
  if (auto conflict = findConflict(*first.accesses[firstNode], *second.accesses[secondNode]))
    report(first, firstNode, second, secondNode, *conflict);
}

std::string RaceCheck::describe(Interval bytes) const {
  std::string place = bytes.begin & hostBit ? host_.describe(bytes.begin) : memory_.describe(bytes.begin);
  return std::to_string(bytes.end - bytes.begin) + " bytes, " + place;
}

void RaceCheck::report(const Task &first, uint32_t firstNode, const Task &second, uint32_t secondNode,
                       const Conflict &conflict) {
  uint64_t address = conflict.bytes.begin;
  errors_.fail(cuda::Result::IllegalAddress,
               "race: two operations touch the same " + describe(conflict.bytes) + "\n  " +
                   access(first, firstNode, conflict.firstWrites, address) + "\n  " +
                   access(second, secondNode, conflict.secondWrites, address) +
                   "\n  neither comes before the other by streams, events, edges or waiting");
}

void RaceCheck::forget(const VectorClock &past) {
  for (std::deque<TaskPointer> &chain : chains_)
    while (!chain.empty() && chain.front()->isBefore(past))
      chain.pop_front();
}

} // namespace neap::sim::driver
