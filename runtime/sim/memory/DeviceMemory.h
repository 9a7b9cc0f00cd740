// The memory of a simulated device: allocations in an address space of their own, with gaps between them, each byte
// either initialised or not. The host's copies obey the same rules as the kernels' accesses.
#ifndef NEAP_RUNTIME_SIM_MEMORY_DEVICEMEMORY_H
#define NEAP_RUNTIME_SIM_MEMORY_DEVICEMEMORY_H

#include "neap/runtime/sim/memory/Region.h"

#include <map>
#include <stdexcept>

namespace neap::sim {

/// The host asked for something that the memory refuses. what() names the operation, the address and the allocation.
class MemoryError : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// There is no room for an allocation.
class OutOfMemory : public MemoryError {
public:
  using MemoryError::MemoryError;
};

/// For one thread at a time.
class DeviceMemory {
public:
  /// Allocations start at multiples of this.
  static constexpr uint64_t alignment = 512;
  /// At least so many bytes between two allocations belong to none.
  static constexpr uint64_t gap = 4096;

  /// `capacity` bytes can be allocated at a time.
  explicit DeviceMemory(uint64_t capacity) : capacity_(capacity) {}
  DeviceMemory(const DeviceMemory &) = delete;
  DeviceMemory &operator=(const DeviceMemory &) = delete;

  /// The address of `bytes` new bytes, all uninitialised. No address is ever given out twice. `name` is for reports.
  /// Throws OutOfMemory, and MemoryError for 0 bytes.
  uint64_t allocate(uint64_t bytes, std::string name);
  /// Throws MemoryError unless an allocation that is still there starts at `address`.
  void free(uint64_t address);

  // Ranges must lie inside one allocation; MemoryError otherwise.
  void copyIn(uint64_t address, const void *source, uint64_t bytes);
  /// Refuses bytes that nobody has written.
  void copyOut(void *target, uint64_t address, uint64_t bytes) const;
  /// Gives the pattern `uninitialisedByte` for those instead.
  void copyOutRaw(void *target, uint64_t address, uint64_t bytes) const;
  /// Between two places that do not overlap. Uninitialised bytes are so at the target.
  void copy(uint64_t target, uint64_t source, uint64_t bytes);
  void fill(uint64_t address, uint8_t value, uint64_t bytes);
  /// Makes bytes uninitialised again: what was in a slot before it was given to another tensor.
  void poison(uint64_t address, uint64_t bytes);
  bool isInitialised(uint64_t address, uint64_t bytes) const;

  static constexpr uint8_t uninitialisedByte = 0xa5;

  /// The allocation that `address` lies in, nullptr if it lies in none.
  Region *find(uint64_t address);
  const Region *find(uint64_t address) const;
  /// Where `address` lies, in words: "12 bytes past the end of 'arena' (4096 bytes at 0x7f...)".
  std::string describe(uint64_t address) const;

  uint64_t capacity() const { return capacity_; }
  uint64_t used() const { return used_; }

  /// The next era, see AccessShadow.
  uint64_t nextEra() { return ++era_; }
  /// Adds what was accessed since `clock.oldest`.
  void collect(const Clock &clock, IntervalSet &reads, IntervalSet &writes) const;

private:
  const Region &require(const char *operation, uint64_t address, uint64_t bytes) const;
  Region &require(const char *operation, uint64_t address, uint64_t bytes);
  std::string describeFreed(uint64_t address) const;

  uint64_t capacity_, used_ = 0;
  uint64_t next_ = 0x7f00'0000'0000;
  uint64_t era_ = 0;
  std::map<uint64_t, std::unique_ptr<Region>> regions_;
  struct Freed {
    std::string name;
    uint64_t bytes;
  };
  /// By address, for reports about use after free.
  std::map<uint64_t, Freed> freed_;
};

/// "0x7f0000000200"
std::string hex(uint64_t address);

} // namespace neap::sim

#endif
