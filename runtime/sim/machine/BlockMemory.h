// The memory that one block sees: its shared variables, its threads' local memory, and ways to the rest.
#ifndef NEAP_RUNTIME_SIM_MACHINE_BLOCKMEMORY_H
#define NEAP_RUNTIME_SIM_MACHINE_BLOCKMEMORY_H

#include "neap/runtime/sim/machine/Launch.h"

namespace neap::sim {

/// An address with its space: generic ones are resolved to this.
struct Location {
  ptx::Space space = ptx::Space::Global;
  uint64_t address = 0;
};

class BlockMemory {
public:
  BlockMemory(const Executable &executable, const Launch &launch, DeviceMemory &memory);

  /// Starts the block at `position` and forgets what the one before had in shared and local memory.
  void startBlock(Dim3 position);
  /// Starts the time after a barrier.
  void passBarrier();

  static Location resolve(ptx::Space space, uint64_t address);
  /// The region in .global, .shared or .const that `location` lies in, nullptr if there is none.
  Region *find(const Location &location);
  /// The clock by which accesses to a space are judged.
  const Clock &clockOf(ptx::Space space) const { return space == ptx::Space::Shared ? sharedClock_ : clock_; }
  /// Where `location` lies, in words.
  std::string describe(const Location &location) const;

  /// The range that lets a kernel access these bytes, if it must be declared and is not: false.
  bool isDeclared(const Region &region, uint64_t address, uint64_t bytes, bool writes);
  /// Why it is not, in words.
  std::string whyUndeclared(uint64_t address, uint64_t bytes, bool writes) const;

  /// The offset of an address in .local or .param in their storage; nothing if it does not lie in one variable there.
  std::optional<uint64_t> localOffset(uint64_t address, uint32_t bytes) const;
  std::optional<uint64_t> parameterOffset(uint64_t address, uint32_t bytes) const;
  std::byte *local(uint32_t thread, uint64_t offset) { return &localData_[thread * localBytes_ + offset]; }
  bool isLocalInitialised(uint32_t thread, uint64_t offset, uint32_t bytes) const;
  void markLocal(uint32_t thread, uint64_t offset, uint32_t bytes);
  const std::byte *parameter(uint64_t offset) const { return &launch_.arguments[offset]; }

  /// The position of the block whose access in global memory has the stamp, as far as it belongs to this launch.
  Dim3 blockOf(uint64_t stamp) const;
  const Clock &launchClock() const { return clock_; }

private:
  std::string describeRange(uint64_t address) const;
  struct BlockStart {
    uint64_t era;
    Dim3 position;
  };
  static std::optional<uint64_t> offsetIn(const std::vector<ptx::Variable> &variables, uint64_t address,
                                          uint32_t bytes);

  const Executable &executable_;
  const Launch &launch_;
  DeviceMemory &memory_;
  Clock clock_, sharedClock_;
  Dim3 position_;
  std::vector<BlockStart> starts_;
  std::vector<std::unique_ptr<Region>> shared_;
  uint64_t localBytes_;
  std::vector<std::byte> localData_, localInitialised_;
  /// The regions and the range found last, which are usually found again.
  Region *lastGlobal_ = nullptr, *lastShared_ = nullptr;
  const DeclaredRange *lastRange_ = nullptr;
};

} // namespace neap::sim

#endif
