// First the way of whole warps, then of single lanes, then what both need.
#include "neap/runtime/sim/machine/MemoryUnit.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace neap::sim {

using ptx::Instruction;
using ptx::Space;

void MemoryUnit::load(Warp &warp, const Instruction &instruction, uint32_t mask) {
  Access access = prepare(warp, instruction, mask, false);
  Buffer buffer;
  if (!accessRun(access, buffer) && !loadUniform(access, buffer) && !accessTogether(access, buffer)) {
    std::memset(buffer.bytes, DeviceMemory::uninitialisedByte, 32 * access.bytes);
    for (uint32_t lane = 0; lane < 32; ++lane)
      if (mask >> lane & 1)
        accessLane(access, lane, &buffer.bytes[lane * access.bytes]);
  }
  scatter(access, buffer);
}

void MemoryUnit::store(Warp &warp, const Instruction &instruction, uint32_t mask) {
  Access access = prepare(warp, instruction, mask, true);
  Buffer buffer;
  gather(access, buffer);
  if (accessRun(access, buffer) || accessTogether(access, buffer))
    return;
  for (uint32_t lane = 0; lane < 32; ++lane)
    if (mask >> lane & 1)
      accessLane(access, lane, &buffer.bytes[lane * access.bytes]);
}

MemoryUnit::Access MemoryUnit::prepare(Warp &warp, const Instruction &instruction, uint32_t mask, bool writes) const {
  Access access{warp, instruction, mask, writes, instruction.vector * bytesOf(instruction.type), {}};
  warp.file().readBits(instruction.sources[0], access.addresses);
  for (uint64_t &address : access.addresses)
    address += uint64_t(instruction.displacement);
  if (observer_)
    observe(access);
  return access;
}

void MemoryUnit::observe(const Access &access) const {
  for (uint32_t lane = 0; lane < 32; ++lane)
    if (access.mask >> lane & 1) {
      Location location = BlockMemory::resolve(access.instruction.space, access.addresses[lane]);
      observer_->access(location.space, location.address, access.bytes, access.writes);
    }
}

uint64_t MemoryUnit::stampOf(const Access &access, uint32_t lane, const Clock &clock) const {
  return stamp::make(clock.now, access.warp.syncs, access.threadOf(lane));
}

/// Whether `bytes` bytes at `location` lie in the region and may be accessed. Alignment is another matter.
bool MemoryUnit::isFine(const Access &access, const Region *region, const Location &location, uint64_t bytes) {
  return region && region->contains(location.address, bytes) && !(access.writes && region->readOnly) &&
         memory_.isDeclared(*region, location.address, bytes, access.writes);
}

namespace {

/// Whether lane i accesses the bytes right behind those of lane i - 1.
bool isRun(const uint64_t (&addresses)[32], uint32_t bytes) {
  uint64_t different = 0;
  for (uint64_t lane = 0; lane < 32; ++lane)
    different |= addresses[lane] ^ (addresses[0] + lane * bytes);
  return different == 0;
}

bool isUniform(const uint64_t (&addresses)[32]) {
  uint64_t different = 0;
  for (uint64_t address : addresses)
    different |= address ^ addresses[0];
  return different == 0;
}

} // namespace

bool MemoryUnit::accessRun(const Access &access, Buffer &buffer) {
  uint32_t total = 32 * access.bytes;
  if (access.mask != allLanes || !isRun(access.addresses, access.bytes))
    return false;
  Location location = BlockMemory::resolve(access.instruction.space, access.addresses[0]);
  Region *region = memory_.find(location);
  if (!isFine(access, region, location, total) || location.address % access.bytes != 0)
    return false;
  uint64_t offset = location.address - region->base;
  const Clock &clock = memory_.clockOf(location.space);
  uint64_t stamp = stampOf(access, 0, clock);
  if (access.writes) {
    if (!region->shadow.writeRun(offset, access.bytes, stamp, clock))
      return false;
    std::memcpy(region->data.data() + offset, buffer.bytes, total);
    region->initialised.set(offset, total);
    return true;
  }
  bool isConstant = region->readOnly;
  if (!region->initialised.all(offset, total) ||
      (!isConstant && !region->shadow.readRun(offset, access.bytes, stamp, clock, access.instruction.nonCoherent)))
    return false;
  std::memcpy(buffer.bytes, region->data.data() + offset, total);
  return true;
}

/// All lanes load the same bytes: one access by the first lane and one by the last say as much as 32. Other lanes do
/// not matter as nobody reads their results.
bool MemoryUnit::loadUniform(const Access &access, Buffer &buffer) {
  if (access.mask != allLanes || !isUniform(access.addresses))
    return false;
  Location location = BlockMemory::resolve(access.instruction.space, access.addresses[0]);
  if (location.space == Space::Param) {
    accessLane(access, 0, buffer.bytes);
  } else {
    Region *region = memory_.find(location);
    if (!isFine(access, region, location, access.bytes) ||
        !region->initialised.all(location.address - region->base, access.bytes))
      return false;
    accessLane(access, 0, buffer.bytes);
    accessLane(access, 31, buffer.bytes);
  }
  for (uint32_t lane = 1; lane < 32; ++lane)
    std::memcpy(&buffer.bytes[lane * access.bytes], buffer.bytes, access.bytes);
  return true;
}

/// Any lanes, anywhere in one region, if everything between the first and the last byte may be accessed.
bool MemoryUnit::accessTogether(const Access &access, Buffer &buffer) {
  uint64_t low = ~uint64_t(0), high = 0, bits = 0;
  for (uint32_t lane = 0; lane < 32; ++lane)
    if (access.mask >> lane & 1) {
      low = std::min(low, access.addresses[lane]);
      high = std::max(high, access.addresses[lane]);
      bits |= access.addresses[lane];
    }
  Location location = BlockMemory::resolve(access.instruction.space, low);
  uint64_t bytes = high - low + access.bytes;
  Region *region = memory_.find(location);
  if (!isFine(access, region, location, bytes) || bits % access.bytes != 0)
    return false;
  if (!access.writes && !region->initialised.all(location.address - region->base, bytes))
    return false;
  uint64_t offsets[32];
  for (uint32_t lane = 0; lane < 32; ++lane)
    offsets[lane] = access.addresses[lane] - low + location.address - region->base;
  checkLanes(access, offsets, *region);
  access.writes ? copyLanes(access, offsets, *region, buffer) : fetchLanes(access, offsets, *region, buffer);
  return true;
}

void MemoryUnit::checkLanes(const Access &access, const uint64_t (&offsets)[32], Region &region) {
  if (region.readOnly)
    return;
  Space space = BlockMemory::resolve(access.instruction.space, access.addresses[std::countr_zero(access.mask)]).space;
  const Clock &clock = memory_.clockOf(space);
  uint64_t stamp = stampOf(access, 0, clock);
  uint32_t lane = 0;
  Conflict conflict = access.writes ? region.shadow.writeLanes(offsets, access.mask, access.bytes, stamp, clock, lane)
                                    : region.shadow.readLanes(offsets, access.mask, access.bytes, stamp, clock,
                                                              access.instruction.nonCoherent, lane);
  if (conflict)
    reportConflict(access, lane, {space, region.base + offsets[lane]}, conflict);
}

namespace {

/// Calls `copy` with the size as a constant, so that copies of usual sizes are single instructions.
template <class Copy> void withSize(uint32_t bytes, Copy copy) {
  switch (bytes) {
  case 4: return copy(std::integral_constant<uint32_t, 4>());
  case 8: return copy(std::integral_constant<uint32_t, 8>());
  case 16: return copy(std::integral_constant<uint32_t, 16>());
  default: return copy(bytes);
  }
}

} // namespace

void MemoryUnit::fetchLanes(const Access &access, const uint64_t (&offsets)[32], const Region &region, Buffer &buffer) {
  const std::byte *data = region.data.data();
  withSize(access.bytes, [&](auto bytes) {
    for (uint32_t lane = 0; lane < 32; ++lane)
      if (access.mask >> lane & 1)
        std::memcpy(&buffer.bytes[lane * bytes], data + offsets[lane], bytes);
  });
}

void MemoryUnit::copyLanes(const Access &access, const uint64_t (&offsets)[32], Region &region, const Buffer &buffer) {
  std::byte *data = region.data.data();
  withSize(access.bytes, [&](auto bytes) {
    for (uint32_t lane = 0; lane < 32; ++lane)
      if (access.mask >> lane & 1) {
        std::memcpy(data + offsets[lane], &buffer.bytes[lane * bytes], bytes);
        region.initialised.set(offsets[lane], bytes);
      }
  });
}

/// `detail` is asked for its text only if the report is wanted.
template <class Detail>
void MemoryUnit::report(const Access &access, uint32_t lane, Fault fault, const Location &location, Detail detail) {
  if (!reporter_.wants(fault, access.instruction))
    return;
  std::string what = (access.writes ? "writes " : "reads ") + std::to_string(access.bytes) + " bytes at " +
                     hex(location.address) + " in ." + std::string(nameOf(location.space)) + ": " + detail();
  reporter_.add(fault, access.instruction, access.warp.index(), lane, location.address, std::move(what));
}

void MemoryUnit::accessLane(const Access &access, uint32_t lane, std::byte *bytes) {
  Location location = BlockMemory::resolve(access.instruction.space, access.addresses[lane]);
  switch (location.space) {
  case Space::Param: return readParameter(access, lane, location, bytes);
  case Space::Local: return accessLocal(access, lane, location, bytes);
  default: return accessRegion(access, lane, location, bytes);
  }
}

void MemoryUnit::accessRegion(const Access &access, uint32_t lane, const Location &location, std::byte *bytes) {
  Region *region = memory_.find(location);
  if (!checkRegion(access, lane, location, region))
    return;
  uint64_t offset = location.address - region->base;
  if (!region->readOnly)
    checkOrder(access, lane, location, *region);
  if (access.writes) {
    std::memcpy(region->data.data() + offset, bytes, access.bytes);
    region->initialised.set(offset, access.bytes);
    return;
  }
  uint64_t missing = region->initialised.firstClear(offset, access.bytes);
  if (missing == offset + access.bytes)
    std::memcpy(bytes, region->data.data() + offset, access.bytes);
  else
    report(access, lane, Fault::Uninitialised, location,
           [&] { return "nobody has written the byte " + memory_.describe({location.space, region->base + missing}); });
}

/// Whether the access may happen at all; reports why not.
bool MemoryUnit::checkRegion(const Access &access, uint32_t lane, const Location &location, const Region *region) {
  if (!region || !region->contains(location.address, access.bytes)) {
    report(access, lane, Fault::OutOfBounds, location, [&] {
      std::string where = memory_.describe(location);
      return region ? "it starts " + where + " and runs over the end" : where;
    });
    return false;
  }
  if (location.address % access.bytes != 0) {
    report(access, lane, Fault::Misaligned, location, [&] {
      return "expected a multiple of " + std::to_string(access.bytes) + ", got one " +
             std::to_string(location.address % access.bytes) + " beyond; " + memory_.describe(location);
    });
    return false;
  }
  if (access.writes && region->readOnly) {
    report(access, lane, Fault::ReadOnly, location, [&] { return memory_.describe(location); });
    return false;
  }
  if (!memory_.isDeclared(*region, location.address, access.bytes, access.writes)) {
    report(access, lane, Fault::Undeclared, location, [&] {
      return memory_.whyUndeclared(location.address, access.bytes, access.writes) + "; " + memory_.describe(location);
    });
    return false;
  }
  return true;
}

void MemoryUnit::checkOrder(const Access &access, uint32_t lane, const Location &location, Region &region) {
  const Clock &clock = memory_.clockOf(location.space);
  uint64_t offset = location.address - region.base, stamp = stampOf(access, lane, clock);
  Conflict conflict = access.writes
                          ? region.shadow.write(offset, access.bytes, stamp, clock)
                          : region.shadow.read(offset, access.bytes, stamp, clock, access.instruction.nonCoherent);
  if (conflict)
    reportConflict(access, lane, location, conflict);
}

void MemoryUnit::reportConflict(const Access &access, uint32_t lane, const Location &location,
                                const Conflict &conflict) {
  Fault fault = conflict.kind == Conflict::Kind::NonCoherent ? Fault::NonCoherent : Fault::Race;
  report(access, lane, fault, location, [&] {
    return describeConflict(access, lane, conflict, memory_.clockOf(location.space)) + "; " +
           memory_.describe(location);
  });
}

std::string MemoryUnit::describeConflict(const Access &access, uint32_t lane, const Conflict &conflict,
                                         const Clock &clock) const {
  bool otherBlock = stamp::eraOf(conflict.other) < clock.block || conflict.other & stamp::otherBlock;
  bool sameBlockToo = stamp::eraOf(conflict.other) >= clock.block;
  std::string who = reporter_.threadText(stamp::threadOf(conflict.other));
  // Reads that were summed up are known by the last reader only, who may be this very thread.
  if (stamp::threadOf(conflict.other) == access.threadOf(lane) && sameBlockToo &&
      conflict.kind == Conflict::Kind::WriteAfterRead)
    who = "another thread";
  if (otherBlock)
    who = sameBlockToo ? "a thread of another block" : who + " of block " + memory_.blockOf(conflict.other).text();
  switch (conflict.kind) {
  case Conflict::Kind::NonCoherent:
    return access.writes ? who + " has read it by ld.global.nc in this launch" : who + " has written it in this launch";
  case Conflict::Kind::WriteAfterRead: return who + " reads it, and nothing orders the two";
  default: return who + " writes it, and nothing orders the two";
  }
}

void MemoryUnit::accessLocal(const Access &access, uint32_t lane, const Location &location, std::byte *bytes) {
  std::optional<uint64_t> offset = memory_.localOffset(location.address, access.bytes);
  if (!offset)
    return report(access, lane, Fault::OutOfBounds, location, [&] { return memory_.describe(location); });
  if (location.address % access.bytes != 0)
    return report(access, lane, Fault::Misaligned, location,
                  [&] { return "expected a multiple of " + std::to_string(access.bytes); });
  uint32_t thread = access.threadOf(lane);
  if (access.writes) {
    std::memcpy(memory_.local(thread, *offset), bytes, access.bytes);
    return memory_.markLocal(thread, *offset, access.bytes);
  }
  if (!memory_.isLocalInitialised(thread, *offset, access.bytes))
    return report(access, lane, Fault::Uninitialised, location, [] { return "this thread has not written all of it"; });
  std::memcpy(bytes, memory_.local(thread, *offset), access.bytes);
}

void MemoryUnit::readParameter(const Access &access, uint32_t lane, const Location &location, std::byte *bytes) {
  std::optional<uint64_t> offset = memory_.parameterOffset(location.address, access.bytes);
  if (!offset)
    return report(access, lane, Fault::OutOfBounds, location, [&] { return memory_.describe(location); });
  if (location.address % access.bytes != 0)
    return report(access, lane, Fault::Misaligned, location,
                  [&] { return "expected a multiple of " + std::to_string(access.bytes); });
  std::memcpy(bytes, memory_.parameter(*offset), access.bytes);
}

namespace {

/// The lanes of a register that are as wide as the elements in memory, without regard to the mask.
template <class T>
void interleave(const LaneFile &file, const ptx::Operand &place, std::byte *target, uint32_t stride) {
  const auto *values = file.lanes<T>(place);
  for (uint32_t lane = 0; lane < 32; ++lane) {
    T value = values[lane];
    std::memcpy(target + lane * stride, &value, sizeof value);
  }
}

template <class T> void deinterleave(const std::byte *source, uint32_t stride, bool isSigned, uint64_t (&values)[32]) {
  for (uint32_t lane = 0; lane < 32; ++lane) {
    T value;
    std::memcpy(&value, source + lane * stride, sizeof value);
    values[lane] = isSigned ? uint64_t(int64_t(std::make_signed_t<T>(value))) : uint64_t(value);
  }
}

template <class T>
void deinterleaveSame(LaneFile &file, const ptx::Operand &place, const std::byte *source, uint32_t stride,
                      uint32_t mask) {
  T values[32];
  for (uint32_t lane = 0; lane < 32; ++lane)
    std::memcpy(&values[lane], source + lane * stride, sizeof(T));
  file.store<T>(place, values, mask);
}

} // namespace

/// The low bytes of a register go to memory, whatever its width.
void MemoryUnit::gather(const Access &access, Buffer &buffer) {
  uint32_t element = bytesOf(access.instruction.type);
  for (uint32_t i = 0; i < access.instruction.vector; ++i) {
    const ptx::Operand &place = access.instruction.sources[1 + i];
    std::byte *target = &buffer.bytes[i * element];
    uint64_t wide[32];
    if (place.bytes == element && element == 4) {
      interleave<uint32_t>(access.warp.file(), place, target, access.bytes);
      continue;
    }
    access.warp.file().readBits(place, wide);
    for (uint32_t lane = 0; lane < 32; ++lane)
      std::memcpy(target + lane * access.bytes, &wide[lane], element);
  }
}

/// Bytes from memory are extended to the register's width.
void MemoryUnit::scatter(const Access &access, const Buffer &buffer) {
  uint32_t element = bytesOf(access.instruction.type);
  bool sign = isSigned(access.instruction.type);
  for (uint32_t i = 0; i < access.instruction.vector; ++i) {
    const ptx::Operand &place = access.instruction.results[i];
    const std::byte *source = &buffer.bytes[i * element];
    uint64_t wide[32];
    if (place.bytes == 4 && element == 4) {
      deinterleaveSame<uint32_t>(access.warp.file(), place, source, access.bytes, access.mask);
      continue;
    }
    switch (element) {
    case 1: deinterleave<uint8_t>(source, access.bytes, sign, wide); break;
    case 2: deinterleave<uint16_t>(source, access.bytes, sign, wide); break;
    case 4: deinterleave<uint32_t>(source, access.bytes, sign, wide); break;
    default: deinterleave<uint64_t>(source, access.bytes, sign, wide); break;
    }
    access.warp.file().storeBits(place, wide, access.mask);
  }
}

} // namespace neap::sim
