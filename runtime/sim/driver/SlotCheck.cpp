// Owners as intervals; reads are judged before the node's own writes count.
#include "neap/runtime/sim/driver/SlotCheck.h"

#include <algorithm>

namespace neap::sim::driver {

namespace {

Interval intersect(Interval left, Interval right) {
  return {std::max(left.begin, right.begin), std::min(left.end, right.end)};
}

Interval intervalOf(const DeclaredRange &range) { return {range.address, range.address + range.bytes}; }

/// Calls `visit` with what a sorted set and an interval have in common, piece by piece, until it returns false.
template <class Visit> void forEachCommon(const IntervalSet &set, Interval interval, Visit visit) {
  const std::vector<Interval> &all = set.intervals();
  auto piece = std::lower_bound(all.begin(), all.end(), interval.begin,
                                [](const Interval &entry, uint64_t begin) { return entry.end <= begin; });
  for (; piece != all.end() && piece->begin < interval.end; ++piece)
    if (!visit(intersect(*piece, interval)))
      return;
}

} // namespace

void SlotCheck::executed(const Task &task, uint32_t node) {
  checkReads(task, node);
  noteWrites(task, node);
}

/// One report for a node: what follows has the same cause.
void SlotCheck::checkReads(const Task &task, uint32_t node) const {
  for (const DeclaredRange &range : task.program->operation(node).declared) {
    if (range.isResult || !range.slot)
      continue;
    bool isRight = true;
    forEachCommon(task.accesses[node]->reads, intervalOf(range),
                  [&](Interval bytes) { return isRight = checkRead(task, node, range, bytes); });
    if (!isRight)
      return;
  }
}

bool SlotCheck::checkRead(const Task &task, uint32_t node, const DeclaredRange &range, Interval bytes) const {
  auto owner = owners_.upper_bound(bytes.begin);
  if (owner != owners_.begin() && std::prev(owner)->second.end > bytes.begin)
    --owner;
  for (; owner != owners_.end() && owner->first < bytes.end; ++owner) {
    if (owner->second.slot == *range.slot)
      continue;
    report(task, node, range, intersect(bytes, {owner->first, owner->second.end}), owner->second);
    return false;
  }
  return true;
}

void SlotCheck::report(const Task &task, uint32_t node, const DeclaredRange &range, Interval bytes,
                       const Owner &owner) const {
  errors_.fail(cuda::Result::IllegalAddress,
               "dead slot: " + task.text(node) + " reads " + std::to_string(bytes.end - bytes.begin) + " bytes, " +
                   (bytes.begin & hostBit ? host_.describe(bytes.begin) : memory_.describe(bytes.begin)) + ", as '" +
                   range.name + "' of slot " + std::to_string(*range.slot) + "\n  they hold a value of slot " +
                   std::to_string(owner.slot) + ", written by " + owner.program->operation(owner.node).text());
}

void SlotCheck::noteWrites(const Task &task, uint32_t node) {
  const IntervalSet &writes = task.accesses[node]->writes;
  for (const Interval &written : writes.intervals())
    clear(written);
  for (const DeclaredRange &range : task.program->operation(node).declared) {
    if (!range.writable || !range.slot)
      continue;
    forEachCommon(writes, intervalOf(range), [&](Interval bytes) {
      clear(bytes);
      owners_[bytes.begin] = {bytes.end, *range.slot, task.program, node};
      return true;
    });
  }
}

void SlotCheck::clear(Interval bytes) {
  auto owner = owners_.upper_bound(bytes.begin);
  if (owner != owners_.begin())
    --owner;
  while (owner != owners_.end() && owner->first < bytes.end) {
    auto [begin, old] = *owner;
    if (old.end <= bytes.begin) {
      ++owner;
      continue;
    }
    owner = owners_.erase(owner);
    if (begin < bytes.begin)
      owners_.emplace(begin, Owner{bytes.begin, old.slot, old.program, old.node});
    if (old.end > bytes.end)
      owners_.emplace(bytes.end, Owner{old.end, old.slot, old.program, old.node});
  }
}

} // namespace neap::sim::driver
