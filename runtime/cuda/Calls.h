// Calls of the driver whose failures are exceptions.
#ifndef NEAP_RUNTIME_CUDA_CALLS_H
#define NEAP_RUNTIME_CUDA_CALLS_H

#include "neap/runtime/cuda/Driver.h"
#include "neap/runtime/program/Failure.h"

namespace neap::runtime {

/// Requires a call's success. Throws Failure that says `what` was being done: ExitCode::OutOfMemory where the device has too few
/// bytes, else ExitCode::DeviceFault with the driver's name for the error.
void requireSuccess(const cuda::Driver &driver, cuda::Result result, const std::string &what);

} // namespace neap::runtime

#endif
