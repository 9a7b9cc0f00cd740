// Allocation, and copies with their checks.
#include "neap/runtime/sim/memory/DeviceMemory.h"

#include <charconv>
#include <cstring>
#include <utility>

namespace neap::sim {

namespace {

uint64_t alignUp(uint64_t value, uint64_t alignment) { return (value + alignment - 1) / alignment * alignment; }

std::string quoted(const std::string &name, uint64_t bytes, uint64_t base) {
  return "'" + name + "' (" + std::to_string(bytes) + " bytes at " + hex(base) + ")";
}

std::string quoted(const Region &region) { return quoted(region.name, region.bytes, region.base); }

std::string range(uint64_t address, uint64_t bytes) { return std::to_string(bytes) + " bytes at " + hex(address); }

} // namespace

std::string hex(uint64_t address) {
  char digits[18] = "0x";
  auto [end, code] = std::to_chars(digits + 2, digits + sizeof digits, address, 16);
  return std::string(digits, end);
}

uint64_t DeviceMemory::allocate(uint64_t bytes, std::string name) {
  if (bytes == 0)
    throw MemoryError("cannot allocate 0 bytes for '" + name + "'");
  if (bytes > capacity_ - used_)
    throw OutOfMemory("cannot allocate " + std::to_string(bytes) + " bytes for '" + name +
                      "': " + std::to_string(used_) + " of " + std::to_string(capacity_) + " are in use");
  uint64_t base = next_;
  next_ = alignUp(base + bytes + gap, alignment);
  used_ += bytes;
  regions_.emplace(base, std::make_unique<Region>(std::move(name), base, bytes));
  return base;
}

void DeviceMemory::free(uint64_t address) {
  auto found = regions_.find(address);
  if (found == regions_.end())
    throw MemoryError("cannot free " + hex(address) + ": " + describe(address));
  used_ -= found->second->bytes;
  freed_[address] = {found->second->name, found->second->bytes};
  regions_.erase(found);
}

const Region *DeviceMemory::find(uint64_t address) const {
  auto after = regions_.upper_bound(address);
  if (after == regions_.begin())
    return nullptr;
  const Region *region = std::prev(after)->second.get();
  return region->contains(address, 1) ? region : nullptr;
}

Region *DeviceMemory::find(uint64_t address) { return const_cast<Region *>(std::as_const(*this).find(address)); }

const Region &DeviceMemory::require(const char *operation, uint64_t address, uint64_t bytes) const {
  const Region *region = find(address);
  if (!region || !region->contains(address, bytes))
    throw MemoryError(std::string("cannot ") + operation + " " + range(address, bytes) + ": the first is " +
                      describe(address));
  return *region;
}

Region &DeviceMemory::require(const char *operation, uint64_t address, uint64_t bytes) {
  return const_cast<Region &>(std::as_const(*this).require(operation, address, bytes));
}

void DeviceMemory::copyIn(uint64_t address, const void *source, uint64_t bytes) {
  if (bytes == 0)
    return;
  Region &region = require("copy in", address, bytes);
  std::memcpy(region.data.data() + (address - region.base), source, bytes);
  region.initialised.set(address - region.base, bytes);
}

void DeviceMemory::copyOut(void *target, uint64_t address, uint64_t bytes) const {
  if (bytes == 0)
    return;
  const Region &region = require("copy out", address, bytes);
  uint64_t offset = address - region.base, missing = region.initialised.firstClear(offset, bytes);
  if (missing != offset + bytes)
    throw MemoryError("cannot copy out " + range(address, bytes) + ": nobody has written the byte " +
                      describe(region.base + missing));
  std::memcpy(target, region.data.data() + offset, bytes);
}

void DeviceMemory::copyOutRaw(void *target, uint64_t address, uint64_t bytes) const {
  if (bytes == 0)
    return;
  const Region &region = require("copy out", address, bytes);
  uint64_t offset = address - region.base;
  std::memcpy(target, region.data.data() + offset, bytes);
  for (uint64_t i = 0; i < bytes; ++i)
    if (!region.initialised.at(offset + i))
      static_cast<uint8_t *>(target)[i] = uninitialisedByte;
}

void DeviceMemory::copy(uint64_t target, uint64_t source, uint64_t bytes) {
  if (bytes == 0)
    return;
  const Region &from = require("copy from", source, bytes);
  Region &to = require("copy to", target, bytes);
  if (source < target + bytes && target < source + bytes)
    throw MemoryError("cannot copy " + range(source, bytes) + " to " + hex(target) + ": they overlap");
  std::memcpy(to.data.data() + (target - to.base), from.data.data() + (source - from.base), bytes);
  to.initialised.set(target - to.base, bytes);
  for (uint64_t i = 0; i < bytes;) {
    uint64_t offset = source - from.base + i, missing = from.initialised.firstClear(offset, bytes - i);
    i += missing - offset;
    for (; i < bytes && !from.initialised.at(source - from.base + i); ++i)
      to.initialised.clear(target - to.base + i, 1);
  }
}

void DeviceMemory::fill(uint64_t address, uint8_t value, uint64_t bytes) {
  if (bytes == 0)
    return;
  Region &region = require("fill", address, bytes);
  std::memset(region.data.data() + (address - region.base), value, bytes);
  region.initialised.set(address - region.base, bytes);
}

void DeviceMemory::poison(uint64_t address, uint64_t bytes) {
  if (bytes == 0)
    return;
  Region &region = require("poison", address, bytes);
  region.initialised.clear(address - region.base, bytes);
}

bool DeviceMemory::isInitialised(uint64_t address, uint64_t bytes) const {
  const Region &region = require("look at", address, bytes);
  return region.initialised.all(address - region.base, bytes);
}

std::string DeviceMemory::describe(uint64_t address) const {
  auto after = regions_.upper_bound(address);
  const Region *before = after == regions_.begin() ? nullptr : std::prev(after)->second.get();
  if (before && before->contains(address, 1))
    return std::to_string(address - before->base) + " bytes into " + quoted(*before);
  if (std::string freed = describeFreed(address); !freed.empty())
    return freed;
  if (before && address - before->end() < gap)
    return std::to_string(address - before->end()) + " bytes past the end of " + quoted(*before);
  if (after != regions_.end() && after->first - address <= gap)
    return std::to_string(after->first - address) + " bytes before " + quoted(*after->second);
  return "in no allocation";
}

/// Empty if `address` lies in nothing that was freed.
std::string DeviceMemory::describeFreed(uint64_t address) const {
  auto after = freed_.upper_bound(address);
  if (after == freed_.begin())
    return {};
  auto &[base, freed] = *std::prev(after);
  if (address - base >= freed.bytes)
    return {};
  return std::to_string(address - base) + " bytes into " + quoted(freed.name, freed.bytes, base) + ", which was freed";
}

void DeviceMemory::collect(const Clock &clock, IntervalSet &reads, IntervalSet &writes) const {
  for (auto &[base, region] : regions_)
    region->shadow.collect(base, clock, reads, writes);
}

} // namespace neap::sim
