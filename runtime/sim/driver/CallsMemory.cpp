// Allocations, copies and fills.
#include "neap/runtime/sim/driver/Call.h"

#include <cstring>

namespace neap::sim::driver {

namespace {

using cuda::DevicePointer;
using cuda::Result;

Result getInfo(size_t *free, size_t *total) {
  return inContext("cuMemGetInfo", [&](Core &core) {
    *total = core.memory.capacity();
    *free = core.memory.capacity() - core.memory.used();
  });
}

Result allocate(DevicePointer *address, size_t bytes) {
  return inContext("cuMemAlloc", [&](Core &core) {
    core.count(FaultPoint::Alloc);
    *address = core.memory.allocate(bytes, "allocation " + std::to_string(++core.allocations));
  });
}

/// Waits for all work, as the real one does with memory of cuMemAlloc.
Result free(DevicePointer address) {
  return inContext("cuMemFree", [&](Core &core) {
    if (address == 0)
      return;
    core.synchronise(core.streams.everything());
    const Region *region = core.memory.find(address);
    require(!region || !region->isVariable, "'" + (region ? region->name : "") + "' is a variable of a module");
    core.memory.free(address);
  });
}

Result allocateHost(void **address, size_t bytes, unsigned flags) {
  return inContext("cuMemHostAlloc", [&](Core &core) {
    core.count(FaultPoint::HostAlloc);
    require(bytes > 0 && flags < 8, "no bytes, or unknown flags");
    *address = core.host.allocate(bytes);
  });
}

Result freeHost(void *address) {
  return inContext("cuMemFreeHost", [&](Core &core) { core.host.free(address); });
}

void requireDeviceRange(const Core &core, uint64_t address, uint64_t bytes) {
  const Region *region = core.memory.find(address);
  require(region && region->contains(address, bytes), std::to_string(bytes) + " bytes at " + hex(address) +
                                                          " lie in no allocation: the first is " +
                                                          core.memory.describe(address));
}

bool isPinned(const Core &core, const void *address, uint64_t bytes) {
  const HostBlock *block = core.host.find(address);
  if (!block)
    return false;
  auto end = static_cast<const std::byte *>(address) + bytes;
  require(!block->isFreed() && end <= block->data() + block->bytes(),
          std::to_string(bytes) + " bytes are not all of an allocation that is there: the first is " +
              core.host.describe(reinterpret_cast<uint64_t>(address)));
  return true;
}

void requirePlace(const Core &core, const Place &place, uint64_t bytes) {
  if (place.host)
    require(isPinned(core, place.host, bytes), "memory of the host that is not from cuMemHostAlloc");
  else
    requireDeviceRange(core, place.device, bytes);
}

void enqueue(Core &core, cuda::Stream stream, Operation operation) {
  core.takeDeclarations(operation);
  core.enqueue(*core.stream(stream), std::move(operation));
}

/// From memory of the host that is not the driver's, the bytes are taken during the call, as the real driver stages them.
Operation makeStagedCopy(Core &core, DevicePointer target, const void *source, uint64_t bytes) {
  requireDeviceRange(core, target, bytes);
  auto *begin = static_cast<const std::byte *>(source);
  CopyWork work{{nullptr, target}, {}, bytes, std::make_shared<std::vector<std::byte>>(begin, begin + bytes)};
  work.source.host = work.staged->data();
  return {std::move(work), {}, {}};
}

Place onHost(const void *address) { return {static_cast<std::byte *>(const_cast<void *>(address)), 0}; }
Place onDevice(DevicePointer address) { return {nullptr, address}; }

Result copyToDevice(DevicePointer target, const void *source, size_t bytes, cuda::Stream stream) {
  return inContext("cuMemcpyHtoDAsync", [&](Core &core) {
    require(source || bytes == 0, "no source");
    if (bytes > 0)
      enqueue(core, stream,
              isPinned(core, source, bytes) ? makeCopy(core, onDevice(target), onHost(source), bytes)
                                            : makeStagedCopy(core, target, source, bytes));
  });
}

/// To memory of the host that is not the driver's, the copy is done when the call returns.
void copyToPageable(Core &core, void *target, DevicePointer source, uint64_t bytes, cuda::Stream handle) {
  std::shared_ptr<StreamState> stream = core.streamOutsideCapture(handle);
  requireDeviceRange(core, source, bytes);
  auto staged = std::make_shared<std::vector<std::byte>>(bytes);
  enqueue(core, handle, {CopyWork{{staged->data(), 0}, onDevice(source), bytes, staged}, {}, {}});
  core.synchronise(stream->frontier);
  std::memcpy(target, staged->data(), bytes);
}

Result copyToHost(void *target, DevicePointer source, size_t bytes, cuda::Stream stream) {
  return inContext("cuMemcpyDtoHAsync", [&](Core &core) {
    require(target || bytes == 0, "no target");
    if (bytes == 0)
      return;
    if (isPinned(core, target, bytes))
      enqueue(core, stream, makeCopy(core, onHost(target), onDevice(source), bytes));
    else
      copyToPageable(core, target, source, bytes, stream);
  });
}

Result copyWithinDevice(DevicePointer target, DevicePointer source, size_t bytes, cuda::Stream stream) {
  return inContext("cuMemcpyDtoDAsync", [&](Core &core) {
    if (bytes > 0)
      enqueue(core, stream, makeCopy(core, onDevice(target), onDevice(source), bytes));
  });
}

Result fill(DevicePointer target, unsigned char value, size_t bytes, cuda::Stream stream) {
  return inContext("cuMemsetD8Async", [&](Core &core) {
    if (bytes == 0)
      return;
    requireDeviceRange(core, target, bytes);
    enqueue(core, stream, {FillWork{target, bytes, value}, {}, {}});
  });
}

void declareAccesses(const cuda::DeclaredAccess *accesses, size_t count) {
  if (!current)
    return;
  std::lock_guard lock(current->mutex);
  std::vector<DeclaredRange> &ranges = current->declared.emplace();
  for (const cuda::DeclaredAccess &access : std::span(accesses, count))
    ranges.push_back({access.isOnHost ? access.address | hostBit : access.address, access.bytes, /*readable=*/true,
                      access.isWritten, access.name ? access.name : "", !access.isRead,
                      access.slot == cuda::noSlot ? std::nullopt : std::optional(access.slot)});
}

void describeOperation(const char *text) {
  if (!current)
    return;
  std::lock_guard lock(current->mutex);
  current->description = text;
}

Result poison(DevicePointer address, size_t bytes) {
  return inContext("poison", [&](Core &core) {
    if (bytes == 0)
      return;
    core.synchronise(core.streams.everything());
    core.memory.poison(address, bytes);
    core.slots.clear({address, address + bytes});
  });
}

Result poisonHost(void *address, size_t bytes) {
  return inContext("poisonHost", [&](Core &core) {
    if (bytes == 0)
      return;
    require(isPinned(core, address, bytes), "memory of the host that is not from cuMemHostAlloc");
    core.synchronise(core.streams.everything());
    Interval range = hostInterval(static_cast<std::byte *>(address), bytes);
    core.host.poison(range);
    core.slots.clear(range);
  });
}

} // namespace

Operation makeCopy(Core &core, Place target, Place source, uint64_t bytes) {
  requirePlace(core, target, bytes);
  requirePlace(core, source, bytes);
  return {CopyWork{target, source, bytes, nullptr}, {}, {}};
}

void fillMemoryCalls(cuda::Driver &table) {
  table.cuMemGetInfo = getInfo;
  table.cuMemAlloc = allocate;
  table.cuMemFree = free;
  table.cuMemHostAlloc = allocateHost;
  table.cuMemFreeHost = freeHost;
  table.cuMemcpyHtoDAsync = copyToDevice;
  table.cuMemcpyDtoHAsync = copyToHost;
  table.cuMemcpyDtoDAsync = copyWithinDevice;
  table.cuMemsetD8Async = fill;
  table.declareAccesses = declareAccesses;
  table.describeOperation = describeOperation;
  table.poison = poison;
  table.poisonHost = poisonHost;
}

} // namespace neap::sim::driver
