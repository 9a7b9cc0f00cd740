// Registers of a width that is known only when they are used.
#include "neap/runtime/sim/machine/lanes/Lanes.h"

namespace neap::sim {

namespace {

template <class T> void widen(const LaneFile &file, const ptx::Operand &place, uint64_t (&values)[32]) {
  const auto *source = file.lanes<T>(place);
  for (unsigned lane = 0; lane < 32; ++lane)
    values[lane] = source[lane];
}

template <class T> void narrow(LaneFile &file, const ptx::Operand &place, const uint64_t (&values)[32], uint32_t mask) {
  T narrowed[32];
  for (unsigned lane = 0; lane < 32; ++lane)
    narrowed[lane] = T(values[lane]);
  file.store<T>(place, narrowed, mask);
}

} // namespace

void LaneFile::readBits(const ptx::Operand &place, uint64_t (&values)[32]) const {
  switch (place.bytes) {
  case 1: return widen<uint8_t>(*this, place, values);
  case 2: return widen<uint16_t>(*this, place, values);
  case 4: return widen<uint32_t>(*this, place, values);
  default: return widen<uint64_t>(*this, place, values);
  }
}

void LaneFile::storeBits(const ptx::Operand &place, const uint64_t (&values)[32], uint32_t mask) {
  switch (place.bytes) {
  case 1: return narrow<uint8_t>(*this, place, values, mask);
  case 2: return narrow<uint16_t>(*this, place, values, mask);
  case 4: return narrow<uint32_t>(*this, place, values, mask);
  default: return narrow<uint64_t>(*this, place, values, mask);
  }
}

} // namespace neap::sim
