// See Calls.h.
#include "neap/runtime/cuda/Calls.h"

namespace neap::runtime {

void requireSuccess(const cuda::Driver &driver, cuda::Result result, const std::string &what) {
  if (result == cuda::Result::Success)
    return;
  const char *name = nullptr, *text = nullptr;
  driver.cuGetErrorName(result, &name);
  driver.cuGetErrorString(result, &text);
  std::string message = what + ": " + (name ? name : "error " + std::to_string(int(result))) + (text ? std::string(" (") + text + ")" : "");
  if (result == cuda::Result::OutOfMemory)
    throw Failure(ExitCode::OutOfMemory, message, "free memory on the device, or compile for a smaller batch");
  throw Failure(ExitCode::DeviceFault, message);
}

} // namespace neap::runtime
