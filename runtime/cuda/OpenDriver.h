// The driver that a run talks to: the machine's own, or the simulated one.
#ifndef NEAP_RUNTIME_CUDA_OPENDRIVER_H
#define NEAP_RUNTIME_CUDA_OPENDRIVER_H

#include "neap/runtime/cuda/Driver.h"
#include "neap/runtime/device/Device.h"

namespace neap::runtime {

class OpenDriver {
public:
  virtual ~OpenDriver() = default;
  virtual const cuda::Driver &driver() const = 0;
};

/// Throws Failure with ExitCode::DeviceFault where the machine has no driver that will do.
std::unique_ptr<OpenDriver> openDriver(const DeviceOptions &options);

} // namespace neap::runtime

#endif
