// What is checked before the first instruction.
#include "neap/runtime/sim/machine/Launch.h"

#include "neap/runtime/sim/machine/Interpreter.h"

#include <cfenv>

namespace neap::sim {

namespace {

std::string limit(const char *what, uint64_t got, uint64_t allowed) {
  return std::string(what) + ": " + std::to_string(got) + ", at most " + std::to_string(allowed) + " allowed";
}

bool isWithin(const Dim3 &value, const Dim3 &maximum) {
  return value.count() > 0 && value.x <= maximum.x && value.y <= maximum.y && value.z <= maximum.z;
}

std::string checkShape(const Launch &launch, const Device &device) {
  if (!isWithin(launch.grid, device.maxGrid))
    return "grid " + launch.grid.text() + ", at least (1,1,1) and at most " + device.maxGrid.text() + " allowed";
  if (!isWithin(launch.block, device.maxBlock))
    return "block " + launch.block.text() + ", at least (1,1,1) and at most " + device.maxBlock.text() + " allowed";
  if (launch.block.count() > device.maxThreadsPerBlock)
    return limit("threads of a block", launch.block.count(), device.maxThreadsPerBlock);
  return {};
}

/// The kernel's own .maxntid and .reqntid.
std::string checkKernelShape(const ptx::Kernel &kernel, const Launch &launch) {
  auto [x, y, z] = kernel.maxThreads;
  if (x != 0 && launch.block.count() > uint64_t(x) * y * z)
    return limit("threads of a block by the kernel's .maxntid", launch.block.count(), uint64_t(x) * y * z);
  Dim3 required{kernel.requiredThreads[0], kernel.requiredThreads[1], kernel.requiredThreads[2]};
  if (required.x != 0 && launch.block != required)
    return "block " + launch.block.text() + ", but the kernel's .reqntid is " + required.text();
  return {};
}

std::string checkMemory(const Executable &executable, const Launch &launch, const Device &device) {
  const ptx::Kernel &kernel = executable.kernel();
  uint64_t declared = executable.declaredSharedBytes();
  if (declared > device.maxDeclaredSharedBytes)
    return limit("declared bytes of shared memory", declared, device.maxDeclaredSharedBytes);
  if (declared + launch.dynamicSharedBytes > device.maxSharedBytes)
    return limit("bytes of shared memory", declared + launch.dynamicSharedBytes, device.maxSharedBytes);
  if (kernel.localBytes > device.maxLocalBytes)
    return limit("bytes of local memory of a thread", kernel.localBytes, device.maxLocalBytes);
  if (kernel.parameterBytes > device.maxParameterBytes)
    return limit("bytes of parameters", kernel.parameterBytes, device.maxParameterBytes);
  if (launch.arguments.size() != kernel.parameterBytes)
    return "expected " + std::to_string(kernel.parameterBytes) + " bytes of arguments, got " +
           std::to_string(launch.arguments.size());
  return {};
}

/// The processor's default rounding, with subnormal numbers, whatever the caller has set.
class DefaultFloatEnvironment {
public:
  DefaultFloatEnvironment() {
    std::fegetenv(&before_);
    std::fesetenv(FE_DFL_ENV);
  }
  ~DefaultFloatEnvironment() { std::fesetenv(&before_); }

private:
  std::fenv_t before_;
};

} // namespace

std::string LaunchResult::message() const {
  std::string text;
  for (const Report &report : reports)
    text += (text.empty() ? "" : "\n") + report.message();
  return text;
}

std::vector<std::byte> packArguments(const ptx::Kernel &kernel, std::span<const void *const> values) {
  std::vector<std::byte> bytes(kernel.parameterBytes);
  for (size_t i = 0; i < kernel.parameters.size() && i < values.size(); ++i)
    std::memcpy(&bytes[kernel.parameters[i].address], values[i], kernel.parameters[i].bytes);
  return bytes;
}

std::string checkLaunch(const Executable &executable, const Launch &launch, const Device &device) {
  for (const std::string &problem : {checkShape(launch, device), checkKernelShape(executable.kernel(), launch),
                                     checkMemory(executable, launch, device)})
    if (!problem.empty())
      return problem;
  return {};
}

LaunchResult run(const Executable &executable, const Launch &launch, DeviceMemory &memory, const Device &device) {
  LaunchResult result;
  if (std::string problem = checkLaunch(executable, launch, device); !problem.empty()) {
    Reporter(executable, launch, result.reports).addLaunch(problem);
    return result;
  }
  DefaultFloatEnvironment environment;
  Interpreter interpreter(executable, launch, memory, result);
  try {
    interpreter.run();
  } catch (const StopLaunch &) {
    // The reports say why.
  }
  memory.collect(interpreter.launchClock(), result.reads, result.writes);
  return result;
}

} // namespace neap::sim
