// The one allocation of a training run: every tensor of the step, and behind it the scratch memory of the workers.
#ifndef NEAP_RUNTIME_CPU_ARENA_H
#define NEAP_RUNTIME_CPU_ARENA_H

#include "neap/runtime/program/Manifest.h"

namespace neap::runtime {

class Arena {
public:
  /// Allocates zeroed memory, aligned to a page, as what is copied to far memory must lie at multiples of NEAP_FAR_ALIGNMENT.
  /// Throws Failure with ExitCode::OutOfMemory.
  explicit Arena(const Manifest &manifest);
  Arena(const Arena &) = delete;
  ~Arena();

  /// The address that the manifest's offsets count from.
  std::byte *data() const { return data_; }
  /// Scratch of worker 0; that of worker i begins i * scratchStride() bytes behind it.
  std::byte *scratch() const { return data_ + scratchOffset_; }
  uint64_t scratchStride() const { return scratchStride_; }
  /// All bytes allocated: tensors and the scratch of all workers that the program allows.
  uint64_t bytes() const { return bytes_; }

private:
  std::byte *data_ = nullptr;
  uint64_t scratchOffset_ = 0;
  uint64_t scratchStride_ = 0;
  uint64_t bytes_ = 0;
};

} // namespace neap::runtime

#endif
