// setp and set. One loop finds the lanes where a is less, where both are equal and where one is a NaN; every comparison
// is a combination of the three.
#include "neap/runtime/sim/machine/lanes/Half.h"
#include "neap/runtime/sim/machine/lanes/Lanes.h"

#include <type_traits>

namespace neap::sim {

namespace {

using ptx::Combine;
using ptx::Compare;
using ptx::Instruction;
using ptx::Opcode;
using ptx::Type;

/// A bit for each lane.
struct Relation {
  uint32_t less, equal, unordered;
};

uint32_t evaluate(Compare compare, const Relation &relation) {
  auto [less, equal, unordered] = relation;
  uint32_t greater = ~(less | equal | unordered);
  switch (compare) {
  case Compare::Eq: return equal;
  case Compare::Ne: return less | greater;
  case Compare::Lt: return less;
  case Compare::Le: return less | equal;
  case Compare::Gt: return greater;
  case Compare::Ge: return greater | equal;
  case Compare::EqU: return equal | unordered;
  case Compare::NeU: return ~equal;
  case Compare::LtU: return less | unordered;
  case Compare::LeU: return ~greater;
  case Compare::GtU: return greater | unordered;
  case Compare::GeU: return ~less;
  case Compare::Num: return ~unordered;
  case Compare::NaN: return unordered;
  }
  return 0;
}

struct Same {
  template <class T> T operator()(T value) const { return value; }
};
template <HalfFormat const &format> struct Widened {
  double operator()(uint16_t value) const { return widenHalf(value, format); }
};

template <class T, class Read> Relation relate(const LaneFile &file, const Instruction &instruction) {
  const auto *a = file.lanes<T>(instruction.sources[0]), *b = file.lanes<T>(instruction.sources[1]);
  uint8_t less[32], equal[32], unordered[32];
  for (unsigned lane = 0; lane < 32; ++lane) {
    auto x = Read()(T(a[lane])), y = Read()(T(b[lane]));
    less[lane] = x < y;
    equal[lane] = x == y;
    unordered[lane] = x != x || y != y;
  }
  return {packBits(less), packBits(equal), std::is_floating_point_v<decltype(Read()(T()))> ? packBits(unordered) : 0};
}

uint32_t combine(Combine combine, uint32_t a, uint32_t b) {
  switch (combine) {
  case Combine::And: return a & b;
  case Combine::Or: return a | b;
  case Combine::Xor: return a ^ b;
  default: return a;
  }
}

template <class T, class Read = Same> void setPredicate(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  uint32_t holds = evaluate(instruction.compare, relate<T, Read>(file, instruction));
  uint32_t other = instruction.combine == Combine::None ? 0 : file.predicate(instruction.sources[2]);
  file.setPredicate(instruction.results[0], combine(instruction.combine, holds, other), mask);
  if (instruction.resultCount == 2)
    file.setPredicate(instruction.results[1], combine(instruction.combine, ~holds, other), mask);
}

/// True is ~0, or 1.0.
template <class T, class Read = Same> void setRegister(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  uint32_t holds = evaluate(instruction.compare, relate<T, Read>(file, instruction)), values[32];
  uint32_t truth = instruction.type == Type::F32 ? std::bit_cast<uint32_t>(1.0f) : ~0u;
  for (unsigned lane = 0; lane < 32; ++lane)
    values[lane] = holds >> lane & 1 ? truth : 0;
  file.store<uint32_t>(instruction.results[0], values, mask);
}

LaneFunction findSetp(Type from) {
  switch (from) {
  case Type::B16:
  case Type::U16: return &setPredicate<uint16_t>;
  case Type::B32:
  case Type::U32: return &setPredicate<uint32_t>;
  case Type::B64:
  case Type::U64: return &setPredicate<uint64_t>;
  case Type::S16: return &setPredicate<int16_t>;
  case Type::S32: return &setPredicate<int32_t>;
  case Type::S64: return &setPredicate<int64_t>;
  case Type::F16: return &setPredicate<uint16_t, Widened<binary16>>;
  case Type::BF16: return &setPredicate<uint16_t, Widened<bfloat16>>;
  case Type::F32: return &setPredicate<float>;
  case Type::F64: return &setPredicate<double>;
  default: return nullptr;
  }
}

LaneFunction findSet(Type from) {
  switch (from) {
  case Type::B32:
  case Type::U32: return &setRegister<uint32_t>;
  case Type::B64:
  case Type::U64: return &setRegister<uint64_t>;
  case Type::S32: return &setRegister<int32_t>;
  case Type::S64: return &setRegister<int64_t>;
  case Type::F32: return &setRegister<float>;
  case Type::F64: return &setRegister<double>;
  default: return nullptr;
  }
}

} // namespace

LaneFunction findCompare(const Instruction &instruction) {
  switch (instruction.opcode) {
  case Opcode::Setp: return findSetp(instruction.from);
  case Opcode::Set: return findSet(instruction.from);
  default: return nullptr;
  }
}

} // namespace neap::sim
