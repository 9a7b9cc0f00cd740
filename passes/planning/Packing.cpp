// Best fit in several orders.
#include "neap/passes/planning/Packing.h"

#include <algorithm>
#include <numeric>
#include <tuple>

using namespace neap::planning;

namespace {
/// Places buffers one at a time.
class BestFit {
public:
  BestFit(const std::vector<Buffer> &buffers, int64_t alignment) : buffers(buffers), alignment(alignment) {
    packing.offsets.assign(buffers.size(), 0);
  }

  Packing place(const std::vector<int> &order) {
    for (int buffer : order)
      placeOne(buffer);
    return std::move(packing);
  }

private:
  void placeOne(int buffer);

  const std::vector<Buffer> &buffers;
  int64_t alignment;
  Packing packing;
  std::vector<int> placed; // by offset
};
} // namespace

void BestFit::placeOne(int buffer) {
  int64_t bytes = (buffers[buffer].bytes + alignment - 1) / alignment * alignment;
  int64_t best = -1, bestGap = 0, free = 0; // below `free` everything seen so far is taken
  for (int other : placed) {
    if (!buffers[other].range.overlaps(buffers[buffer].range))
      continue;
    int64_t gap = packing.offsets[other] - free;
    if (gap >= bytes && (best < 0 || gap < bestGap))
      std::tie(best, bestGap) = std::tuple(free, gap);
    int64_t end = packing.offsets[other] + buffers[other].bytes;
    free = std::max(free, (end + alignment - 1) / alignment * alignment);
  }
  int64_t offset = best < 0 ? free : best;
  packing.offsets[buffer] = offset;
  packing.arenaBytes = std::max(packing.arenaBytes, offset + bytes);
  auto byOffset = [&](int64_t value, int other) { return value < packing.offsets[other]; };
  placed.insert(std::upper_bound(placed.begin(), placed.end(), offset, byOffset), buffer);
}

Packing neap::planning::packBuffers(const std::vector<Buffer> &buffers, int64_t alignment) {
  std::vector<int> alive;
  for (int i = 0; i < static_cast<int>(buffers.size()); ++i)
    if (!buffers[i].range.isEmpty() && buffers[i].bytes > 0)
      alive.push_back(i);

  auto bytes = [&](int i) { return buffers[i].bytes; };
  auto length = [&](int i) { return buffers[i].range.last - buffers[i].range.first + 1; };
  auto start = [&](int i) { return buffers[i].range.first; };
  auto packSortedBy = [&](auto key) {
    std::vector<int> order = alive;
    std::sort(order.begin(), order.end(), [&](int a, int b) { return std::pair(key(a), a) < std::pair(key(b), b); });
    return BestFit(buffers, alignment).place(order);
  };

  Packing best = packSortedBy([&](int i) { return std::tuple(-bytes(i), -length(i)); });
  auto consider = [&](Packing packing) {
    if (packing.arenaBytes < best.arenaBytes)
      best = std::move(packing);
  };
  // Doubles hold the order of areas well enough: it only guides a heuristic.
  consider(packSortedBy([&](int i) { return -static_cast<double>(bytes(i)) * static_cast<double>(length(i)); }));
  consider(packSortedBy([&](int i) { return std::tuple(start(i), -bytes(i)); }));
  return best;
}
