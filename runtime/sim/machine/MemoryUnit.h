// Executes ld and st for a warp, with every check that an access must pass.
#ifndef NEAP_RUNTIME_SIM_MACHINE_MEMORYUNIT_H
#define NEAP_RUNTIME_SIM_MACHINE_MEMORYUNIT_H

#include "neap/runtime/sim/machine/BlockMemory.h"
#include "neap/runtime/sim/machine/Reporter.h"
#include "neap/runtime/sim/machine/Warp.h"

namespace neap::sim {

class MemoryUnit {
public:
  MemoryUnit(BlockMemory &memory, Reporter &reporter, AccessObserver *observer)
      : memory_(memory), reporter_(reporter), observer_(observer) {}

  void load(Warp &warp, const ptx::Instruction &instruction, uint32_t mask);
  void store(Warp &warp, const ptx::Instruction &instruction, uint32_t mask);

private:
  /// An instruction executed by a warp: what all its lanes have in common.
  struct Access {
    Warp &warp;
    const ptx::Instruction &instruction;
    uint32_t mask;
    bool writes;
    /// Of one lane, all elements together.
    uint32_t bytes;
    uint64_t addresses[32];
    uint32_t threadOf(uint32_t lane) const { return warp.index() * 32 + lane; }
  };
  /// The bytes of all lanes, one lane after the other. Lanes that were refused have the pattern of uninitialised bytes.
  struct Buffer {
    alignas(64) std::byte bytes[32 * ptx::maxAccessBytes];
  };

  Access prepare(Warp &warp, const ptx::Instruction &instruction, uint32_t mask, bool writes) const;
  void observe(const Access &access) const;
  uint64_t stampOf(const Access &access, uint32_t lane, const Clock &clock) const;

  // Whole warps at once. False, with nothing done, when the access is not of the simple kind or something is wrong with
  // it: then it goes lane by lane, which finds out what.
  bool accessRun(const Access &access, Buffer &buffer);
  bool loadUniform(const Access &access, Buffer &buffer);
  bool accessTogether(const Access &access, Buffer &buffer);
  void checkLanes(const Access &access, const uint64_t (&offsets)[32], Region &region);
  static void fetchLanes(const Access &access, const uint64_t (&offsets)[32], const Region &region, Buffer &buffer);
  static void copyLanes(const Access &access, const uint64_t (&offsets)[32], Region &region, const Buffer &buffer);
  bool isFine(const Access &access, const Region *region, const Location &location, uint64_t bytes);

  // Lane by lane.
  void accessLane(const Access &access, uint32_t lane, std::byte *bytes);
  void accessRegion(const Access &access, uint32_t lane, const Location &location, std::byte *bytes);
  void accessLocal(const Access &access, uint32_t lane, const Location &location, std::byte *bytes);
  void readParameter(const Access &access, uint32_t lane, const Location &location, std::byte *bytes);
  bool checkRegion(const Access &access, uint32_t lane, const Location &location, const Region *region);
  void checkOrder(const Access &access, uint32_t lane, const Location &location, Region &region);
  void reportConflict(const Access &access, uint32_t lane, const Location &location, const Conflict &conflict);

  template <class Detail>
  void report(const Access &access, uint32_t lane, Fault fault, const Location &location, Detail detail);
  std::string describeConflict(const Access &access, uint32_t lane, const Conflict &conflict, const Clock &clock) const;

  // Between registers and the buffer.
  static void gather(const Access &access, Buffer &buffer);
  static void scatter(const Access &access, const Buffer &buffer);

  BlockMemory &memory_;
  Reporter &reporter_;
  AccessObserver *observer_;
};

} // namespace neap::sim

#endif
