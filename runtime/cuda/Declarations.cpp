// From the manifest's slots and entries to declarations.
#include "neap/runtime/cuda/Declarations.h"

#include <algorithm>

namespace neap::runtime {

namespace {

/// "input 1 of launch 17"
std::string nameOperand(const ProgramEntry &entry, size_t operand, const std::string &name) {
  if (operand >= entry.operands.size())
    return "workspace of " + name;
  bool isInput = operand < entry.inputs;
  return (isInput ? "input " : "result ") + std::to_string(isInput ? operand : operand - entry.inputs) + " of " + name;
}

std::string nameEntry(const ProgramEntry &entry, const Manifest &manifest) {
  const char *kinds[] = {"launch ", "copy ", "observation "};
  return kinds[size_t(entry.kind)] + std::to_string(&entry - manifest.program.data());
}

} // namespace

cuda::DeclaredAccess Declarations::access(const Operand &operand, bool isRead, const char *name) const {
  bool isFar = operand.space == Space::Far;
  cuda::DevicePointer address = (isFar ? reinterpret_cast<uintptr_t>(far_) : arena_) + operand.offset;
  return {address, operand.bytes, isRead, !isRead, name, uint32_t(operand.slot), isFar};
}

void Declarations::operation(const ProgramEntry &entry, const std::vector<Operand> &operands) const {
  if (!driver_.declareAccesses)
    return;
  std::string name = nameEntry(entry, manifest_);
  std::vector<std::string> names; // the accesses point into them
  for (size_t i = 0; i < operands.size(); ++i)
    names.push_back(nameOperand(entry, i, name));
  std::vector<cuda::DeclaredAccess> accesses;
  for (size_t i = 0; i < operands.size(); ++i)
    accesses.push_back(access(operands[i], i < entry.inputs, names[i].c_str()));
  driver_.declareAccesses(accesses.data(), accesses.size());
  driver_.describeOperation((name + " of the step" + (entry.origin.empty() ? "" : ", from " + entry.origin)).c_str());
}

void Declarations::hostAccesses(uint64_t offset, uint64_t bytes, bool ArenaSlot::*isAlive, bool isRead) const {
  if (!driver_.declareAccesses)
    return;
  std::vector<cuda::DeclaredAccess> accesses;
  for (size_t i = 0; i < manifest_.slots.size(); ++i) {
    const ArenaSlot &slot = manifest_.slots[i];
    if (slot.space == Space::Device && slot.*isAlive && slot.offset >= offset &&
        slot.offset + slot.bytes <= offset + bytes)
      accesses.push_back(access({slot.offset, slot.bytes, i}, isRead, ""));
  }
  driver_.declareAccesses(accesses.data(), accesses.size());
}

void Declarations::hostWrites(uint64_t offset, uint64_t bytes) const {
  hostAccesses(offset, bytes, &ArenaSlot::aliveBefore, false);
}

void Declarations::hostReads(uint64_t offset, uint64_t bytes) const {
  hostAccesses(offset, bytes, &ArenaSlot::aliveAfter, true);
}

/// What no slot keeps that is alive when a step begins.
std::vector<Operand> Declarations::findGaps(Space space, uint64_t bytes) const {
  std::vector<ArenaSlot> kept;
  std::copy_if(manifest_.slots.begin(), manifest_.slots.end(), std::back_inserter(kept),
               [space](const ArenaSlot &slot) { return slot.aliveBefore && slot.space == space; });
  std::sort(kept.begin(), kept.end(), [](const ArenaSlot &a, const ArenaSlot &b) { return a.offset < b.offset; });
  kept.push_back({bytes, 0, true, true});
  std::vector<Operand> gaps;
  uint64_t end = 0;
  for (const ArenaSlot &slot : kept) {
    if (slot.offset > end)
      gaps.push_back({end, slot.offset - end});
    end = std::max(end, slot.offset + slot.bytes);
  }
  return gaps;
}

cuda::Result Declarations::beginStep() const {
  if (!driver_.poison)
    return cuda::Result::Success;
  for (const Operand &gap : findGaps(Space::Device, manifest_.arenaBytes))
    if (cuda::Result result = driver_.poison(arena_ + gap.offset, gap.bytes); result != cuda::Result::Success)
      return result;
  for (const Operand &gap : findGaps(Space::Far, manifest_.farBytes))
    if (cuda::Result result = driver_.poisonHost(far_ + gap.offset, gap.bytes); result != cuda::Result::Success)
      return result;
  return cuda::Result::Success;
}

} // namespace neap::runtime
