// The alignment that the compiled program and its runtime agree on.
#pragma once

#include "neap/runtime/abi/neap_runtime.h"

#include "llvm/Support/MathExtras.h"

namespace neap {

/// Slots, constants and scratch begin at multiples of so many bytes.
inline constexpr int64_t slotAlignment = NEAP_ALIGNMENT;

/// Slots of far memory, and what is copied between there and the device, begin at multiples of so many bytes.
inline constexpr int64_t farAlignment = NEAP_FAR_ALIGNMENT;

/// `bytes` rounded up to a multiple of slotAlignment.
inline int64_t alignToSlot(int64_t bytes) { return static_cast<int64_t>(llvm::alignTo<slotAlignment>(bytes)); }

} // namespace neap
