// Checks a packing by sweeping over time with the taken intervals in a map; knows nothing of how it was made.
#include "neap/passes/planning/Packing.h"

#include <algorithm>
#include <map>
#include <tuple>

using namespace neap::planning;

namespace {
struct Moment {
  int64_t time;
  bool isStart; // at one time ends come first: a range ends just after its last position
  size_t buffer;
};
} // namespace

static std::string describe(size_t index) { return "buffer " + std::to_string(index); }

std::optional<std::string> neap::planning::findPackingError(const std::vector<Buffer> &buffers, const Packing &packing,
                                                            int64_t alignment) {
  if (packing.offsets.size() != buffers.size())
    return "expected one offset per buffer";
  std::vector<Moment> moments;
  for (size_t i = 0; i < buffers.size(); ++i) {
    if (buffers[i].range.isEmpty() || buffers[i].bytes == 0)
      continue;
    if (packing.offsets[i] < 0 || packing.offsets[i] + buffers[i].bytes > packing.arenaBytes)
      return describe(i) + " lies outside the arena";
    if (packing.offsets[i] % alignment != 0)
      return describe(i) + " is not aligned";
    moments.push_back({buffers[i].range.first, true, i});
    moments.push_back({buffers[i].range.last + 1, false, i});
  }
  std::sort(moments.begin(), moments.end(), [](const Moment &a, const Moment &b) {
    return std::tie(a.time, a.isStart, a.buffer) < std::tie(b.time, b.isStart, b.buffer);
  });

  std::map<int64_t, size_t> taken; // by offset
  for (const Moment &moment : moments) {
    int64_t offset = packing.offsets[moment.buffer];
    if (!moment.isStart) {
      taken.erase(offset);
      continue;
    }
    auto next = taken.lower_bound(offset);
    if (next != taken.end() && next->first < offset + buffers[moment.buffer].bytes)
      return describe(moment.buffer) + " overlaps " + describe(next->second);
    if (next != taken.begin()) {
      auto previous = std::prev(next);
      if (previous->first + buffers[previous->second].bytes > offset)
        return describe(moment.buffer) + " overlaps " + describe(previous->second);
    }
    taken.emplace(offset, moment.buffer);
  }
  return std::nullopt;
}
