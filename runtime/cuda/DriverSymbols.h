// Under which symbol libcuda.so.1 exports each function of the table. A name with a suffix is that of a later version of the
// function: the plain name is then an older one, with other types.
#ifndef NEAP_RUNTIME_CUDA_DRIVERSYMBOLS_H
#define NEAP_RUNTIME_CUDA_DRIVERSYMBOLS_H

#include "neap/runtime/cuda/Driver.h"
#include "neap/runtime/cuda/SharedLibrary.h"

namespace neap::cuda {

/// All that the library exports; `declareAccesses` and what stands behind it are none of it.
inline constexpr LibrarySymbol driverSymbols[] = {
    {"cuInit", offsetof(Driver, cuInit)},
    {"cuDriverGetVersion", offsetof(Driver, cuDriverGetVersion)},
    {"cuGetErrorName", offsetof(Driver, cuGetErrorName)},
    {"cuGetErrorString", offsetof(Driver, cuGetErrorString)},
    {"cuDeviceGetCount", offsetof(Driver, cuDeviceGetCount)},
    {"cuDeviceGet", offsetof(Driver, cuDeviceGet)},
    {"cuDeviceGetName", offsetof(Driver, cuDeviceGetName)},
    {"cuDeviceGetAttribute", offsetof(Driver, cuDeviceGetAttribute)},
    {"cuDeviceTotalMem_v2", offsetof(Driver, cuDeviceTotalMem)},
    {"cuDevicePrimaryCtxRetain", offsetof(Driver, cuDevicePrimaryCtxRetain)},
    {"cuDevicePrimaryCtxRelease_v2", offsetof(Driver, cuDevicePrimaryCtxRelease)},
    {"cuCtxSetCurrent", offsetof(Driver, cuCtxSetCurrent)},
    {"cuCtxSynchronize", offsetof(Driver, cuCtxSynchronize)},
    {"cuMemGetInfo_v2", offsetof(Driver, cuMemGetInfo)},
    {"cuMemAlloc_v2", offsetof(Driver, cuMemAlloc)},
    {"cuMemFree_v2", offsetof(Driver, cuMemFree)},
    {"cuMemHostAlloc", offsetof(Driver, cuMemHostAlloc)},
    {"cuMemFreeHost", offsetof(Driver, cuMemFreeHost)},
    {"cuMemcpyHtoDAsync_v2", offsetof(Driver, cuMemcpyHtoDAsync)},
    {"cuMemcpyDtoHAsync_v2", offsetof(Driver, cuMemcpyDtoHAsync)},
    {"cuMemcpyDtoDAsync_v2", offsetof(Driver, cuMemcpyDtoDAsync)},
    {"cuMemsetD8Async", offsetof(Driver, cuMemsetD8Async)},
    {"cuStreamCreate", offsetof(Driver, cuStreamCreate)},
    {"cuStreamDestroy_v2", offsetof(Driver, cuStreamDestroy)},
    {"cuStreamSynchronize", offsetof(Driver, cuStreamSynchronize)},
    {"cuStreamQuery", offsetof(Driver, cuStreamQuery)},
    {"cuStreamWaitEvent", offsetof(Driver, cuStreamWaitEvent)},
    {"cuEventCreate", offsetof(Driver, cuEventCreate)},
    {"cuEventDestroy_v2", offsetof(Driver, cuEventDestroy)},
    {"cuEventRecord", offsetof(Driver, cuEventRecord)},
    {"cuEventSynchronize", offsetof(Driver, cuEventSynchronize)},
    {"cuEventQuery", offsetof(Driver, cuEventQuery)},
    {"cuStreamBeginCapture_v2", offsetof(Driver, cuStreamBeginCapture)},
    {"cuStreamEndCapture", offsetof(Driver, cuStreamEndCapture)},
    {"cuModuleLoadDataEx", offsetof(Driver, cuModuleLoadDataEx)},
    {"cuModuleUnload", offsetof(Driver, cuModuleUnload)},
    {"cuModuleGetFunction", offsetof(Driver, cuModuleGetFunction)},
    {"cuFuncGetAttribute", offsetof(Driver, cuFuncGetAttribute)},
    {"cuLaunchKernel", offsetof(Driver, cuLaunchKernel)},
    {"cuGraphCreate", offsetof(Driver, cuGraphCreate)},
    {"cuGraphDestroy", offsetof(Driver, cuGraphDestroy)},
    {"cuGraphAddKernelNode_v2", offsetof(Driver, cuGraphAddKernelNode)},
    {"cuGraphAddMemcpyNode", offsetof(Driver, cuGraphAddMemcpyNode)},
    {"cuGraphAddChildGraphNode", offsetof(Driver, cuGraphAddChildGraphNode)},
    {"cuGraphInstantiateWithFlags", offsetof(Driver, cuGraphInstantiateWithFlags)},
    {"cuGraphExecDestroy", offsetof(Driver, cuGraphExecDestroy)},
    {"cuGraphLaunch", offsetof(Driver, cuGraphLaunch)},
};

static_assert(sizeof driverSymbols / sizeof *driverSymbols * sizeof(void *) == offsetof(Driver, declareAccesses),
              "each function of the driver has a symbol");

} // namespace neap::cuda

#endif
