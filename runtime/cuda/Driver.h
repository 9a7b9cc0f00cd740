// The CUDA driver as a table of functions: filled from libcuda.so.1 on a machine that has one, or from the simulated driver.
//
// Names, signatures, numbers and layouts are those of the driver's binary interface, declared here once more because a user's
// machine has no cuda.h. Where it is installed, a test compares every one of them. Only what the backend uses is here.
#ifndef NEAP_RUNTIME_CUDA_DRIVER_H
#define NEAP_RUNTIME_CUDA_DRIVER_H

#include <cstddef>
#include <cstdint>

namespace neap::cuda {

/// A code of the driver; 0 is success. The named ones are those that the backend tells apart.
enum class Result : int {
  Success = 0,
  InvalidValue = 1,
  OutOfMemory = 2,
  NotInitialized = 3,
  NoDevice = 100,
  InvalidDevice = 101,
  InvalidContext = 201,
  NoBinaryForGpu = 209,
  InvalidPtx = 218,
  UnsupportedPtxVersion = 222,
  InvalidHandle = 400,
  NotFound = 500,
  NotReady = 600,
  IllegalAddress = 700,
  MisalignedAddress = 716,
  LaunchFailed = 719,
  StreamCaptureUnsupported = 900,
  StreamCaptureInvalidated = 901,
  Unknown = 999,
};

using Device = int;
using DevicePointer = uint64_t;
struct ContextObject;
struct ModuleObject;
struct FunctionObject;
struct StreamObject;
struct EventObject;
struct GraphObject;
struct GraphNodeObject;
struct GraphExecObject;
using Context = ContextObject *;
using Module = ModuleObject *;
using Function = FunctionObject *;
using Stream = StreamObject *;
using Event = EventObject *;
using Graph = GraphObject *;
using GraphNode = GraphNodeObject *;
using GraphExec = GraphExecObject *;

enum class DeviceAttribute : int {
  MaxSharedMemoryPerBlock = 8,
  MultiprocessorCount = 16,
  ComputeCapabilityMajor = 75,
  ComputeCapabilityMinor = 76,
};
enum class FunctionAttribute : int { SharedBytes = 1, LocalBytes = 3, Registers = 4 };
enum class JitOption : int { InfoLogBuffer = 3, InfoLogBufferBytes = 4, ErrorLogBuffer = 5, ErrorLogBufferBytes = 6 };
enum StreamFlags : unsigned { streamNonBlocking = 1 };
enum EventFlags : unsigned { eventDisableTiming = 2 };
/// What other calls may do while a stream is captured: relaxed, whatever they like.
enum class CaptureMode : int { Relaxed = 2 };
enum class MemoryType : int { Host = 1, Device = 2 };

/// CUDA_KERNEL_NODE_PARAMS, version 2.
struct KernelNodeParameters {
  Function function;
  unsigned gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes;
  void **parameters;
  void **extra;
  void *kernel;   ///< a context-independent kernel; null
  Context context; ///< null: the current one
};

/// CUDA_MEMCPY3D, of which the backend uses one row of `widthBytes`.
struct CopyNodeParameters {
  size_t sourceX, sourceY, sourceZ, sourceLod;
  MemoryType sourceType;
  const void *sourceHost;
  DevicePointer sourceDevice;
  void *sourceArray;
  void *reserved0;
  size_t sourcePitch, sourceHeight;
  size_t targetX, targetY, targetZ, targetLod;
  MemoryType targetType;
  void *targetHost;
  DevicePointer targetDevice;
  void *targetArray;
  void *reserved1;
  size_t targetPitch, targetHeight;
  size_t widthBytes, height, depth;
};

constexpr uint32_t noSlot = ~uint32_t(0);

/// A range of memory that the next operation says it accesses; for the simulated driver, which holds it to its word.
struct DeclaredAccess {
  DevicePointer address;
  size_t bytes;
  bool isRead, isWritten;
  const char *name; ///< for reports; copied by the call
  /// The slot whose value is read or written, by a number of the program's own. What is read must be what was written last
  /// under the same number. noSlot: whatever lies there.
  uint32_t slot = noSlot;
  /// The address is one of the host, in memory from cuMemHostAlloc.
  bool isOnHost = false;
};

/// Every function that the backend calls, by the driver's name; DriverSymbols.h has their symbols.
struct Driver {
  Result (*cuInit)(unsigned flags);
  Result (*cuDriverGetVersion)(int *version);
  Result (*cuGetErrorName)(Result, const char **name);
  Result (*cuGetErrorString)(Result, const char **text);

  Result (*cuDeviceGetCount)(int *count);
  Result (*cuDeviceGet)(Device *, int ordinal);
  Result (*cuDeviceGetName)(char *name, int bytes, Device);
  Result (*cuDeviceGetAttribute)(int *value, DeviceAttribute, Device);
  Result (*cuDeviceTotalMem)(size_t *bytes, Device);
  Result (*cuDevicePrimaryCtxRetain)(Context *, Device);
  Result (*cuDevicePrimaryCtxRelease)(Device);
  Result (*cuCtxSetCurrent)(Context);
  Result (*cuCtxSynchronize)();

  Result (*cuMemGetInfo)(size_t *free, size_t *total);
  Result (*cuMemAlloc)(DevicePointer *, size_t bytes);
  Result (*cuMemFree)(DevicePointer);
  Result (*cuMemHostAlloc)(void **, size_t bytes, unsigned flags);
  Result (*cuMemFreeHost)(void *);
  Result (*cuMemcpyHtoDAsync)(DevicePointer target, const void *source, size_t bytes, Stream);
  Result (*cuMemcpyDtoHAsync)(void *target, DevicePointer source, size_t bytes, Stream);
  Result (*cuMemcpyDtoDAsync)(DevicePointer target, DevicePointer source, size_t bytes, Stream);
  Result (*cuMemsetD8Async)(DevicePointer, unsigned char value, size_t bytes, Stream);

  Result (*cuStreamCreate)(Stream *, unsigned flags);
  Result (*cuStreamDestroy)(Stream);
  Result (*cuStreamSynchronize)(Stream);
  Result (*cuStreamQuery)(Stream);
  Result (*cuStreamWaitEvent)(Stream, Event, unsigned flags);
  Result (*cuEventCreate)(Event *, unsigned flags);
  Result (*cuEventDestroy)(Event);
  Result (*cuEventRecord)(Event, Stream);
  Result (*cuEventSynchronize)(Event);
  Result (*cuEventQuery)(Event);
  /// What is put into the stream becomes nodes of a new graph instead of running.
  Result (*cuStreamBeginCapture)(Stream, CaptureMode);
  Result (*cuStreamEndCapture)(Stream, Graph *);

  Result (*cuModuleLoadDataEx)(Module *, const void *image, unsigned optionCount, JitOption *options, void **values);
  Result (*cuModuleUnload)(Module);
  Result (*cuModuleGetFunction)(Function *, Module, const char *name);
  Result (*cuFuncGetAttribute)(int *value, FunctionAttribute, Function);
  Result (*cuLaunchKernel)(Function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
                           unsigned blockZ, unsigned sharedBytes, Stream, void **parameters, void **extra);

  Result (*cuGraphCreate)(Graph *, unsigned flags);
  Result (*cuGraphDestroy)(Graph);
  Result (*cuGraphAddKernelNode)(GraphNode *, Graph, const GraphNode *after, size_t count, const KernelNodeParameters *);
  Result (*cuGraphAddMemcpyNode)(GraphNode *, Graph, const GraphNode *after, size_t count, const CopyNodeParameters *,
                                 Context);
  /// The child is copied.
  Result (*cuGraphAddChildGraphNode)(GraphNode *, Graph, const GraphNode *after, size_t count, Graph child);
  Result (*cuGraphInstantiateWithFlags)(GraphExec *, Graph, unsigned long long flags);
  Result (*cuGraphExecDestroy)(GraphExec);
  Result (*cuGraphLaunch)(GraphExec, Stream);

  // Not the driver's: what a simulated one is told beside. Null otherwise.

  /// What the next launch, copy, fill or node accesses, and under which names. Kernels are held to it. What they do not read
  /// begins unreadable: they may read back what they have written themselves.
  void (*declareAccesses)(const DeclaredAccess *accesses, size_t count);
  /// What the next launch, copy, fill or node is, for reports: "launch 3 of the step, from 'layer.0/MatMul'".
  void (*describeOperation)(const char *text);
  /// Waits for all work, then makes bytes unreadable until they are written again.
  Result (*poison)(DevicePointer, size_t bytes);
  /// The same for memory from cuMemHostAlloc: no copy may read the bytes until one has written them.
  Result (*poisonHost)(void *, size_t bytes);
};

} // namespace neap::cuda

#endif
