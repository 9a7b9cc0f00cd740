// Spaces, regions and declared ranges.
#include "neap/runtime/sim/machine/BlockMemory.h"

#include <algorithm>

namespace neap::sim {

using ptx::Space;

BlockMemory::BlockMemory(const Executable &executable, const Launch &launch, DeviceMemory &memory)
    : executable_(executable), launch_(launch), memory_(memory), localBytes_(executable.kernel().localBytes),
      localData_(localBytes_ * launch.block.count()), localInitialised_(localData_.size()) {
  clock_.oldest = memory.nextEra();
  for (const ptx::Variable &variable : executable.kernel().shared) {
    uint64_t bytes = variable.dynamic ? launch.dynamicSharedBytes : variable.bytes;
    if (bytes == 0)
      continue;
    shared_.push_back(std::make_unique<Region>(variable.name, variable.address, bytes));
    shared_.back()->isVariable = true;
  }
}

void BlockMemory::startBlock(Dim3 position) {
  position_ = position;
  clock_.block = clock_.now = memory_.nextEra();
  sharedClock_ = {clock_.now, clock_.now, clock_.now};
  starts_.push_back({clock_.now, position_});
  for (std::unique_ptr<Region> &region : shared_)
    region->initialised.clear(0, region->bytes);
  std::fill(localInitialised_.begin(), localInitialised_.end(), std::byte(0));
}

void BlockMemory::passBarrier() { clock_.now = sharedClock_.now = memory_.nextEra(); }

Location BlockMemory::resolve(Space space, uint64_t address) {
  if (space != Space::Generic)
    return {space, address};
  if (address - ptx::sharedWindow < ptx::windowBytes)
    return {Space::Shared, address - ptx::sharedWindow};
  if (address - ptx::localWindow < ptx::windowBytes)
    return {Space::Local, address - ptx::localWindow};
  if (address - ptx::constWindow < ptx::windowBytes)
    return {Space::Const, address - ptx::constWindow};
  return {Space::Global, address};
}

namespace {

Region *findIn(const std::vector<std::unique_ptr<Region>> &regions, uint64_t address) {
  for (const std::unique_ptr<Region> &region : regions)
    if (region->contains(address, 1))
      return region.get();
  return nullptr;
}

} // namespace

Region *BlockMemory::find(const Location &location) {
  switch (location.space) {
  case Space::Shared:
    if (!lastShared_ || !lastShared_->contains(location.address, 1))
      lastShared_ = findIn(shared_, location.address);
    return lastShared_;
  case Space::Const: return findIn(executable_.module().constants(), location.address);
  case Space::Global:
    if (!lastGlobal_ || !lastGlobal_->contains(location.address, 1))
      lastGlobal_ = memory_.find(location.address);
    return lastGlobal_;
  default: return nullptr;
  }
}

namespace {

/// Finds the place that an address lies in or next to.
class NearestPlace {
public:
  /// Places further than `reach` bytes away do not count.
  NearestPlace(uint64_t address, uint64_t reach) : address_(address), distance_(reach + 1) {}

  void look(const std::string &name, uint64_t base, uint64_t bytes) {
    uint64_t offset = address_ - base;
    bool isInside = offset < bytes, isBehind = address_ >= base;
    uint64_t away = isInside ? 0 : isBehind ? offset - bytes : base - address_;
    if (isInside_ || (away >= distance_ && !isInside))
      return;
    isInside_ = isInside;
    distance_ = away;
    text_ = std::to_string(isInside ? offset : away) +
            (isInside   ? " bytes into '"
             : isBehind ? " bytes past the end of '"
                        : " bytes before '") +
            name + "' (" + std::to_string(bytes) + " bytes)";
  }

  /// Empty if there is none.
  const std::string &text() const { return text_; }

private:
  uint64_t address_, distance_;
  bool isInside_ = false;
  std::string text_;
};

/// How far from a declared range its name is still of interest.
constexpr uint64_t rangeReach = 4096;

} // namespace

std::string BlockMemory::describe(const Location &location) const {
  if (location.space == Space::Global)
    return memory_.describe(location.address) + describeRange(location.address);
  NearestPlace nearest(location.address, ptx::variableGap);
  if (location.space == Space::Local)
    for (const ptx::Variable &variable : executable_.kernel().local)
      nearest.look(variable.name, variable.address, variable.bytes);
  else if (location.space == Space::Param)
    for (const ptx::Parameter &parameter : executable_.kernel().parameters)
      nearest.look(parameter.name, ptx::spaceBase + parameter.address, parameter.bytes);
  else
    for (const auto &region : location.space == Space::Const ? executable_.module().constants() : shared_)
      nearest.look(region->name, region->base, region->bytes);
  return (nearest.text().empty() ? "in no variable" : nearest.text()) + " of ." + std::string(nameOf(location.space));
}

/// Where an address lies among the ranges that the launch declares.
std::string BlockMemory::describeRange(uint64_t address) const {
  NearestPlace nearest(address, rangeReach);
  if (launch_.ranges)
    for (const DeclaredRange &range : *launch_.ranges)
      nearest.look(range.name, range.address, range.bytes);
  return nearest.text().empty() ? "" : "; as declared, " + nearest.text();
}

namespace {

bool covers(const DeclaredRange &range, uint64_t address, uint64_t bytes) {
  return address >= range.address && bytes <= range.bytes && address - range.address <= range.bytes - bytes;
}

} // namespace

bool BlockMemory::isDeclared(const Region &region, uint64_t address, uint64_t bytes, bool writes) {
  if (!launch_.ranges || region.isVariable)
    return true;
  auto allows = [&](const DeclaredRange &range) {
    return (writes ? range.writable : range.readable) && covers(range, address, bytes);
  };
  if (lastRange_ && allows(*lastRange_))
    return true;
  for (const DeclaredRange &range : *launch_.ranges)
    if (allows(range))
      return lastRange_ = &range, true;
  return false;
}

std::string BlockMemory::whyUndeclared(uint64_t address, uint64_t bytes, bool writes) const {
  for (const DeclaredRange &range : *launch_.ranges)
    if (covers(range, address, bytes))
      return "'" + range.name + "' is declared as " + (writes ? "read" : "written") + " only";
  for (const DeclaredRange &range : *launch_.ranges)
    if (address < range.address + range.bytes && range.address < address + bytes)
      return "only part of it lies in '" + range.name + "'";
  return "the launch declares no range there";
}

std::optional<uint64_t> BlockMemory::offsetIn(const std::vector<ptx::Variable> &variables, uint64_t address,
                                              uint32_t bytes) {
  for (const ptx::Variable &variable : variables)
    if (address >= variable.address && bytes <= variable.bytes && address - variable.address <= variable.bytes - bytes)
      return address;
  return std::nullopt;
}

std::optional<uint64_t> BlockMemory::localOffset(uint64_t address, uint32_t bytes) const {
  std::optional<uint64_t> found = offsetIn(executable_.kernel().local, address, bytes);
  return found ? std::optional(*found - ptx::spaceBase) : std::nullopt;
}

std::optional<uint64_t> BlockMemory::parameterOffset(uint64_t address, uint32_t bytes) const {
  return offsetIn(executable_.kernel().parameters, address - ptx::spaceBase, bytes);
}

bool BlockMemory::isLocalInitialised(uint32_t thread, uint64_t offset, uint32_t bytes) const {
  const std::byte *flags = &localInitialised_[thread * localBytes_ + offset];
  return std::all_of(flags, flags + bytes, [](std::byte flag) { return flag != std::byte(0); });
}

void BlockMemory::markLocal(uint32_t thread, uint64_t offset, uint32_t bytes) {
  std::fill_n(&localInitialised_[thread * localBytes_ + offset], bytes, std::byte(1));
}

Dim3 BlockMemory::blockOf(uint64_t stamp) const {
  auto after = std::upper_bound(starts_.begin(), starts_.end(), stamp::eraOf(stamp),
                                [](uint64_t era, const BlockStart &start) { return era < start.era; });
  return after == starts_.begin() ? position_ : std::prev(after)->position;
}

} // namespace neap::sim
