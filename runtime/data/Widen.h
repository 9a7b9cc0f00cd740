// Widens integers inside the buffer they are to fill: read the narrow ones into its tail, then widen from the front.
#ifndef NEAP_RUNTIME_DATA_WIDEN_H
#define NEAP_RUNTIME_DATA_WIDEN_H

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace neap::runtime {

/// Where `elements` narrow integers must lie in `buffer` of `elements` wide ones.
template <typename Narrow, typename Wide> std::byte *narrowTail(std::byte *buffer, uint64_t elements) {
  return buffer + elements * (sizeof(Wide) - sizeof(Narrow));
}

/// Widens them in place. Element i is read before or when its bytes are written, as the tail ends where the buffer
/// does.
template <typename Narrow, typename Wide> void widenTail(std::byte *buffer, uint64_t elements) {
  const std::byte *tail = narrowTail<Narrow, Wide>(buffer, elements);
  for (uint64_t i = 0; i < elements; ++i) {
    Narrow narrow;
    std::memcpy(&narrow, tail + i * sizeof(Narrow), sizeof(Narrow));
    Wide wide = narrow;
    std::memcpy(buffer + i * sizeof(Wide), &wide, sizeof(Wide));
  }
}

} // namespace neap::runtime

#endif
