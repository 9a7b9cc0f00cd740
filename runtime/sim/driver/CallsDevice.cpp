// The driver, its device, and the primary context.
#include "neap/runtime/sim/driver/Call.h"

#include <cstring>

namespace neap::sim::driver {

namespace {

using cuda::Result;

struct ErrorText {
  Result code;
  const char *name, *text;
};

constexpr ErrorText errorTexts[] = {
    {Result::Success, "CUDA_SUCCESS", "no error"},
    {Result::InvalidValue, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {Result::OutOfMemory, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {Result::NotInitialized, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {Result::NoDevice, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {Result::InvalidDevice, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {Result::InvalidContext, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {Result::NoBinaryForGpu, "CUDA_ERROR_NO_BINARY_FOR_GPU",
     "no kernel image is available for execution on the device"},
    {Result::InvalidPtx, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
    {Result::UnsupportedPtxVersion, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
     "the provided PTX was compiled with an unsupported toolchain."},
    {Result::InvalidHandle, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {Result::NotFound, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {Result::NotReady, "CUDA_ERROR_NOT_READY", "device not ready"},
    {Result::IllegalAddress, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {Result::MisalignedAddress, "CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address"},
    {Result::LaunchFailed, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {Result::StreamCaptureUnsupported, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED",
     "operation not permitted when stream is capturing"},
    {Result::StreamCaptureInvalidated, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED",
     "operation failed due to a previous error during capture"},
    {Result::Unknown, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

Result findText(Result code, const char **text, const char *ErrorText::*member) {
  for (const ErrorText &entry : errorTexts)
    if (entry.code == code) {
      *text = entry.*member;
      return Result::Success;
    }
  *text = nullptr;
  return Result::InvalidValue;
}

Result getErrorName(Result code, const char **name) { return findText(code, name, &ErrorText::name); }
Result getErrorString(Result code, const char **text) { return findText(code, text, &ErrorText::text); }

Result init(unsigned flags) {
  if (!current)
    return Result::NoDevice;
  std::lock_guard lock(current->mutex);
  if (auto fault = current->faults.count(FaultPoint::Init))
    return *fault;
  current->isInitialised = flags == 0;
  return flags == 0 ? Result::Success : Result::InvalidValue;
}

Result getVersion(int *version) {
  if (!current)
    return Result::NotInitialized;
  *version = current->settings.version;
  return Result::Success;
}

void requireDevice(cuda::Device device) {
  if (device != 0)
    throw CallError{Result::InvalidDevice, "there is no device " + std::to_string(device)};
}

Result getCount(int *count) {
  return inDriver("cuDeviceGetCount", [&](Core &) { *count = 1; });
}

Result getDevice(cuda::Device *device, int ordinal) {
  return inDriver("cuDeviceGet", [&](Core &) {
    requireDevice(ordinal);
    *device = ordinal;
  });
}

Result getName(char *name, int bytes, cuda::Device device) {
  return inDriver("cuDeviceGetName", [&](Core &core) {
    requireDevice(device);
    require(bytes > 0, "no room for a name");
    std::strncpy(name, core.settings.device.name.c_str(), size_t(bytes) - 1);
    name[bytes - 1] = 0;
  });
}

int valueOf(const DriverSettings &settings, cuda::DeviceAttribute attribute) {
  switch (attribute) {
  case cuda::DeviceAttribute::MaxSharedMemoryPerBlock: return int(settings.device.maxDeclaredSharedBytes);
  case cuda::DeviceAttribute::MultiprocessorCount: return settings.multiprocessorCount;
  case cuda::DeviceAttribute::ComputeCapabilityMajor: return int(settings.device.architecture / 10);
  case cuda::DeviceAttribute::ComputeCapabilityMinor: return int(settings.device.architecture % 10);
  }
  throw CallError{Result::InvalidValue, "device attribute " + std::to_string(int(attribute)) + " is not simulated"};
}

Result getAttribute(int *value, cuda::DeviceAttribute attribute, cuda::Device device) {
  return inDriver("cuDeviceGetAttribute", [&](Core &core) {
    requireDevice(device);
    *value = valueOf(core.settings, attribute);
  });
}

Result getTotalMemory(size_t *bytes, cuda::Device device) {
  return inDriver("cuDeviceTotalMem", [&](Core &core) {
    requireDevice(device);
    *bytes = core.settings.memoryBytes;
  });
}

Result retainContext(cuda::Context *context, cuda::Device device) {
  return inDriver("cuDevicePrimaryCtxRetain", [&](Core &core) {
    requireDevice(device);
    if (core.contextUsers++ == 0)
      core.context = core.handles.add(std::make_shared<ContextState>());
    *context = static_cast<cuda::Context>(core.context);
  });
}

/// The last release ends the context, after all its work.
Result releaseContext(cuda::Device device) {
  return inDriver("cuDevicePrimaryCtxRelease", [&](Core &core) {
    requireDevice(device);
    if (core.contextUsers == 0)
      throw CallError{Result::InvalidContext, "the primary context is not retained"};
    if (--core.contextUsers > 0)
      return;
    core.handles.remove<ContextState>(core.context);
    core.context = nullptr;
    core.synchronise(core.streams.everything());
  });
}

Result setCurrent(cuda::Context context) {
  return inDriver("cuCtxSetCurrent", [&](Core &core) {
    if (context)
      core.handles.get<ContextState>(context);
    currentContext = context;
  });
}

Result synchronize() {
  return inContext("cuCtxSynchronize", [](Core &core) { core.synchronise(core.streams.everything()); });
}

} // namespace

void fillDeviceCalls(cuda::Driver &table) {
  table.cuInit = init;
  table.cuDriverGetVersion = getVersion;
  table.cuGetErrorName = getErrorName;
  table.cuGetErrorString = getErrorString;
  table.cuDeviceGetCount = getCount;
  table.cuDeviceGet = getDevice;
  table.cuDeviceGetName = getName;
  table.cuDeviceGetAttribute = getAttribute;
  table.cuDeviceTotalMem = getTotalMemory;
  table.cuDevicePrimaryCtxRetain = retainContext;
  table.cuDevicePrimaryCtxRelease = releaseContext;
  table.cuCtxSetCurrent = setCurrent;
  table.cuCtxSynchronize = synchronize;
}

} // namespace neap::sim::driver
