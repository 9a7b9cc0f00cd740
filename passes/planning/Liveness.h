// When a storage's contents are needed.
#pragma once

#include "neap/passes/planning/StorageGraph.h"

namespace neap::planning {

/// Positions in the order at which a storage is alive, both included: from the first task that writes it (or 0) to the last
/// that uses it (or the last position). Empty (first > last) where nothing touches it.
struct LiveRange {
  int64_t first = 0, last = -1;
  bool isEmpty() const { return first > last; }
  bool overlaps(const LiveRange &other) const { return first <= other.last && other.first <= last; }
};

/// The live range of every storage when the tasks run in the given order.
std::vector<LiveRange> computeLiveRanges(const StorageGraph &graph, const std::vector<int> &order);

struct LivePeak {
  int64_t bytes = 0;
  /// The first position at which so many bytes are alive.
  int64_t position = 0;
};

/// The high-water mark of bytes alive at once: what no placement can be below. Ranges and bytes go together by index.
LivePeak computeLivePeak(const std::vector<LiveRange> &ranges, const std::vector<int64_t> &bytes);

} // namespace neap::planning
