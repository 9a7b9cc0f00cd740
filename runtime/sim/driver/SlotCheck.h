// Whose value lies in which bytes: an operation that says which slot it reads must find what was written to that slot last,
// not what another slot has left on the same bytes, even if both are initialised and in order.
//
//   bytes      0        64       128
//   launch 1   | slot 4 |                 writes
//   launch 2   | slot 7          |        writes: slot 4 is dead from here on
//   launch 3   | slot 4 |                 reads: accused, the bytes hold slot 7
#ifndef NEAP_RUNTIME_SIM_DRIVER_SLOTCHECK_H
#define NEAP_RUNTIME_SIM_DRIVER_SLOTCHECK_H

#include "neap/runtime/sim/driver/HostMemory.h"

#include <map>

namespace neap::sim::driver {

class SlotCheck {
public:
  SlotCheck(const DeviceMemory &memory, const HostMemory &host, Errors &errors)
      : memory_(memory), host_(host), errors_(errors) {}

  /// Judges what a node has read, and takes note of what it wrote. What nobody declares belongs to no slot, and everybody may
  /// read that.
  void executed(const Task &task, uint32_t node);
  /// Bytes that belong to no slot any more.
  void clear(Interval bytes);

private:
  /// Bytes up to `end` that belong to a slot since an operation wrote them.
  struct Owner {
    uint64_t end = 0;
    uint32_t slot = 0;
    std::shared_ptr<const Program> program;
    uint32_t node = 0;
  };
  void checkReads(const Task &task, uint32_t node) const;
  bool checkRead(const Task &task, uint32_t node, const DeclaredRange &range, Interval bytes) const;
  void report(const Task &task, uint32_t node, const DeclaredRange &range, Interval bytes, const Owner &owner) const;
  void noteWrites(const Task &task, uint32_t node);

  const DeviceMemory &memory_;
  const HostMemory &host_;
  Errors &errors_;
  /// By first byte, disjoint.
  std::map<uint64_t, Owner> owners_;
};

} // namespace neap::sim::driver

#endif
