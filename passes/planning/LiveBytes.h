// Bytes alive at every position, against a capacity, when ranges of positions gain and lose bytes often.
#pragma once

#include <cstdint>
#include <vector>

namespace neap::planning {

/// Positions lie in blocks. A block that stays below or above the capacity takes a change as a whole; only in those that
/// cross it, few of all, positions are looked at one by one.
class LiveBytes {
public:
  LiveBytes(const std::vector<int64_t> &bytes, int64_t capacity);

  /// `first` to `last`, both included; nothing if first > last. Bytes may be negative.
  void add(int first, int last, int64_t bytes);

  int64_t at(int position) const { return values[position] + pending[position / blockSize]; }
  /// Bytes above the capacity, summed over positions.
  int64_t excess() const { return excessBytes; }
  /// A measure of the time that all changes so far have taken, about nanoseconds; the same on every machine.
  int64_t work() const { return workDone; }
  /// The first position with most bytes. There must be one.
  int findPeak() const;

private:
  static constexpr int blockSize = 64;

  int64_t excessOf(int64_t bytes) const { return bytes > capacity ? bytes - capacity : 0; }
  int countPositions(int block) const;
  void updateExtremes(int block);
  void addInBlock(int block, int first, int last, int64_t bytes);

  int64_t capacity;
  std::vector<int64_t> values; ///< by position, without what is pending for its block
  /// By block; lowest and highest with what is pending.
  std::vector<int64_t> pending, lowest, highest;
  int64_t excessBytes = 0, workDone = 0;
};

} // namespace neap::planning
