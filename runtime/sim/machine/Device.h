// What a simulated device can do. The numbers are those of the CUDA programming guide's tables of compute capabilities.
#ifndef NEAP_RUNTIME_SIM_MACHINE_DEVICE_H
#define NEAP_RUNTIME_SIM_MACHINE_DEVICE_H

#include "neap/runtime/sim/machine/Geometry.h"

namespace neap::sim {

struct Device {
  std::string name = "simulated";
  /// Compute capability times ten: 90 runs modules for sm_90 and below.
  uint32_t architecture = 90;
  uint32_t maxThreadsPerBlock = 1024;
  Dim3 maxBlock = {1024, 1024, 64};
  Dim3 maxGrid = {2147483647, 65535, 65535};
  /// Bytes of shared memory of a block, declared and dynamic together.
  uint32_t maxSharedBytes = 227 * 1024;
  /// Of these, what can be declared in a module.
  uint32_t maxDeclaredSharedBytes = 48 * 1024;
  uint32_t maxLocalBytes = 512 * 1024;
  uint32_t maxParameterBytes = 32764;
};

} // namespace neap::sim

#endif
