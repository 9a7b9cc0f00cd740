// A pseudo-random permutation that is a function: no table to keep, and any position of any epoch at once, which is
// what resuming needs.
#ifndef NEAP_RUNTIME_DATA_PERMUTATION_H
#define NEAP_RUNTIME_DATA_PERMUTATION_H

#include <cstdint>

namespace neap::runtime {

/// The image of `index` under the permutation of [0, count) that `seed` and `epoch` choose. Requires index < count.
uint64_t permute(uint64_t index, uint64_t count, uint64_t seed, uint64_t epoch);

} // namespace neap::runtime

#endif
