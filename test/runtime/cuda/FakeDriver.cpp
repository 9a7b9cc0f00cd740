// Stands in for libcuda.so.1: exports the driver's symbols, which do nothing, or some of them. Each returns its own number, so
// that a test can tell which one it got.
#include "neap/runtime/cuda/DriverSymbols.h"

using neap::cuda::Result;

#define FAKE(number, name)                                                                                             \
  extern "C" __attribute__((visibility("default"))) int name() { return 10000 + number; }

extern "C" __attribute__((visibility("default"))) int cuDriverGetVersion(int *version) {
  *version = FAKE_VERSION;
  return 0;
}

FAKE(0, cuInit)
FAKE(2, cuGetErrorName)
FAKE(3, cuGetErrorString)
FAKE(4, cuDeviceGetCount)
FAKE(5, cuDeviceGet)
FAKE(6, cuDeviceGetName)
FAKE(7, cuDeviceGetAttribute)
FAKE(8, cuDeviceTotalMem_v2)
FAKE(9, cuDevicePrimaryCtxRetain)
FAKE(10, cuDevicePrimaryCtxRelease_v2)
FAKE(11, cuCtxSetCurrent)
FAKE(12, cuCtxSynchronize)
FAKE(13, cuMemGetInfo_v2)
FAKE(14, cuMemAlloc_v2)
FAKE(15, cuMemFree_v2)
FAKE(16, cuMemHostAlloc)
FAKE(17, cuMemFreeHost)
FAKE(18, cuMemcpyHtoDAsync_v2)
FAKE(19, cuMemcpyDtoHAsync_v2)
FAKE(20, cuMemcpyDtoDAsync_v2)
FAKE(21, cuMemsetD8Async)
FAKE(22, cuStreamCreate)
FAKE(23, cuStreamDestroy_v2)
FAKE(24, cuStreamSynchronize)
FAKE(25, cuStreamQuery)
FAKE(26, cuStreamWaitEvent)
FAKE(27, cuEventCreate)
FAKE(28, cuEventDestroy_v2)
FAKE(29, cuEventRecord)
FAKE(30, cuEventSynchronize)
FAKE(31, cuEventQuery)
FAKE(32, cuStreamBeginCapture_v2)
FAKE(33, cuStreamEndCapture)
FAKE(34, cuModuleLoadDataEx)
FAKE(35, cuModuleUnload)
FAKE(36, cuModuleGetFunction)
FAKE(37, cuFuncGetAttribute)
FAKE(38, cuLaunchKernel)
#ifndef FAKE_WITHOUT_GRAPHS
FAKE(39, cuGraphCreate)
FAKE(40, cuGraphDestroy)
FAKE(41, cuGraphAddKernelNode_v2)
FAKE(42, cuGraphAddMemcpyNode)
FAKE(43, cuGraphAddChildGraphNode)
FAKE(44, cuGraphInstantiateWithFlags)
FAKE(45, cuGraphExecDestroy)
FAKE(46, cuGraphLaunch)
#endif
// Older versions under the plain names, which nobody may call.
FAKE(1000, cuMemAlloc)
FAKE(1001, cuMemFree)
FAKE(1002, cuGraphAddKernelNode)
FAKE(1003, cuStreamDestroy)
