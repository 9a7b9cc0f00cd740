// From the manifest's slots and entries to declarations.
#include "neap/runtime/cuda/Declarations.h"

#include <algorithm>

namespace neap::runtime {

namespace {

/// "input 1 of launch 17"
std::string nameOperand(const std::string &entry, size_t operand, size_t inputs) {
  bool isInput = operand < inputs;
  return (isInput ? "input " : "result ") + std::to_string(isInput ? operand : operand - inputs) + " of " + entry;
}

std::string nameEntry(const ProgramEntry &entry, const Manifest &manifest) {
  const char *kinds[] = {"launch ", "copy ", "observation "};
  return kinds[size_t(entry.kind)] + std::to_string(&entry - manifest.program.data());
}

} // namespace

void Declarations::operation(const ProgramEntry &entry) const {
  if (!driver_.declareAccesses)
    return;
  std::string name = nameEntry(entry, manifest_);
  std::vector<std::string> names; // the accesses point into them
  for (size_t i = 0; i < entry.operands.size(); ++i)
    names.push_back(nameOperand(name, i, entry.inputs));
  std::vector<cuda::DeclaredAccess> accesses;
  for (size_t i = 0; i < entry.operands.size(); ++i) {
    const Operand &operand = entry.operands[i];
    bool isRead = i < entry.inputs;
    accesses.push_back(
        {arena_ + operand.offset, operand.bytes, isRead, !isRead, names[i].c_str(), uint32_t(operand.slot)});
  }
  driver_.declareAccesses(accesses.data(), accesses.size());
  driver_.describeOperation((name + " of the step" + (entry.origin.empty() ? "" : ", from " + entry.origin)).c_str());
}

void Declarations::hostAccesses(uint64_t offset, uint64_t bytes, bool ArenaSlot::*isAlive, bool isRead) const {
  if (!driver_.declareAccesses)
    return;
  std::vector<cuda::DeclaredAccess> accesses;
  for (size_t i = 0; i < manifest_.slots.size(); ++i) {
    const ArenaSlot &slot = manifest_.slots[i];
    if (slot.*isAlive && slot.offset >= offset && slot.offset + slot.bytes <= offset + bytes)
      accesses.push_back({arena_ + slot.offset, slot.bytes, isRead, !isRead, "", uint32_t(i)});
  }
  driver_.declareAccesses(accesses.data(), accesses.size());
}

void Declarations::hostWrites(uint64_t offset, uint64_t bytes) const {
  hostAccesses(offset, bytes, &ArenaSlot::aliveBefore, false);
}

void Declarations::hostReads(uint64_t offset, uint64_t bytes) const {
  hostAccesses(offset, bytes, &ArenaSlot::aliveAfter, true);
}

cuda::Result Declarations::beginStep() const {
  if (!driver_.poison)
    return cuda::Result::Success;
  std::vector<ArenaSlot> kept;
  std::copy_if(manifest_.slots.begin(), manifest_.slots.end(), std::back_inserter(kept),
               [](const ArenaSlot &slot) { return slot.aliveBefore; });
  std::sort(kept.begin(), kept.end(), [](const ArenaSlot &a, const ArenaSlot &b) { return a.offset < b.offset; });
  kept.push_back({manifest_.arenaBytes, 0, true, true});
  uint64_t end = 0;
  for (const ArenaSlot &slot : kept) {
    if (slot.offset > end)
      if (cuda::Result result = driver_.poison(arena_ + end, slot.offset - end); result != cuda::Result::Success)
        return result;
    end = std::max(end, slot.offset + slot.bytes);
  }
  return cuda::Result::Success;
}

} // namespace neap::runtime
