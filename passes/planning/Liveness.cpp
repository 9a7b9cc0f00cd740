// Live ranges in one walk over the order; the peak in one walk over their ends.
#include "neap/passes/planning/Liveness.h"

#include <algorithm>

using namespace neap::planning;

std::vector<LiveRange> neap::planning::computeLiveRanges(const StorageGraph &graph, const std::vector<int> &order) {
  int64_t end = static_cast<int64_t>(order.size()) - 1;
  std::vector<LiveRange> ranges(graph.storages.size(), LiveRange{end + 1, -1});
  auto touch = [&](int storage, int64_t position) {
    ranges[storage].first = std::min(ranges[storage].first, position);
    ranges[storage].last = std::max(ranges[storage].last, position);
  };
  for (int64_t position = 0; position <= end; ++position) {
    const Task &task = graph.tasks[order[position]];
    for (int storage : task.reads)
      touch(storage, position);
    for (int storage : task.writes)
      touch(storage, position);
  }
  for (size_t storage = 0; storage < ranges.size(); ++storage) {
    if (graph.storages[storage].aliveBefore)
      touch(storage, 0);
    if (graph.storages[storage].aliveAfter)
      touch(storage, std::max<int64_t>(end, 0));
  }
  return ranges;
}

LivePeak neap::planning::computeLivePeak(const std::vector<LiveRange> &ranges, const std::vector<int64_t> &bytes) {
  int64_t end = 0;
  for (const LiveRange &range : ranges)
    end = std::max(end, range.last + 1);
  std::vector<int64_t> change(end + 1, 0);
  for (size_t i = 0; i < ranges.size(); ++i) {
    if (ranges[i].isEmpty())
      continue;
    change[ranges[i].first] += bytes[i];
    change[ranges[i].last + 1] -= bytes[i];
  }
  LivePeak peak;
  int64_t live = 0;
  for (int64_t position = 0; position < end; ++position) {
    live += change[position];
    if (live > peak.bytes)
      peak = {live, position};
  }
  return peak;
}
