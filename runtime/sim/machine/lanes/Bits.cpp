// Logic, shifts, fields and counts of bits.
#include "neap/runtime/sim/machine/lanes/Lanes.h"

#include <algorithm>
#include <type_traits>

namespace neap::sim {

namespace {

using ptx::Instruction;
using ptx::Opcode;
using ptx::Type;

template <class T> constexpr uint32_t bitsOf = 8 * sizeof(T);

struct And {
  template <class T> T operator()(T a, T b) const { return a & b; }
};
struct Or {
  template <class T> T operator()(T a, T b) const { return a | b; }
};
struct Xor {
  template <class T> T operator()(T a, T b) const { return a ^ b; }
};
struct Not {
  template <class T> T operator()(T a) const { return T(~a); }
};
/// 1 for 0, 0 for all else.
struct Cnot {
  template <class T> T operator()(T a) const { return T(a == 0); }
};

/// Amounts beyond the width count as the width.
template <class T> T shiftLeft(T value, uint32_t amount) { return amount >= bitsOf<T> ? T(0) : T(value << amount); }
template <class T> T shiftRight(T value, uint32_t amount) {
  if (amount >= bitsOf<T>)
    return std::is_signed_v<T> && value < 0 ? T(-1) : T(0);
  return T(value >> amount);
}

template <class T, bool left> void shift(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  const auto *a = file.lanes<T>(instruction.sources[0]);
  const auto *amount = file.lanes<uint32_t>(instruction.sources[1]);
  T values[32];
  for (unsigned lane = 0; lane < 32; ++lane)
    values[lane] = left ? shiftLeft<T>(a[lane], amount[lane]) : shiftRight<T>(a[lane], amount[lane]);
  file.store<T>(instruction.results[0], values, mask);
}

/// Shifts the 64 bits b:a by c, which wraps or saturates at 32, and keeps the upper half or, to the right, the lower.
template <bool left, bool wraps> struct FunnelShift {
  uint32_t operator()(uint32_t a, uint32_t b, uint32_t c) const {
    uint32_t amount = wraps ? c & 31 : std::min<uint32_t>(c, 32);
    uint64_t joined = uint64_t(b) << 32 | a;
    return uint32_t(left ? joined << amount >> 32 : joined >> amount);
  }
};

/// A field of c bits from bit b on; beyond the register's end there are copies of the sign, or zeros.
template <class T> T extractField(T value, uint32_t position, uint32_t length) {
  using U = std::make_unsigned_t<T>;
  position &= 255;
  length &= 255;
  if (length == 0)
    return 0;
  uint32_t last = std::min(position + length - 1, bitsOf<T> - 1);
  bool sign = std::is_signed_v<T> && (U(value) >> last & 1);
  U field = shiftRight<U>(U(value), position);
  // Bits of the field that lie inside the register.
  uint32_t present = position >= bitsOf<T> ? 0 : std::min(length, bitsOf<T> - position);
  U inside = present >= bitsOf<T> ? U(-1) : U((U(1) << present) - 1);
  return T((field & inside) | (sign ? U(~inside) : U(0)));
}

template <class T> void bitField(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  const auto *a = file.lanes<T>(instruction.sources[0]);
  const auto *position = file.lanes<uint32_t>(instruction.sources[1]),
             *length = file.lanes<uint32_t>(instruction.sources[2]);
  T values[32];
  for (unsigned lane = 0; lane < 32; ++lane)
    values[lane] = extractField<T>(a[lane], position[lane], length[lane]);
  file.store<T>(instruction.results[0], values, mask);
}

template <class T> T insertField(T field, T base, uint32_t position, uint32_t length) {
  position &= 255;
  length &= 255;
  T low = length >= bitsOf<T> ? T(-1) : T((T(1) << length) - 1), placed = shiftLeft<T>(low, position);
  return T((base & ~placed) | (shiftLeft<T>(field, position) & placed));
}

template <class T> void bitFieldInsert(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  const auto *field = file.lanes<T>(instruction.sources[0]), *base = file.lanes<T>(instruction.sources[1]);
  const auto *position = file.lanes<uint32_t>(instruction.sources[2]),
             *length = file.lanes<uint32_t>(instruction.sources[3]);
  T values[32];
  for (unsigned lane = 0; lane < 32; ++lane)
    values[lane] = insertField<T>(field[lane], base[lane], position[lane], length[lane]);
  file.store<T>(instruction.results[0], values, mask);
}

/// Each digit of the selector takes one of the eight bytes of b:a, or copies of that byte's sign.
struct Permute {
  uint32_t operator()(uint32_t a, uint32_t b, uint32_t selector) const {
    uint64_t bytes = uint64_t(b) << 32 | a;
    uint32_t result = 0;
    for (unsigned i = 0; i < 4; ++i) {
      uint32_t digit = selector >> 4 * i, byte = uint32_t(bytes >> 8 * (digit & 7)) & 255;
      if (digit & 8)
        byte = byte & 128 ? 255 : 0;
      result |= byte << 8 * i;
    }
    return result;
  }
};

/// A truth table of three inputs.
void lop3(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  const auto *a = file.lanes<uint32_t>(instruction.sources[0]), *b = file.lanes<uint32_t>(instruction.sources[1]),
             *c = file.lanes<uint32_t>(instruction.sources[2]), *table = file.lanes<uint32_t>(instruction.sources[3]);
  uint32_t values[32] = {};
  for (unsigned row = 0; row < 8; ++row)
    for (unsigned lane = 0; lane < 32; ++lane) {
      uint32_t x = row & 4 ? a[lane] : ~a[lane], y = row & 2 ? b[lane] : ~b[lane], z = row & 1 ? c[lane] : ~c[lane];
      values[lane] |= table[lane] >> row & 1 ? x & y & z : 0;
    }
  file.store<uint32_t>(instruction.results[0], values, mask);
}

template <class T, bool leading> void countBits(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  const auto *a = file.lanes<T>(instruction.sources[0]);
  uint32_t values[32];
  for (unsigned lane = 0; lane < 32; ++lane)
    values[lane] = uint32_t(leading ? std::countl_zero(T(a[lane])) : std::popcount(T(a[lane])));
  file.store<uint32_t>(instruction.results[0], values, mask);
}

struct Reverse {
  uint32_t operator()(uint32_t a) const { return __builtin_bitreverse32(a); }
  uint64_t operator()(uint64_t a) const { return __builtin_bitreverse64(a); }
};

template <class Operation> void binaryPredicate(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  uint32_t a = file.predicate(instruction.sources[0]), b = file.predicate(instruction.sources[1]);
  file.setPredicate(instruction.results[0], Operation()(a, b), mask);
}

void notPredicate(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  file.setPredicate(instruction.results[0], ~file.predicate(instruction.sources[0]), mask);
}

template <class Operation> LaneFunction logicFor(Type type) {
  switch (type) {
  case Type::Pred: return &binaryPredicate<Operation>;
  case Type::B16: return &binaryLanes<uint16_t, 1, Operation>;
  case Type::B32: return &binaryLanes<uint32_t, 1, Operation>;
  default: return &binaryLanes<uint64_t, 1, Operation>;
  }
}

template <class Operation> LaneFunction unaryFor(uint32_t bytes) {
  switch (bytes) {
  case 2: return &unaryLanes<uint16_t, 1, Operation>;
  case 4: return &unaryLanes<uint32_t, 1, Operation>;
  default: return &unaryLanes<uint64_t, 1, Operation>;
  }
}

LaneFunction findShift(const Instruction &instruction) {
  bool left = instruction.opcode == Opcode::Shl;
  switch (instruction.type) {
  case Type::B16: return left ? &shift<uint16_t, true> : &shift<uint16_t, false>;
  case Type::B32: return left ? &shift<uint32_t, true> : &shift<uint32_t, false>;
  case Type::B64: return left ? &shift<uint64_t, true> : &shift<uint64_t, false>;
  case Type::U16: return &shift<uint16_t, false>;
  case Type::U32: return &shift<uint32_t, false>;
  case Type::U64: return &shift<uint64_t, false>;
  case Type::S16: return &shift<int16_t, false>;
  case Type::S32: return &shift<int32_t, false>;
  default: return &shift<int64_t, false>;
  }
}

LaneFunction findFunnelShift(bool left, bool wraps) {
  if (left)
    return wraps ? &ternaryLanes<uint32_t, 1, FunnelShift<true, true>>
                 : &ternaryLanes<uint32_t, 1, FunnelShift<true, false>>;
  return wraps ? &ternaryLanes<uint32_t, 1, FunnelShift<false, true>>
               : &ternaryLanes<uint32_t, 1, FunnelShift<false, false>>;
}

LaneFunction findBitField(Type type) {
  switch (type) {
  case Type::U32: return &bitField<uint32_t>;
  case Type::S32: return &bitField<int32_t>;
  case Type::U64: return &bitField<uint64_t>;
  default: return &bitField<int64_t>;
  }
}

LaneFunction findCount(const Instruction &instruction) {
  bool leading = instruction.opcode == Opcode::Clz;
  if (bytesOf(instruction.from) == 4)
    return leading ? &countBits<uint32_t, true> : &countBits<uint32_t, false>;
  return leading ? &countBits<uint64_t, true> : &countBits<uint64_t, false>;
}

} // namespace

LaneFunction findBits(const Instruction &instruction) {
  Type type = instruction.type;
  bool isWord = bytesOf(type) == 4;
  switch (instruction.opcode) {
  case Opcode::And: return logicFor<And>(type);
  case Opcode::Or: return logicFor<Or>(type);
  case Opcode::Xor: return logicFor<Xor>(type);
  case Opcode::Not: return type == Type::Pred ? &notPredicate : unaryFor<Not>(bytesOf(type));
  case Opcode::Cnot: return unaryFor<Cnot>(bytesOf(type));
  case Opcode::Shl:
  case Opcode::Shr: return findShift(instruction);
  case Opcode::ShfL: return findFunnelShift(true, instruction.wrap);
  case Opcode::ShfR: return findFunnelShift(false, instruction.wrap);
  case Opcode::Bfe: return findBitField(type);
  case Opcode::Bfi: return isWord ? &bitFieldInsert<uint32_t> : &bitFieldInsert<uint64_t>;
  case Opcode::Prmt: return &ternaryLanes<uint32_t, 1, Permute>;
  case Opcode::Lop3: return &lop3;
  case Opcode::Popc:
  case Opcode::Clz: return findCount(instruction);
  case Opcode::Brev: return isWord ? &unaryLanes<uint32_t, 1, Reverse> : &unaryLanes<uint64_t, 1, Reverse>;
  default: return nullptr;
  }
}

} // namespace neap::sim
