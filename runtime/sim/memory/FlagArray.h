// Flags, such as whether each byte of a region was ever written, in a bit each.
#ifndef NEAP_RUNTIME_SIM_MEMORY_FLAGARRAY_H
#define NEAP_RUNTIME_SIM_MEMORY_FLAGARRAY_H

#include "neap/runtime/sim/memory/ZeroedArray.h"

namespace neap::sim {

class FlagArray {
public:
  FlagArray() = default;
  /// All clear.
  explicit FlagArray(uint64_t size) : words_((size + 63) / 64) {}

  // [offset, offset + count) lies inside the array.
  void set(uint64_t offset, uint64_t count) {
    if (offset % 64 + count <= 64 && count > 0)
      words_[offset / 64] |= maskOf(offset % 64, count);
    else
      setRange(offset, count);
  }
  void clear(uint64_t offset, uint64_t count);
  bool all(uint64_t offset, uint64_t count) const { return firstClear(offset, count) == offset + count; }
  bool none(uint64_t offset, uint64_t count) const;
  /// The first of the range whose flag is clear, its end if there is none.
  uint64_t firstClear(uint64_t offset, uint64_t count) const;
  void clearAll();
  bool at(uint64_t offset) const { return words_[offset / 64] >> offset % 64 & 1; }

private:
  /// `count` bits from `bit` on, 1 to 64 of them.
  static uint64_t maskOf(uint64_t bit, uint64_t count) { return ~uint64_t(0) >> (64 - count) << bit; }
  void setRange(uint64_t offset, uint64_t count);
  template <class Visit> static void forEachWord(uint64_t offset, uint64_t count, Visit visit);

  ZeroedArray<uint64_t> words_;
};

} // namespace neap::sim

#endif
