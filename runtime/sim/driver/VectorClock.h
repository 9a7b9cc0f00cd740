// What has happened before what. The work of a stream is a chain, numbered from 1; a clock holds, for each chain, the last
// of its tasks that comes before a point of the program (Mattern, Fidge).
#ifndef NEAP_RUNTIME_SIM_DRIVER_VECTORCLOCK_H
#define NEAP_RUNTIME_SIM_DRIVER_VECTORCLOCK_H

#include <algorithm>
#include <cstdint>
#include <vector>

namespace neap::sim::driver {

class VectorClock {
public:
  uint32_t at(uint32_t chain) const { return chain < counts_.size() ? counts_[chain] : 0; }

  void set(uint32_t chain, uint32_t count) {
    if (chain >= counts_.size())
      counts_.resize(chain + 1);
    counts_[chain] = count;
  }
  /// The least clock that is not before either.
  void join(const VectorClock &other) {
    for (uint32_t chain = 0; chain < other.counts_.size(); ++chain)
      set(chain, std::max(at(chain), other.counts_[chain]));
  }
  /// The greatest clock that is not after either.
  void meet(const VectorClock &other) {
    for (uint32_t chain = 0; chain < counts_.size(); ++chain)
      counts_[chain] = std::min(counts_[chain], other.at(chain));
  }

private:
  std::vector<uint32_t> counts_;
};

} // namespace neap::sim::driver

#endif
