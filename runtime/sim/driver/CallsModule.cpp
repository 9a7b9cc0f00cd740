// Modules, functions and launches.
#include "neap/runtime/sim/driver/Call.h"

#include "neap/runtime/sim/ptx/Error.h"

#include <cstring>

namespace neap::sim::driver {

namespace {

using cuda::JitOption;
using cuda::Result;

/// The program's buffer for what the compiler says about errors.
class ErrorLog {
public:
  ErrorLog(unsigned count, JitOption *options, void **values) {
    for (unsigned i = 0; i < count; ++i)
      if (options[i] == JitOption::ErrorLogBuffer)
        text_ = static_cast<char *>(values[i]);
      else if (options[i] == JitOption::ErrorLogBufferBytes)
        bytes_ = &values[i];
    if (bytes_)
      room_ = reinterpret_cast<size_t>(*bytes_);
  }

  /// Cut off where the buffer ends. The option then holds how many bytes were written.
  void write(const std::string &message) {
    if (!text_ || !bytes_)
      return;
    size_t length = std::min(message.size() + 1, room_);
    if (length > 0) {
      std::memcpy(text_, message.c_str(), length);
      text_[length - 1] = 0;
    }
    *bytes_ = reinterpret_cast<void *>(length);
  }

private:
  char *text_ = nullptr;
  void **bytes_ = nullptr;
  size_t room_ = 0;
};

/// Only PTX can be simulated: a machine code is refused as one for another device is.
void requirePtx(const char *image) {
  require(image, "no image");
  if (std::strncmp(image,
                   "\x7f"
                   "ELF",
                   4) == 0)
    throw CallError{Result::NoBinaryForGpu, {}};
}

std::shared_ptr<LoadedModule> load(Core &core, const char *image) {
  auto loaded = std::make_shared<LoadedModule>(ptx::decode(image), core.memory, core.settings.device);
  core.modules.insert(loaded.get());
  return loaded;
}

Result loadModule(cuda::Module *module, const void *image, unsigned count, JitOption *options, void **values) {
  return inContext("cuModuleLoadDataEx", [&](Core &core) {
    core.count(FaultPoint::Load);
    auto *text = static_cast<const char *>(image);
    requirePtx(text);
    ErrorLog log(count, options, values);
    log.write("");
    try {
      auto state = std::make_shared<ModuleState>();
      state->loaded = load(core, text);
      *module = static_cast<cuda::Module>(core.handles.add(state));
    } catch (const OutOfMemory &) {
      throw;
    } catch (const std::runtime_error &error) {
      // Of the front end, or of a module for a newer device.
      log.write(error.what());
      throw CallError{Result::InvalidPtx, error.what()};
    }
  });
}

/// Waits for all work, which may be the module's.
Result unloadModule(cuda::Module module) {
  return inContext("cuModuleUnload", [&](Core &core) {
    core.synchronise(core.streams.everything());
    core.modules.erase(core.handles.remove<ModuleState>(module)->loaded.get());
  });
}

Result getFunction(cuda::Function *function, cuda::Module module, const char *name) {
  return inContext("cuModuleGetFunction", [&](Core &core) {
    auto state = std::make_shared<FunctionState>();
    state->module = core.handles.get<ModuleState>(module)->loaded;
    state->executable = state->module->kernel(name);
    if (!state->executable)
      throw CallError{Result::NotFound, {}};
    *function = static_cast<cuda::Function>(core.handles.add(state));
  });
}

std::shared_ptr<FunctionState> findFunction(const Core &core, cuda::Function function) {
  auto state = core.handles.get<FunctionState>(function);
  if (!core.modules.contains(state->module.get()))
    throw CallError{Result::InvalidHandle, core.handles.nameOf(function) + " is of a module that was unloaded"};
  return state;
}

int valueOf(const Executable &executable, cuda::FunctionAttribute attribute) {
  constexpr size_t maxRegisters = 255;
  switch (attribute) {
  case cuda::FunctionAttribute::SharedBytes: return int(executable.declaredSharedBytes());
  case cuda::FunctionAttribute::LocalBytes:
    return executable.kernel().local.empty() ? 0 : int(executable.kernel().localBytes - ptx::spaceBase);
  case cuda::FunctionAttribute::Registers: return int(std::min(executable.kernel().registers.size(), maxRegisters));
  }
  throw CallError{Result::InvalidValue, "function attribute " + std::to_string(int(attribute)) + " is not simulated"};
}

Result getFunctionAttribute(int *value, cuda::FunctionAttribute attribute, cuda::Function function) {
  return inContext("cuFuncGetAttribute",
                   [&](Core &core) { *value = valueOf(*findFunction(core, function)->executable, attribute); });
}

Result launch(cuda::Function function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
              unsigned blockZ, unsigned sharedBytes, cuda::Stream handle, void **parameters, void **extra) {
  return inContext("cuLaunchKernel", [&](Core &core) {
    std::shared_ptr<StreamState> stream = core.stream(handle);
    core.enqueue(*stream, makeLaunch(core, function, {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, sharedBytes,
                                     parameters, extra));
  });
}

} // namespace

Operation makeLaunch(Core &core, cuda::Function function, Dim3 grid, Dim3 block, unsigned sharedBytes,
                     void **parameters, void **extra) {
  std::shared_ptr<FunctionState> state = findFunction(core, function);
  const ptx::Kernel &kernel = state->executable->kernel();
  require(!extra, "parameters by `extra` are not simulated");
  require(parameters || kernel.parameters.empty(), "kernel '" + kernel.name + "' has parameters, none are given");
  KernelWork work{state->module, state->executable, {}};
  work.launch.grid = grid;
  work.launch.block = block;
  work.launch.dynamicSharedBytes = sharedBytes;
  work.launch.arguments = packArguments(kernel, std::span(parameters, parameters ? kernel.parameters.size() : 0));
  std::string refusal = checkLaunch(*work.executable, work.launch, core.settings.device);
  require(refusal.empty(), "kernel '" + kernel.name + "': " + refusal);
  Operation operation{std::move(work), {}, {}};
  core.takeDeclarations(operation);
  return operation;
}

void fillModuleCalls(cuda::Driver &table) {
  table.cuModuleLoadDataEx = loadModule;
  table.cuModuleUnload = unloadModule;
  table.cuModuleGetFunction = getFunction;
  table.cuFuncGetAttribute = getFunctionAttribute;
  table.cuLaunchKernel = launch;
}

} // namespace neap::sim::driver
