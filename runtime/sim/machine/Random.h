// A small generator for orders: the same numbers on every platform, unlike the distributions of the standard library.
#ifndef NEAP_RUNTIME_SIM_MACHINE_RANDOM_H
#define NEAP_RUNTIME_SIM_MACHINE_RANDOM_H

#include <cstdint>

namespace neap::sim {

class Random {
public:
  explicit Random(uint64_t seed) : state_(seed) {}

  /// Steele, Lea and Flood's SplitMix.
  uint64_t next() {
    uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
  }
  /// From 0 to `count` - 1. The bias is of no matter here.
  uint64_t below(uint64_t count) { return next() % count; }

private:
  uint64_t state_;
};

} // namespace neap::sim

#endif
