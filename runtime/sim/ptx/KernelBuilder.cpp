// The layout of a register file: every register starts at a multiple of 64 bytes, for the sake of vector instructions.
#include "neap/runtime/sim/ptx/KernelBuilder.h"

#include <algorithm>

namespace neap::sim::ptx {

namespace {

constexpr uint32_t fileAlignment = 64;

uint64_t alignUp(uint64_t value, uint64_t alignment) { return (value + alignment - 1) / alignment * alignment; }

} // namespace

void place(std::vector<Variable> &variables, Variable variable) {
  uint64_t end = spaceBase;
  for (const Variable &other : variables)
    if (!other.dynamic)
      end = std::max(end, other.address + other.bytes + variableGap);
  variable.address = alignUp(end, std::max<uint64_t>(variable.alignment, maxAccessBytes));
  variables.push_back(std::move(variable));
}

uint32_t KernelBuilder::reserve(uint32_t bytes) {
  uint32_t offset = kernel.fileBytes;
  kernel.fileBytes += uint32_t(alignUp(bytes, fileAlignment));
  return offset;
}

Operand KernelBuilder::addRegister(const std::string &name, Type type) {
  Operand operand;
  operand.kind = type == Type::Pred ? Operand::Kind::Predicate : Operand::Kind::Register;
  operand.bytes = uint8_t(bytesOf(type));
  operand.slot = uint32_t(kernel.registers.size());
  operand.offset = reserve(type == Type::Pred ? bytesOf(type) : bytesOf(type) * lanes);
  kernel.registers.push_back({name, type});
  return operand;
}

Operand KernelBuilder::constant(uint64_t value, uint32_t bytes, int32_t global) {
  auto [entry, isNew] = constants_.try_emplace({value, bytes, global});
  if (isNew) {
    entry->second.kind = Operand::Kind::Constant;
    entry->second.bytes = uint8_t(bytes);
    entry->second.offset = reserve(bytes * lanes);
    kernel.constants.push_back({entry->second.offset, uint8_t(bytes), value, global});
  }
  return entry->second;
}

// All lanes of the word 0 or ~0 are equal, so its first lane serves as a predicate's word.
Operand KernelBuilder::predicateConstant(bool value) { return constant(value ? 0xffffffff : 0, 4); }

Operand KernelBuilder::special(Special special) {
  auto [entry, isNew] = specials_.try_emplace(special);
  if (isNew) {
    entry->second.kind = Operand::Kind::Constant;
    entry->second.bytes = 4;
    entry->second.offset = reserve(4 * lanes);
    kernel.specials.push_back({special, entry->second.offset});
  }
  return entry->second;
}

uint64_t KernelBuilder::sharedAddress(const VariableSyntax &variable) {
  auto [entry, isNew] = shared_.try_emplace(variable.name);
  if (isNew && variable.dynamic) {
    kernel.shared.push_back({variable.name, dynamicSharedBase, 0, variable.alignment, true, {}});
    entry->second = dynamicSharedBase;
  } else if (isNew) {
    place(kernel.shared, {variable.name, 0, variable.bytes, variable.alignment, false, {}});
    entry->second = kernel.shared.back().address;
  }
  return entry->second;
}

uint64_t KernelBuilder::addLocal(const VariableSyntax &variable) {
  place(kernel.local, {variable.name, 0, variable.bytes, variable.alignment, false, {}});
  const Variable &last = kernel.local.back();
  kernel.localBytes = uint32_t(last.address + last.bytes - spaceBase);
  return last.address;
}

} // namespace neap::sim::ptx
