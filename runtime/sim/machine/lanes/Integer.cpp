// Integer arithmetic. All of it wraps around; what PTX leaves undefined has a value here, and the machine reports it.
#include "neap/runtime/sim/machine/lanes/Lanes.h"

#include <limits>
#include <type_traits>

namespace neap::sim {

namespace {

using ptx::Instruction;
using ptx::Opcode;
using ptx::Type;

template <class T> using Unsigned = std::make_unsigned_t<T>;
/// Twice as wide and of the same signedness.
template <class T> struct Wide;
template <> struct Wide<uint16_t> {
  using type = uint32_t;
};
template <> struct Wide<int16_t> {
  using type = int32_t;
};
template <> struct Wide<uint32_t> {
  using type = uint64_t;
};
template <> struct Wide<int32_t> {
  using type = int64_t;
};
template <> struct Wide<uint64_t> {
  using type = unsigned __int128;
};
template <> struct Wide<int64_t> {
  using type = __int128;
};

/// The upper half of the product.
template <class T> T mulHigh(T a, T b) {
  using W = typename Wide<T>::type;
  return T(W(W(a) * W(b)) >> 8 * sizeof(T));
}

struct Add {
  template <class T> T operator()(T a, T b) const { return T(uint64_t(a) + uint64_t(b)); }
};
struct Sub {
  template <class T> T operator()(T a, T b) const { return T(uint64_t(a) - uint64_t(b)); }
};
struct Mul {
  template <class T> T operator()(T a, T b) const { return T(uint64_t(a) * uint64_t(b)); }
};
struct MulHi {
  template <class T> T operator()(T a, T b) const { return mulHigh(a, b); }
};
struct Mad {
  template <class T> T operator()(T a, T b, T c) const { return T(uint64_t(a) * uint64_t(b) + uint64_t(c)); }
};
struct MadHi {
  template <class T> T operator()(T a, T b, T c) const { return T(uint64_t(mulHigh(a, b)) + uint64_t(c)); }
};
/// The most negative number divided by -1 wraps around.
struct Div {
  template <class T> T operator()(T a, T b) const {
    if (b == 0)
      return T(-1);
    return std::is_signed_v<T> && b == T(-1) ? T(0 - uint64_t(a)) : T(a / b);
  }
};
struct Rem {
  template <class T> T operator()(T a, T b) const {
    if (b == 0)
      return a;
    return std::is_signed_v<T> && b == T(-1) ? T(0) : T(a % b);
  }
};
struct Min {
  template <class T> T operator()(T a, T b) const { return b < a ? b : a; }
};
struct Max {
  template <class T> T operator()(T a, T b) const { return a < b ? b : a; }
};
struct Abs {
  template <class T> T operator()(T a) const { return a < 0 ? T(0 - uint64_t(a)) : a; }
};
struct Neg {
  template <class T> T operator()(T a) const { return T(0 - uint64_t(a)); }
};
struct Sad {
  template <class T> T operator()(T a, T b, T c) const {
    uint64_t difference = a < b ? uint64_t(b) - uint64_t(a) : uint64_t(a) - uint64_t(b);
    return T(uint64_t(c) + difference);
  }
};

template <class T> void mulWide(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  using W = typename Wide<T>::type;
  const auto *a = file.lanes<T>(instruction.sources[0]), *b = file.lanes<T>(instruction.sources[1]);
  W values[32];
  for (unsigned lane = 0; lane < 32; ++lane)
    values[lane] = W(a[lane]) * W(b[lane]);
  file.store<W>(instruction.results[0], values, mask);
}

template <class T> void madWide(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  using W = typename Wide<T>::type;
  const auto *a = file.lanes<T>(instruction.sources[0]), *b = file.lanes<T>(instruction.sources[1]);
  const auto *c = file.lanes<W>(instruction.sources[2]);
  W values[32];
  for (unsigned lane = 0; lane < 32; ++lane)
    values[lane] = W(Unsigned<W>(W(a[lane]) * W(b[lane])) + Unsigned<W>(c[lane]));
  file.store<W>(instruction.results[0], values, mask);
}

/// add and sub with a carry in, out, or both. The carry of a subtraction is its borrow.
template <class T, bool subtracts> void addWithCarry(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  const auto *a = file.lanes<T>(instruction.sources[0]), *b = file.lanes<T>(instruction.sources[1]);
  uint32_t carryIn = instruction.carryIn ? file.carry : 0;
  T values[32];
  uint8_t carries[32];
  for (unsigned lane = 0; lane < 32; ++lane) {
    unsigned __int128 in = carryIn >> lane & 1, wideA = a[lane], wideB = b[lane];
    unsigned __int128 sum = subtracts ? wideA - wideB - in : wideA + wideB + in;
    values[lane] = T(sum);
    carries[lane] = uint8_t(sum >> 8 * sizeof(T) & 1);
  }
  file.store<T>(instruction.results[0], values, mask);
  if (instruction.carryOut)
    file.carry = (file.carry & ~mask) | (packBits(carries) & mask);
}

template <class Operation> LaneFunction binaryFor(Type type) {
  switch (type) {
  case Type::U16: return &binaryLanes<uint16_t, 1, Operation>;
  case Type::S16: return &binaryLanes<int16_t, 1, Operation>;
  case Type::U32: return &binaryLanes<uint32_t, 1, Operation>;
  case Type::S32: return &binaryLanes<int32_t, 1, Operation>;
  case Type::U64: return &binaryLanes<uint64_t, 1, Operation>;
  case Type::S64: return &binaryLanes<int64_t, 1, Operation>;
  case Type::U16x2: return &binaryLanes<uint16_t, 2, Operation>;
  case Type::S16x2: return &binaryLanes<int16_t, 2, Operation>;
  default: return nullptr;
  }
}

template <class Operation> LaneFunction ternaryFor(Type type) {
  switch (type) {
  case Type::U16: return &ternaryLanes<uint16_t, 1, Operation>;
  case Type::S16: return &ternaryLanes<int16_t, 1, Operation>;
  case Type::U32: return &ternaryLanes<uint32_t, 1, Operation>;
  case Type::S32: return &ternaryLanes<int32_t, 1, Operation>;
  case Type::U64: return &ternaryLanes<uint64_t, 1, Operation>;
  case Type::S64: return &ternaryLanes<int64_t, 1, Operation>;
  default: return nullptr;
  }
}

template <class Operation> LaneFunction unaryForSigned(Type type) {
  switch (type) {
  case Type::S16: return &unaryLanes<int16_t, 1, Operation>;
  case Type::S32: return &unaryLanes<int32_t, 1, Operation>;
  case Type::S64: return &unaryLanes<int64_t, 1, Operation>;
  default: return nullptr;
  }
}

LaneFunction findWide(const Instruction &instruction) {
  bool adds = instruction.opcode == Opcode::MadWide;
  switch (instruction.from) {
  case Type::U16: return adds ? &madWide<uint16_t> : &mulWide<uint16_t>;
  case Type::S16: return adds ? &madWide<int16_t> : &mulWide<int16_t>;
  case Type::U32: return adds ? &madWide<uint32_t> : &mulWide<uint32_t>;
  case Type::S32: return adds ? &madWide<int32_t> : &mulWide<int32_t>;
  default: return nullptr;
  }
}

LaneFunction findAddWithCarry(const Instruction &instruction) {
  bool subtracts = instruction.opcode == Opcode::Sub;
  if (bytesOf(instruction.type) == 4)
    return subtracts ? &addWithCarry<uint32_t, true> : &addWithCarry<uint32_t, false>;
  return subtracts ? &addWithCarry<uint64_t, true> : &addWithCarry<uint64_t, false>;
}

} // namespace

LaneFunction findInteger(const Instruction &instruction) {
  if (instruction.carryIn || instruction.carryOut)
    return findAddWithCarry(instruction);
  Type type = instruction.type;
  switch (instruction.opcode) {
  case Opcode::Add: return binaryFor<Add>(type);
  case Opcode::Sub: return binaryFor<Sub>(type);
  case Opcode::Mul: return binaryFor<Mul>(type);
  case Opcode::MulHi: return binaryFor<MulHi>(type);
  case Opcode::Div: return binaryFor<Div>(type);
  case Opcode::Rem: return binaryFor<Rem>(type);
  case Opcode::Min: return binaryFor<Min>(type);
  case Opcode::Max: return binaryFor<Max>(type);
  case Opcode::Mad: return ternaryFor<Mad>(type);
  case Opcode::MadHi: return ternaryFor<MadHi>(type);
  case Opcode::Sad: return ternaryFor<Sad>(type);
  case Opcode::Abs: return unaryForSigned<Abs>(type);
  case Opcode::Neg: return unaryForSigned<Neg>(type);
  case Opcode::MulWide:
  case Opcode::MadWide: return findWide(instruction);
  default: return nullptr;
  }
}

} // namespace neap::sim
