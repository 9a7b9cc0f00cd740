// Anonymous memory from the system; its zeros are the initial optimizer state.
#include "neap/runtime/cpu/Arena.h"

#include "neap/runtime/program/Failure.h"

#include <cerrno>
#include <cstring>
#include <sys/mman.h>

namespace neap::runtime {

namespace {

/// `value` rounded up to the alignment of the program; nothing on overflow.
std::optional<uint64_t> alignUp(uint64_t value) {
  uint64_t sum;
  if (__builtin_add_overflow(value, uint64_t(NEAP_ALIGNMENT - 1), &sum))
    return std::nullopt;
  return sum & ~uint64_t(NEAP_ALIGNMENT - 1);
}

[[noreturn]] void outOfMemory(const std::string &amount, int code) {
  throw Failure(
      ExitCode::OutOfMemory, "cannot allocate " + amount + " for the arena: " + std::strerror(code),
      "free memory, raise the limit of the process (ulimit -v), or compile for fewer bytes or a smaller batch");
}

} // namespace

Arena::Arena(const Manifest &manifest) {
  std::optional<uint64_t> tensors = alignUp(manifest.arenaBytes), stride = alignUp(manifest.scratchBytesPerWorker);
  uint64_t scratch;
  if (!tensors || !stride || __builtin_mul_overflow(*stride, uint64_t(manifest.maxWorkers), &scratch) ||
      __builtin_add_overflow(*tensors, scratch, &bytes_))
    outOfMemory("more bytes than there are addresses", ENOMEM);
  scratchOffset_ = *tensors;
  scratchStride_ = *stride;
  if (bytes_ == 0)
    return;
  void *memory = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    outOfMemory(std::to_string(bytes_) + " bytes", errno);
  data_ = static_cast<std::byte *>(memory);
  // Only advice: fewer page faults where the system has huge pages.
  ::madvise(memory, bytes_, MADV_HUGEPAGE);
}

Arena::~Arena() {
  if (data_)
    ::munmap(data_, bytes_);
}

} // namespace neap::runtime
