// Operations in words, and their ends on the host.
#include "neap/runtime/sim/driver/Operation.h"

namespace neap::sim::driver {

const std::string &Operation::kernelName() const {
  static const std::string none;
  const auto *kernel = std::get_if<KernelWork>(&work);
  return kernel ? kernel->executable->kernel().name : none;
}

static std::string textOf(const KernelWork &work) { return "kernel '" + work.executable->kernel().name + "'"; }

static std::string textOf(const CopyWork &work) {
  const char *direction = work.target.host   ? " to the host"
                          : work.source.host ? " to the device"
                                             : " within the device";
  return "copy of " + std::to_string(work.bytes) + " bytes" + direction;
}

static std::string textOf(const FillWork &work) { return "fill of " + std::to_string(work.bytes) + " bytes"; }

static std::string textOf(const LibraryWork &work) { return work.name; }

std::string Operation::text() const {
  std::string text = std::visit([](const auto &work) { return textOf(work); }, work);
  return description.empty() ? text : text + ", " + description;
}

bool Accesses::operator==(const Accesses &other) const {
  return reads.intervals() == other.reads.intervals() && writes.intervals() == other.writes.intervals();
}

Interval hostInterval(const std::byte *address, uint64_t bytes) {
  uint64_t begin = reinterpret_cast<uint64_t>(address) | hostBit;
  return {begin, begin + bytes};
}

static Interval hostEnd(const Operation &operation, Place CopyWork::*end) {
  const auto *copy = std::get_if<CopyWork>(&operation.work);
  return copy && !copy->staged && (copy->*end).host ? hostInterval((copy->*end).host, copy->bytes) : Interval();
}

Interval hostReads(const Operation &operation) { return hostEnd(operation, &CopyWork::source); }
Interval hostWrites(const Operation &operation) { return hostEnd(operation, &CopyWork::target); }

} // namespace neap::sim::driver
