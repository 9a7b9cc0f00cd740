// What a program says of itself to a simulated driver: which slots an operation reads and writes, which launch it is, and what
// no longer counts when a step begins. A real driver is told nothing.
#ifndef NEAP_RUNTIME_CUDA_DECLARATIONS_H
#define NEAP_RUNTIME_CUDA_DECLARATIONS_H

#include "neap/runtime/cuda/Driver.h"
#include "neap/runtime/program/Manifest.h"

namespace neap::runtime {

class Declarations {
public:
  Declarations(const cuda::Driver &driver, const Manifest &manifest) : driver_(driver), manifest_(manifest) {}
  void setArena(cuda::DevicePointer arena) { arena_ = arena; }
  void setFarMemory(std::byte *far) { far_ = far; }

  /// The next operation is this entry of the manifest's program: it reads its inputs and writes its other operands. `operands`
  /// are the entry's, and behind them what a library uses of its workspace.
  void operation(const ProgramEntry &entry, const std::vector<Operand> &operands) const;
  /// The next operation writes, from the host, all slots in these bytes of the arena that are alive when a step begins.
  void hostWrites(uint64_t offset, uint64_t bytes) const;
  /// The next operation reads, to the host, all slots in these bytes of the arena that are alive when a step has ended.
  void hostReads(uint64_t offset, uint64_t bytes) const;
  /// Makes all bytes of the arena and of far memory unreadable but those of slots that are alive when a step begins.
  cuda::Result beginStep() const;

private:
  cuda::DeclaredAccess access(const Operand &operand, bool isRead, const char *name) const;
  std::vector<Operand> findGaps(Space space, uint64_t bytes) const;
  void hostAccesses(uint64_t offset, uint64_t bytes, bool ArenaSlot::*isAlive, bool isRead) const;

  const cuda::Driver &driver_;
  const Manifest &manifest_;
  cuda::DevicePointer arena_ = 0;
  std::byte *far_ = nullptr;
};

} // namespace neap::runtime

#endif
