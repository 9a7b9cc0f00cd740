// One bit for each byte of a region: whether it was ever written.
#ifndef NEAP_RUNTIME_SIM_MEMORY_BYTEFLAGS_H
#define NEAP_RUNTIME_SIM_MEMORY_BYTEFLAGS_H

#include "neap/runtime/sim/memory/ZeroedArray.h"

namespace neap::sim {

class ByteFlags {
public:
  ByteFlags() = default;
  /// All clear.
  explicit ByteFlags(uint64_t bytes) : words_((bytes + 63) / 64) {}

  // [offset, offset + count) lies inside the region.
  void set(uint64_t offset, uint64_t count);
  void clear(uint64_t offset, uint64_t count);
  bool all(uint64_t offset, uint64_t count) const { return firstClear(offset, count) == offset + count; }
  /// The first byte of the range whose bit is clear, its end if there is none.
  uint64_t firstClear(uint64_t offset, uint64_t count) const;
  bool at(uint64_t offset) const { return words_[offset / 64] >> offset % 64 & 1; }

private:
  ZeroedArray<uint64_t> words_;
};

} // namespace neap::sim

#endif
