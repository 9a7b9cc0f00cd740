// How large a tensor may be, in every dialect. Models are untrusted: beyond these limits, products of sizes and strides would
// overflow, and what overflows is small enough to be accepted again.
#pragma once

#include "llvm/ADT/ArrayRef.h"

#include <algorithm>
#include <cstdint>

namespace neap {

/// 2^48 bytes of the widest elements, far more than any machine has.
inline constexpr int64_t maxTensorElements = int64_t(1) << 45;
/// As in NumPy, PyTorch and our reader of safetensors.
inline constexpr size_t maxTensorRank = 64;

/// The limits, as messages name them.
inline constexpr char tensorLimits[] = "a tensor of at most 2^45 elements and 64 dimensions";

/// Whether a static shape is within the limits. A size of 0 counts as 1: no product of some of the sizes overflows either.
inline bool isWithinLimits(llvm::ArrayRef<int64_t> shape) {
  int64_t elements = 1;
  for (int64_t size : shape) {
    if (size < 0 || std::max<int64_t>(size, 1) > maxTensorElements / elements)
      return false;
    elements *= std::max<int64_t>(size, 1);
  }
  return shape.size() <= maxTensorRank;
}

} // namespace neap
