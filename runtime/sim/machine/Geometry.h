// Shapes of grids and blocks, and positions in them.
#ifndef NEAP_RUNTIME_SIM_MACHINE_GEOMETRY_H
#define NEAP_RUNTIME_SIM_MACHINE_GEOMETRY_H

#include <cstdint>
#include <string>

namespace neap::sim {

struct Dim3 {
  uint32_t x = 1, y = 1, z = 1;

  uint64_t count() const { return uint64_t(x) * y * z; }
  /// The position numbered `index`, x fastest.
  Dim3 at(uint64_t index) const { return {uint32_t(index % x), uint32_t(index / x % y), uint32_t(index / x / y)}; }
  std::string text() const { return "(" + std::to_string(x) + "," + std::to_string(y) + "," + std::to_string(z) + ")"; }
  bool operator==(const Dim3 &) const = default;
};

} // namespace neap::sim

#endif
