// Faults on demand: which call or operation goes wrong, and how.
//
//   alloc:2=out-of-memory              the second cuMemAlloc
//   launch:fused_7:3=failed            the third time that kernel fused_7 runs
//   copy:5=failed,load=invalid-ptx     several, with commas; the first if no number is given
//   operation:41=device-lost           the device is gone after 40 operations
//
// Points: those of `FaultPoint`, in words. Operations (launch, copy, fill, library, operation) fail when they run, and the program
// learns of it when it waits; calls fail on the spot.
#ifndef NEAP_RUNTIME_SIM_DRIVER_FAULTPLAN_H
#define NEAP_RUNTIME_SIM_DRIVER_FAULTPLAN_H

#include "neap/runtime/cuda/Driver.h"

#include <optional>
#include <string>
#include <vector>

namespace neap::sim::driver {

enum class FaultPoint : uint8_t {
  Init,
  Alloc,
  HostAlloc,
  Load,
  Stream,
  Event,
  Instantiate,
  GraphLaunch,
  Launch,
  Copy,
  Fill,
  Library,
  Operation
};

class FaultPlan {
public:
  /// Throws std::invalid_argument, which names the part that is wrong and what is allowed there.
  explicit FaultPlan(const std::string &specification);

  /// Counts one more of `point`, by `kernel` if it is a launch. Returns how it goes wrong, if it does.
  std::optional<cuda::Result> count(FaultPoint point, const std::string &kernel = {});

private:
  struct Fault {
    FaultPoint point;
    /// Empty for any.
    std::string kernel;
    uint64_t number;
    cuda::Result result;
    uint64_t seen = 0;
  };
  static Fault parse(const std::string &text);

  std::vector<Fault> faults_;
};

} // namespace neap::sim::driver

#endif
