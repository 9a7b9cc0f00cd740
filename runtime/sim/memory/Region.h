// A run of bytes that a kernel can reach under one name: an allocation, or a variable in .global, .shared or .const.
#ifndef NEAP_RUNTIME_SIM_MEMORY_REGION_H
#define NEAP_RUNTIME_SIM_MEMORY_REGION_H

#include "neap/runtime/sim/memory/AccessShadow.h"
#include "neap/runtime/sim/memory/FlagArray.h"

#include <string>

namespace neap::sim {

struct Region {
  Region(std::string name, uint64_t base, uint64_t bytes)
      : name(std::move(name)), base(base), bytes(bytes), data(bytes), initialised(bytes), shadow(bytes) {}

  bool contains(uint64_t address, uint64_t count) const {
    return address >= base && count <= bytes && address - base <= bytes - count;
  }
  uint64_t end() const { return base + bytes; }

  std::string name;
  uint64_t base, bytes;
  bool readOnly = false;
  /// A variable of a module: kernels need not declare that they access it.
  bool isVariable = false;
  ZeroedArray<std::byte> data;
  FlagArray initialised;
  AccessShadow shadow;
};

} // namespace neap::sim

#endif
