// The cuBLASLt that a run talks to: the machine's own, or the simulated one.
#ifndef NEAP_RUNTIME_CUDA_OPENCUBLASLT_H
#define NEAP_RUNTIME_CUDA_OPENCUBLASLT_H

#include "neap/runtime/cuda/CublasLt.h"
#include "neap/runtime/device/Device.h"

namespace neap::runtime {

class OpenCublasLt {
public:
  virtual ~OpenCublasLt() = default;
  virtual const cublas::CublasLt &table() const = 0;
};

/// With a simulated device the simulated library, which works on the simulated driver. Throws cublas::Unavailable.
std::unique_ptr<OpenCublasLt> openCublasLt(const DeviceOptions &options);

} // namespace neap::runtime

#endif
