// A set of bytes of the address space, as disjoint intervals in ascending order.
#ifndef NEAP_RUNTIME_SIM_MEMORY_INTERVALSET_H
#define NEAP_RUNTIME_SIM_MEMORY_INTERVALSET_H

#include <cstdint>
#include <optional>
#include <vector>

namespace neap::sim {

/// [begin, end)
struct Interval {
  uint64_t begin = 0, end = 0;
  bool operator==(const Interval &) const = default;
};

class IntervalSet {
public:
  /// Joins `interval` with those it touches. Cheap when intervals come in ascending order.
  void add(Interval interval);
  bool contains(uint64_t address) const;
  /// The first bytes that both sets have.
  std::optional<Interval> intersection(const IntervalSet &other) const;
  /// What of `range` is not in the set, in ascending order.
  std::vector<Interval> gapsIn(Interval range) const;
  uint64_t bytes() const;
  const std::vector<Interval> &intervals() const { return intervals_; }

private:
  std::vector<Interval> intervals_;
};

} // namespace neap::sim

#endif
