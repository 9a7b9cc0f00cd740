// The CPU: its arena is the host's own memory, its step a function that hands kernels to a pool of threads.
#include "neap/runtime/cpu/Arena.h"
#include "neap/runtime/cpu/Context.h"
#include "neap/runtime/device/Device.h"
#include "neap/runtime/program/Failure.h"

#include <cstring>

namespace neap::runtime {

namespace {

class CpuDevice final : public Device {
public:
  CpuDevice(const neap_program &program, const Manifest &manifest, const DeviceOptions &options)
      : program_(program), arena_(manifest), pool_(options.threads, arena_.scratch(), arena_.scratchStride()) {}

  uint64_t bytes() const override { return arena_.bytes(); }
  std::byte *inputs() override { return arena_.data(); }
  std::byte *memory() override { return arena_.data(); }
  void write(uint64_t offset, const void *source, uint64_t bytes) override {
    if (bytes != 0)
      std::memcpy(arena_.data() + offset, source, bytes);
  }
  void read(uint64_t offset, void *target, uint64_t bytes) const override {
    if (bytes != 0)
      std::memcpy(target, arena_.data() + offset, bytes);
  }

  void runStep(const ShowGradient &show) override {
    context_.show = show;
    int32_t code = program_.step(&context_, arena_.data());
    if (context_.failure)
      std::rethrow_exception(context_.failure);
    if (code != 0)
      throw Failure(ExitCode(code), "the compiled step failed with code " + std::to_string(code));
  }

private:
  const neap_program &program_;
  Arena arena_;
  Pool pool_;
  neap_context context_{pool_};
};

std::unique_ptr<Device> create(const neap_program &program, const Manifest &manifest, const DeviceOptions &options) {
  if (options.simulate)
    throw Failure(ExitCode::Usage, "--device sim: this program was compiled for the CPU",
                  "neap compile --target cuda makes one for CUDA, which can be simulated");
  return std::make_unique<CpuDevice>(program, manifest, options);
}

} // namespace

} // namespace neap::runtime

const neap_device_class neap_cpu_device{neap::runtime::create};
