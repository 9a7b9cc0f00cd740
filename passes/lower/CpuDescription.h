// What kernel generation wants to know of a CPU: how wide its vectors are, how many it holds, and its caches. Tile
// sizes follow from it; bits never do.
#pragma once

#include <cstdint>

namespace neap::lower {

struct CpuDescription {
  /// fp32 lanes of the widest vector register: 8 (AVX2) or 16 (AVX-512).
  int64_t lanes = 8;
  /// Vector registers.
  int64_t registers = 16;
  /// Bytes of the data caches that one core may count on.
  int64_t l1 = 32 * 1024;
  int64_t l2 = 512 * 1024;
};

} // namespace neap::lower
