// A module loaded into a device's memory, and its kernels ready to run.
#ifndef NEAP_RUNTIME_SIM_MACHINE_EXECUTABLE_H
#define NEAP_RUNTIME_SIM_MACHINE_EXECUTABLE_H

#include "neap/runtime/sim/machine/Device.h"
#include "neap/runtime/sim/machine/lanes/Lanes.h"
#include "neap/runtime/sim/memory/DeviceMemory.h"

#include <span>

namespace neap::sim {

/// What the machine needs of an instruction besides its decoded form.
struct Step {
  /// Computes it if it neither accesses memory nor crosses lanes; nullptr otherwise.
  LaneFunction compute = nullptr;
  /// For a branch, where the lanes meet again.
  uint32_t meetingPoint = 0;
  /// Slots of the registers read, without the guard, and written.
  uint8_t readCount = 0, writeCount = 0;
  std::array<uint32_t, 10> reads = {};
  std::array<uint32_t, 8> writes = {};
};

class LoadedModule;

/// A kernel of a loaded module.
class Executable {
public:
  Executable(const LoadedModule &module, const ptx::Kernel &kernel, const std::vector<uint64_t> &globalAddresses);

  const LoadedModule &module() const { return module_; }
  const ptx::Kernel &kernel() const { return kernel_; }
  const std::vector<Step> &steps() const { return steps_; }
  /// A warp's register file at its start: constants are filled in, the rest is zeros.
  std::span<const std::byte> fileImage() const { return fileImage_; }
  /// Bytes of shared memory that the kernel declares, without the gaps that the machine adds.
  uint32_t declaredSharedBytes() const;

private:
  const LoadedModule &module_;
  const ptx::Kernel &kernel_;
  std::vector<Step> steps_;
  std::vector<std::byte> fileImage_;
};

/// Its variables in .global are allocations of `memory`, which must outlive it; they are freed with it.
class LoadedModule {
public:
  /// Throws MemoryError when the device is too old for the module, OutOfMemory when its variables do not fit.
  LoadedModule(std::shared_ptr<const ptx::Module> module, DeviceMemory &memory, const Device &device);
  LoadedModule(const LoadedModule &) = delete;
  ~LoadedModule();

  /// nullptr if the module has no kernel of that name.
  const Executable *kernel(std::string_view name) const;
  /// The address of a variable in .global, 0 if there is none of that name.
  uint64_t global(std::string_view name) const;
  const ptx::Module &module() const { return *module_; }
  /// The variables in .const, at their addresses in that space.
  const std::vector<std::unique_ptr<Region>> &constants() const { return constants_; }

private:
  void loadGlobals();
  void loadConstants();

  std::shared_ptr<const ptx::Module> module_;
  DeviceMemory &memory_;
  std::vector<uint64_t> globalAddresses_;
  std::vector<std::unique_ptr<Region>> constants_;
  std::vector<std::unique_ptr<Executable>> kernels_;
};

} // namespace neap::sim

#endif
