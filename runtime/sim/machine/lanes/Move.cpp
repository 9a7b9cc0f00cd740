// Moves, packing, address windows and selection: bits go from place to place unchanged.
#include "neap/runtime/sim/machine/lanes/Lanes.h"

namespace neap::sim {

namespace {

using ptx::Instruction;
using ptx::Opcode;
using ptx::Type;

template <class T> void move(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  T values[32];
  std::memcpy(values, file.lanes<T>(instruction.sources[0]), sizeof values);
  file.store<T>(instruction.results[0], values, mask);
}

void movePredicate(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  file.setPredicate(instruction.results[0], file.predicate(instruction.sources[0]), mask);
}

void pack(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  uint64_t packed[32] = {}, part[32];
  uint32_t bits = 8 * bytesOf(instruction.from);
  for (unsigned i = 0; i < instruction.sourceCount; ++i) {
    file.readBits(instruction.sources[i], part);
    for (unsigned lane = 0; lane < 32; ++lane)
      packed[lane] |= part[lane] << i * bits;
  }
  file.storeBits(instruction.results[0], packed, mask);
}

void unpack(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  uint64_t packed[32], part[32];
  file.readBits(instruction.sources[0], packed);
  uint32_t bits = 8 * bytesOf(instruction.from);
  for (unsigned i = 0; i < instruction.resultCount; ++i) {
    for (unsigned lane = 0; lane < 32; ++lane)
      part[lane] = packed[lane] >> i * bits;
    file.storeBits(instruction.results[i], part, mask);
  }
}

uint64_t windowOf(ptx::Space space) {
  switch (space) {
  case ptx::Space::Shared: return ptx::sharedWindow;
  case ptx::Space::Local: return ptx::localWindow;
  case ptx::Space::Const: return ptx::constWindow;
  default: return 0;
  }
}

void toGeneric(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  uint64_t values[32];
  file.readBits(instruction.sources[0], values);
  for (uint64_t &value : values)
    value += windowOf(instruction.space);
  file.storeBits(instruction.results[0], values, mask);
}

void fromGeneric(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  uint64_t values[32];
  file.readBits(instruction.sources[0], values);
  for (uint64_t &value : values)
    value -= windowOf(instruction.space);
  file.storeBits(instruction.results[0], values, mask);
}

template <class T> void select(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  const auto *a = file.lanes<T>(instruction.sources[0]), *b = file.lanes<T>(instruction.sources[1]);
  uint32_t chosen = file.predicate(instruction.sources[2]);
  T values[32];
  for (unsigned lane = 0; lane < 32; ++lane)
    values[lane] = chosen >> lane & 1 ? a[lane] : b[lane];
  file.store<T>(instruction.results[0], values, mask);
}

/// slct: the first source where the selector is not negative. A NaN selects the second; -0 counts as not negative.
template <class T, class Selector> void selectBySign(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  const auto *a = file.lanes<T>(instruction.sources[0]), *b = file.lanes<T>(instruction.sources[1]);
  const auto *selector = file.lanes<Selector>(instruction.sources[2]);
  T values[32];
  for (unsigned lane = 0; lane < 32; ++lane)
    values[lane] = selector[lane] >= 0 ? a[lane] : b[lane];
  file.store<T>(instruction.results[0], values, mask);
}

template <class T> LaneFunction slctFunction(Type selector) {
  return selector == Type::F32 ? &selectBySign<T, float> : &selectBySign<T, int32_t>;
}

LaneFunction findSelect(const Instruction &instruction) {
  bool isSlct = instruction.opcode == Opcode::Slct;
  switch (bytesOf(instruction.type)) {
  case 2: return isSlct ? slctFunction<uint16_t>(instruction.from) : &select<uint16_t>;
  case 4: return isSlct ? slctFunction<uint32_t>(instruction.from) : &select<uint32_t>;
  default: return isSlct ? slctFunction<uint64_t>(instruction.from) : &select<uint64_t>;
  }
}

LaneFunction findMov(Type type) {
  if (type == Type::Pred)
    return &movePredicate;
  switch (bytesOf(type)) {
  case 2: return &move<uint16_t>;
  case 4: return &move<uint32_t>;
  default: return &move<uint64_t>;
  }
}

} // namespace

LaneFunction findMove(const Instruction &instruction) {
  switch (instruction.opcode) {
  case Opcode::Mov: return findMov(instruction.type);
  case Opcode::Pack: return &pack;
  case Opcode::Unpack: return &unpack;
  case Opcode::ToGeneric: return &toGeneric;
  case Opcode::FromGeneric: return &fromGeneric;
  case Opcode::Selp:
  case Opcode::Slct: return findSelect(instruction);
  default: return nullptr;
  }
}

} // namespace neap::sim
