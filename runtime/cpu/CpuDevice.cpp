// The CPU: its arena is the host's own memory, its far memory a file, its step a function that hands kernels to a pool of threads
// and copies to two more.
#include "neap/runtime/cpu/Arena.h"
#include "neap/runtime/cpu/Context.h"
#include "neap/runtime/device/Device.h"
#include "neap/runtime/program/Failure.h"

#include <cstdio>
#include <cstring>
#include <optional>

namespace neap::runtime {

namespace {

static_assert(files::SpillFile::blockBytes == NEAP_FAR_ALIGNMENT, "compiled programs copy what can be transferred");

/// A program's far memory and who copies from and to it.
class FarMemory {
public:
  FarMemory(const std::string &folder, uint64_t bytes) : file_(open(folder, bytes)), copies_(file_) {}

  CopyStreams &copies() { return copies_; }
  const CopyStreams &copies() const { return copies_; }
  std::optional<std::string> weakness() const { return file_.weakness(); }

private:
  static files::SpillFile open(const std::string &folder, uint64_t bytes);

  files::SpillFile file_;
  CopyStreams copies_;
};

files::SpillFile FarMemory::open(const std::string &folder, uint64_t bytes) {
  try {
    return files::SpillFile(folder, bytes);
  } catch (const files::NoRoom &error) {
    throw Failure(ExitCode::Storage, error.what(), "--offload-dir DIR names a folder where there is more room");
  } catch (const files::Error &error) {
    throw Failure(ExitCode::Storage, error.what(), "--offload-dir DIR names another folder");
  }
}

class CpuDevice final : public Device {
public:
  CpuDevice(const neap_program &program, const Manifest &manifest, const DeviceOptions &options);

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

  void runStep(const ShowGradient &show) override;
  double copyWaitSeconds() const override { return far_ ? far_->copies().waitedSeconds() : 0; }

private:
  const neap_program &program_;
  Arena arena_;
  std::optional<FarMemory> far_;
  Pool pool_;
  neap_context context_{pool_};
};

CpuDevice::CpuDevice(const neap_program &program, const Manifest &manifest, const DeviceOptions &options)
    : program_(program), arena_(manifest), pool_(options.threads, arena_.scratch(), arena_.scratchStride()) {
  if (manifest.farBytes == 0)
    return;
  far_.emplace(options.offloadFolder, manifest.farBytes);
  context_.copies = &far_->copies();
  if (std::optional<std::string> weakness = far_->weakness())
    std::fprintf(stderr, "note: %s\n", weakness->c_str());
}

/// All copies have ended when it returns: whoever reads the arena then sees the whole step.
void CpuDevice::runStep(const ShowGradient &show) {
  context_.show = show;
  int32_t code = program_.step(&context_, arena_.data());
  if (far_) {
    far_->copies().endStep();
    if (!context_.failure)
      context_.failure = far_->copies().failure();
  }
  if (context_.failure)
    std::rethrow_exception(context_.failure);
  if (code != 0)
    throw Failure(ExitCode(code), "the compiled step failed with code " + std::to_string(code));
}

std::unique_ptr<Device> create(const neap_program &program, const Manifest &manifest, const DeviceOptions &options) {
  if (options.simulate)
    throw Failure(ExitCode::Usage, "--device sim: this program was compiled for the CPU",
                  "neap compile --target cuda makes one for CUDA, which can be simulated");
  return std::make_unique<CpuDevice>(program, manifest, options);
}

} // namespace

} // namespace neap::runtime

const neap_device_class neap_cpu_device{neap::runtime::create};
