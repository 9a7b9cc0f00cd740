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

  /// The next operation is this entry of the manifest's program: it reads its inputs and writes its other operands.
  void operation(const ProgramEntry &entry) const;
  /// The next operation writes, from the host, all slots that outlive a step and lie in these bytes of the arena.
  void hostWrites(uint64_t offset, uint64_t bytes) const;
  /// Makes all bytes of the arena unreadable but those of slots that outlive a step.
  cuda::Result beginStep() const;

private:
  const cuda::Driver &driver_;
  const Manifest &manifest_;
  cuda::DevicePointer arena_ = 0;
};

} // namespace neap::runtime

#endif
