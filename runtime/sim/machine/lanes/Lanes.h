// The register file of a warp as arrays of 32 lanes, and the loops over them. An operation on a full warp is one loop
// over contiguous arrays, which the compiler turns into vector instructions.
#ifndef NEAP_RUNTIME_SIM_MACHINE_LANES_LANES_H
#define NEAP_RUNTIME_SIM_MACHINE_LANES_LANES_H

#include "neap/runtime/sim/ptx/Program.h"

#include <bit>
#include <cstring>

namespace neap::sim {

constexpr uint32_t allLanes = 0xffffffff;

/// A value seen as lanes of another type: registers have no type of their own.
template <class T> struct Aliased {
  typedef T type __attribute__((may_alias));
};

class LaneFile {
public:
  explicit LaneFile(std::byte *bytes = nullptr) : bytes_(bytes) {}

  template <class T> const typename Aliased<T>::type *lanes(const ptx::Operand &place) const {
    return reinterpret_cast<const typename Aliased<T>::type *>(bytes_ + place.offset);
  }
  template <class T> typename Aliased<T>::type *lanes(const ptx::Operand &place) {
    return reinterpret_cast<typename Aliased<T>::type *>(bytes_ + place.offset);
  }

  /// A predicate's lanes as bits, complemented if the operand says so.
  uint32_t predicate(const ptx::Operand &place) const {
    uint32_t bits = *lanes<uint32_t>(place);
    return place.negated ? ~bits : bits;
  }
  void setPredicate(const ptx::Operand &place, uint32_t bits, uint32_t mask) {
    if (place.kind == ptx::Operand::Kind::Sink)
      return;
    auto *word = lanes<uint32_t>(place);
    *word = (*word & ~mask) | (bits & mask);
  }

  /// Writes the lanes of `mask`; `perLane` elements belong to each.
  template <class T, unsigned perLane = 1>
  void store(const ptx::Operand &place, const T (&values)[32 * perLane], uint32_t mask) {
    if (place.kind == ptx::Operand::Kind::Sink)
      return;
    std::byte *target = bytes_ + place.offset;
    if (mask == allLanes)
      std::memcpy(target, values, sizeof values);
    else
      for (unsigned lane = 0; lane < 32; ++lane)
        if (mask >> lane & 1)
          std::memcpy(target + lane * perLane * sizeof(T), &values[lane * perLane], perLane * sizeof(T));
  }

  /// A register of any width, zero-extended.
  void readBits(const ptx::Operand &place, uint64_t (&values)[32]) const;
  /// Writes the low bits of `values` to a register of any width.
  void storeBits(const ptx::Operand &place, const uint64_t (&values)[32], uint32_t mask);

  /// The carry of each lane, as bits.
  uint32_t carry = 0;

private:
  std::byte *bytes_;
};

/// Computes an instruction for the lanes of `mask`. The other lanes may be computed too, but are not written.
using LaneFunction = void (*)(LaneFile &file, const ptx::Instruction &instruction, uint32_t mask);

template <class T, unsigned perLane, class Operation>
void unaryLanes(LaneFile &file, const ptx::Instruction &instruction, uint32_t mask) {
  const auto *a = file.lanes<T>(instruction.sources[0]);
  T values[32 * perLane];
  for (unsigned i = 0; i < 32 * perLane; ++i)
    values[i] = Operation()(T(a[i]));
  file.store<T, perLane>(instruction.results[0], values, mask);
}

template <class T, unsigned perLane, class Operation>
void binaryLanes(LaneFile &file, const ptx::Instruction &instruction, uint32_t mask) {
  const auto *a = file.lanes<T>(instruction.sources[0]), *b = file.lanes<T>(instruction.sources[1]);
  T values[32 * perLane];
  for (unsigned i = 0; i < 32 * perLane; ++i)
    values[i] = Operation()(T(a[i]), T(b[i]));
  file.store<T, perLane>(instruction.results[0], values, mask);
}

template <class T, unsigned perLane, class Operation>
void ternaryLanes(LaneFile &file, const ptx::Instruction &instruction, uint32_t mask) {
  const auto *a = file.lanes<T>(instruction.sources[0]), *b = file.lanes<T>(instruction.sources[1]),
             *c = file.lanes<T>(instruction.sources[2]);
  T values[32 * perLane];
  for (unsigned i = 0; i < 32 * perLane; ++i)
    values[i] = Operation()(T(a[i]), T(b[i]), T(c[i]));
  file.store<T, perLane>(instruction.results[0], values, mask);
}

/// 32 bytes of 0 or 1 as bits.
inline uint32_t packBits(const uint8_t (&flags)[32]) {
  uint32_t bits = 0;
  for (unsigned group = 0; group < 4; ++group) {
    uint64_t eight;
    std::memcpy(&eight, &flags[group * 8], 8);
    bits |= uint32_t(eight * 0x0102040810204080 >> 56) << 8 * group;
  }
  return bits;
}

// The function of an instruction, nullptr if the family has none for it.
LaneFunction findMove(const ptx::Instruction &instruction);
LaneFunction findInteger(const ptx::Instruction &instruction);
LaneFunction findBits(const ptx::Instruction &instruction);
LaneFunction findFloat(const ptx::Instruction &instruction);
LaneFunction findHalf(const ptx::Instruction &instruction);
LaneFunction findCompare(const ptx::Instruction &instruction);
LaneFunction findConvert(const ptx::Instruction &instruction);

} // namespace neap::sim

#endif
