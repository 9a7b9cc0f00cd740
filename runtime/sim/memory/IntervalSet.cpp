// Insertion and comparison of sorted intervals.
#include "neap/runtime/sim/memory/IntervalSet.h"

#include <algorithm>

namespace neap::sim {

void IntervalSet::add(Interval interval) {
  if (interval.begin >= interval.end)
    return;
  // The first that ends at or behind the new one's beginning may be joined with it.
  auto first = std::lower_bound(intervals_.begin(), intervals_.end(), interval.begin,
                                [](const Interval &entry, uint64_t begin) { return entry.end < begin; });
  auto last = first;
  for (; last != intervals_.end() && last->begin <= interval.end; ++last) {
    interval.begin = std::min(interval.begin, last->begin);
    interval.end = std::max(interval.end, last->end);
  }
  if (first == last) {
    intervals_.insert(first, interval);
  } else {
    *first = interval;
    intervals_.erase(first + 1, last);
  }
}

bool IntervalSet::contains(uint64_t address) const {
  auto found = std::upper_bound(intervals_.begin(), intervals_.end(), address,
                                [](uint64_t value, const Interval &entry) { return value < entry.end; });
  return found != intervals_.end() && found->begin <= address;
}

std::optional<Interval> IntervalSet::intersection(const IntervalSet &other) const {
  auto mine = intervals_.begin(), theirs = other.intervals_.begin();
  while (mine != intervals_.end() && theirs != other.intervals_.end()) {
    Interval common{std::max(mine->begin, theirs->begin), std::min(mine->end, theirs->end)};
    if (common.begin < common.end)
      return common;
    mine->end < theirs->end ? ++mine : ++theirs;
  }
  return std::nullopt;
}

std::vector<Interval> IntervalSet::gapsIn(Interval range) const {
  std::vector<Interval> gaps;
  for (const Interval &interval : intervals_) {
    if (interval.end <= range.begin || interval.begin >= range.end)
      continue;
    if (range.begin < interval.begin)
      gaps.push_back({range.begin, interval.begin});
    range.begin = interval.end;
  }
  if (range.begin < range.end)
    gaps.push_back(range);
  return gaps;
}

uint64_t IntervalSet::bytes() const {
  uint64_t sum = 0;
  for (const Interval &interval : intervals_)
    sum += interval.end - interval.begin;
  return sum;
}

} // namespace neap::sim
