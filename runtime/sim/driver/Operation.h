// What the device does at a time: a kernel, a copy, the filling of bytes, or a call of a library; and what that touched.
#ifndef NEAP_RUNTIME_SIM_DRIVER_OPERATION_H
#define NEAP_RUNTIME_SIM_DRIVER_OPERATION_H

#include "neap/runtime/sim/machine/Launch.h"

#include <functional>
#include <variant>

namespace neap::sim::driver {

struct KernelWork {
  std::shared_ptr<const LoadedModule> module;
  const Executable *executable = nullptr;
  Launch launch;
};

/// One end of a copy: on the host if `host` is not null.
struct Place {
  std::byte *host = nullptr;
  uint64_t device = 0;
};

struct CopyWork {
  Place target, source;
  uint64_t bytes = 0;
  /// Keeps alive what `source` points to, where the driver has put the bytes aside.
  std::shared_ptr<std::vector<std::byte>> staged;
};

struct FillWork {
  uint64_t target = 0, bytes = 0;
  uint8_t value = 0;
};

/// What a library has put into a stream, computed by plain C++.
struct LibraryWork {
  /// "cublasLtMatmul of 64 x 32 x 16"
  std::string name;
  std::function<void(DeviceMemory &)> run;
  /// The bytes that it touches, all of them.
  IntervalSet reads, writes;
};

struct Operation {
  std::variant<KernelWork, CopyWork, FillWork, LibraryWork> work;
  /// What the program said about its accesses; gives reports their names.
  std::vector<DeclaredRange> declared;
  /// What the program said it is; empty if nothing.
  std::string description;

  /// The kernel's name; empty for others.
  const std::string &kernelName() const;
  /// "kernel 'fused_3'", "copy of 64 bytes to the host", with the description behind it
  std::string text() const;
};

/// Bytes on the device, and on the host where they are allocated through the driver. The two may use the same numbers as
/// addresses, so those of the host have `hostBit` added.
constexpr uint64_t hostBit = uint64_t(1) << 63;

struct Accesses {
  IntervalSet reads, writes;

  bool operator==(const Accesses &other) const;
};

Interval hostInterval(const std::byte *address, uint64_t bytes);
/// What of the host's memory an operation reads or writes; an empty interval if it does not.
Interval hostReads(const Operation &operation);
Interval hostWrites(const Operation &operation);

} // namespace neap::sim::driver

#endif
