// Driver.h against NVIDIA's header: numbers, layouts, types of functions and their symbols. If this compiles, it has passed.
#include "neap/runtime/cuda/DriverSymbols.h"

#include "CalledAlike.h"

#include <iterator>
#include <string_view>

#define EACH_FUNCTION(X)                                                                                               \
  X(cuInit)                                                                                                            \
  X(cuDriverGetVersion) X(cuGetErrorName) X(cuGetErrorString) X(cuDeviceGetCount) X(cuDeviceGet) X(cuDeviceGetName)    \
      X(cuDeviceGetAttribute) X(cuDeviceTotalMem) X(cuDevicePrimaryCtxRetain) X(cuDevicePrimaryCtxRelease)             \
          X(cuCtxSetCurrent) X(cuCtxSynchronize) X(cuMemGetInfo) X(cuMemAlloc) X(cuMemFree) X(cuMemHostAlloc)          \
              X(cuMemFreeHost) X(cuMemcpyHtoDAsync) X(cuMemcpyDtoHAsync) X(cuMemcpyDtoDAsync) X(cuMemsetD8Async)       \
                  X(cuStreamCreate) X(cuStreamDestroy) X(cuStreamSynchronize) X(cuStreamQuery) X(cuStreamWaitEvent)    \
                      X(cuEventCreate) X(cuEventDestroy) X(cuEventRecord) X(cuEventSynchronize) X(cuEventQuery)        \
                          X(cuStreamBeginCapture) X(cuStreamEndCapture) X(cuModuleLoadDataEx) X(cuModuleUnload)        \
                              X(cuModuleGetFunction) X(cuFuncGetAttribute) X(cuLaunchKernel) X(cuGraphCreate)          \
                                  X(cuGraphDestroy) X(cuGraphAddKernelNode) X(cuGraphAddMemcpyNode)                    \
                                      X(cuGraphAddChildGraphNode) X(cuGraphInstantiateWithFlags) X(cuGraphExecDestroy) \
                                          X(cuGraphLaunch)

// Before the header is read, which makes macros of some names: its later versions of these functions have a suffix.
namespace neap::cuda::ours {
#define DECLARE(name) \
  struct name##Member { \
    using Type = decltype(Driver::name); \
    static constexpr size_t offset = offsetof(Driver, name); \
  };
EACH_FUNCTION(DECLARE)
} // namespace neap::cuda::ours

#include <cuda.h>

namespace neap::cuda {
namespace {

#define EXPECT_VALUE(ours, theirs) static_assert(int(ours) == int(theirs))

EXPECT_VALUE(Result::Success, CUDA_SUCCESS);
EXPECT_VALUE(Result::InvalidValue, CUDA_ERROR_INVALID_VALUE);
EXPECT_VALUE(Result::OutOfMemory, CUDA_ERROR_OUT_OF_MEMORY);
EXPECT_VALUE(Result::NotInitialized, CUDA_ERROR_NOT_INITIALIZED);
EXPECT_VALUE(Result::NoDevice, CUDA_ERROR_NO_DEVICE);
EXPECT_VALUE(Result::InvalidDevice, CUDA_ERROR_INVALID_DEVICE);
EXPECT_VALUE(Result::InvalidContext, CUDA_ERROR_INVALID_CONTEXT);
EXPECT_VALUE(Result::NoBinaryForGpu, CUDA_ERROR_NO_BINARY_FOR_GPU);
EXPECT_VALUE(Result::InvalidPtx, CUDA_ERROR_INVALID_PTX);
EXPECT_VALUE(Result::UnsupportedPtxVersion, CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
EXPECT_VALUE(Result::InvalidHandle, CUDA_ERROR_INVALID_HANDLE);
EXPECT_VALUE(Result::NotFound, CUDA_ERROR_NOT_FOUND);
EXPECT_VALUE(Result::NotReady, CUDA_ERROR_NOT_READY);
EXPECT_VALUE(Result::IllegalAddress, CUDA_ERROR_ILLEGAL_ADDRESS);
EXPECT_VALUE(Result::MisalignedAddress, CUDA_ERROR_MISALIGNED_ADDRESS);
EXPECT_VALUE(Result::LaunchFailed, CUDA_ERROR_LAUNCH_FAILED);
EXPECT_VALUE(Result::StreamCaptureUnsupported, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
EXPECT_VALUE(Result::StreamCaptureInvalidated, CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
EXPECT_VALUE(Result::Unknown, CUDA_ERROR_UNKNOWN);

EXPECT_VALUE(DeviceAttribute::MaxSharedMemoryPerBlock, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK);
EXPECT_VALUE(DeviceAttribute::MultiprocessorCount, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
EXPECT_VALUE(DeviceAttribute::ComputeCapabilityMajor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
EXPECT_VALUE(DeviceAttribute::ComputeCapabilityMinor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
EXPECT_VALUE(FunctionAttribute::SharedBytes, CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES);
EXPECT_VALUE(FunctionAttribute::LocalBytes, CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES);
EXPECT_VALUE(FunctionAttribute::Registers, CU_FUNC_ATTRIBUTE_NUM_REGS);
EXPECT_VALUE(JitOption::InfoLogBuffer, CU_JIT_INFO_LOG_BUFFER);
EXPECT_VALUE(JitOption::InfoLogBufferBytes, CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES);
EXPECT_VALUE(JitOption::ErrorLogBuffer, CU_JIT_ERROR_LOG_BUFFER);
EXPECT_VALUE(JitOption::ErrorLogBufferBytes, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES);
EXPECT_VALUE(streamNonBlocking, CU_STREAM_NON_BLOCKING);
EXPECT_VALUE(eventDisableTiming, CU_EVENT_DISABLE_TIMING);
EXPECT_VALUE(CaptureMode::Relaxed, CU_STREAM_CAPTURE_MODE_RELAXED);
EXPECT_VALUE(MemoryType::Host, CU_MEMORYTYPE_HOST);
EXPECT_VALUE(MemoryType::Device, CU_MEMORYTYPE_DEVICE);

#define EXPECT_MEMBER(Ours, ours, Theirs, theirs) \
  static_assert(offsetof(Ours, ours) == offsetof(Theirs, theirs) && sizeof(Ours::ours) == sizeof(Theirs::theirs))

static_assert(sizeof(KernelNodeParameters) == sizeof(CUDA_KERNEL_NODE_PARAMS));
EXPECT_MEMBER(KernelNodeParameters, function, CUDA_KERNEL_NODE_PARAMS, func);
EXPECT_MEMBER(KernelNodeParameters, gridX, CUDA_KERNEL_NODE_PARAMS, gridDimX);
EXPECT_MEMBER(KernelNodeParameters, gridY, CUDA_KERNEL_NODE_PARAMS, gridDimY);
EXPECT_MEMBER(KernelNodeParameters, gridZ, CUDA_KERNEL_NODE_PARAMS, gridDimZ);
EXPECT_MEMBER(KernelNodeParameters, blockX, CUDA_KERNEL_NODE_PARAMS, blockDimX);
EXPECT_MEMBER(KernelNodeParameters, blockY, CUDA_KERNEL_NODE_PARAMS, blockDimY);
EXPECT_MEMBER(KernelNodeParameters, blockZ, CUDA_KERNEL_NODE_PARAMS, blockDimZ);
EXPECT_MEMBER(KernelNodeParameters, sharedBytes, CUDA_KERNEL_NODE_PARAMS, sharedMemBytes);
EXPECT_MEMBER(KernelNodeParameters, parameters, CUDA_KERNEL_NODE_PARAMS, kernelParams);
EXPECT_MEMBER(KernelNodeParameters, extra, CUDA_KERNEL_NODE_PARAMS, extra);
EXPECT_MEMBER(KernelNodeParameters, kernel, CUDA_KERNEL_NODE_PARAMS, kern);
EXPECT_MEMBER(KernelNodeParameters, context, CUDA_KERNEL_NODE_PARAMS, ctx);

static_assert(sizeof(CopyNodeParameters) == sizeof(CUDA_MEMCPY3D));
EXPECT_MEMBER(CopyNodeParameters, sourceX, CUDA_MEMCPY3D, srcXInBytes);
EXPECT_MEMBER(CopyNodeParameters, sourceY, CUDA_MEMCPY3D, srcY);
EXPECT_MEMBER(CopyNodeParameters, sourceZ, CUDA_MEMCPY3D, srcZ);
EXPECT_MEMBER(CopyNodeParameters, sourceLod, CUDA_MEMCPY3D, srcLOD);
EXPECT_MEMBER(CopyNodeParameters, sourceType, CUDA_MEMCPY3D, srcMemoryType);
EXPECT_MEMBER(CopyNodeParameters, sourceHost, CUDA_MEMCPY3D, srcHost);
EXPECT_MEMBER(CopyNodeParameters, sourceDevice, CUDA_MEMCPY3D, srcDevice);
EXPECT_MEMBER(CopyNodeParameters, sourceArray, CUDA_MEMCPY3D, srcArray);
EXPECT_MEMBER(CopyNodeParameters, reserved0, CUDA_MEMCPY3D, reserved0);
EXPECT_MEMBER(CopyNodeParameters, sourcePitch, CUDA_MEMCPY3D, srcPitch);
EXPECT_MEMBER(CopyNodeParameters, sourceHeight, CUDA_MEMCPY3D, srcHeight);
EXPECT_MEMBER(CopyNodeParameters, targetX, CUDA_MEMCPY3D, dstXInBytes);
EXPECT_MEMBER(CopyNodeParameters, targetY, CUDA_MEMCPY3D, dstY);
EXPECT_MEMBER(CopyNodeParameters, targetZ, CUDA_MEMCPY3D, dstZ);
EXPECT_MEMBER(CopyNodeParameters, targetLod, CUDA_MEMCPY3D, dstLOD);
EXPECT_MEMBER(CopyNodeParameters, targetType, CUDA_MEMCPY3D, dstMemoryType);
EXPECT_MEMBER(CopyNodeParameters, targetHost, CUDA_MEMCPY3D, dstHost);
EXPECT_MEMBER(CopyNodeParameters, targetDevice, CUDA_MEMCPY3D, dstDevice);
EXPECT_MEMBER(CopyNodeParameters, targetArray, CUDA_MEMCPY3D, dstArray);
EXPECT_MEMBER(CopyNodeParameters, reserved1, CUDA_MEMCPY3D, reserved1);
EXPECT_MEMBER(CopyNodeParameters, targetPitch, CUDA_MEMCPY3D, dstPitch);
EXPECT_MEMBER(CopyNodeParameters, targetHeight, CUDA_MEMCPY3D, dstHeight);
EXPECT_MEMBER(CopyNodeParameters, widthBytes, CUDA_MEMCPY3D, WidthInBytes);
EXPECT_MEMBER(CopyNodeParameters, height, CUDA_MEMCPY3D, Height);
EXPECT_MEMBER(CopyNodeParameters, depth, CUDA_MEMCPY3D, Depth);

constexpr std::string_view symbolAt(size_t offset) {
  for (const LibrarySymbol &symbol : driverSymbols)
    if (symbol.offset == offset)
      return symbol.name;
  return {};
}

#define SYMBOL_OF(expanded) #expanded
#define EXPECT_FUNCTION(name)                                                                                          \
  static_assert(test::IsCalledAlike<ours::name##Member::Type, decltype(&name)>());                                     \
  static_assert(symbolAt(ours::name##Member::offset) == SYMBOL_OF(name));
EACH_FUNCTION(EXPECT_FUNCTION)

#define COUNT(name) +1
static_assert(0 EACH_FUNCTION(COUNT) == std::size(driverSymbols), "each function is compared");

} // namespace
} // namespace neap::cuda
