// What a step runs on: the holder of the arena. The trainer knows no other.
#ifndef NEAP_RUNTIME_DEVICE_DEVICE_H
#define NEAP_RUNTIME_DEVICE_DEVICE_H

#include "neap/runtime/program/Manifest.h"

#include <functional>
#include <memory>

namespace neap::runtime {

struct DeviceOptions {
  int threads = 1;
  /// CPU: where the file for far memory is made.
  std::string offloadFolder;
  /// CUDA: run on the simulated device, in an order drawn from the seed.
  bool simulate = false;
  uint64_t simulationSeed = 0;
  /// CUDA: launch a step as one graph rather than kernel by kernel.
  bool graph = true;
};

/// How fast a matrix product of the manifest is. The library's time is that of its best algorithm; nothing where it has none.
struct ProductTiming {
  const MatrixProduct *product = nullptr;
  double generatedMicroseconds = 0;
  std::optional<double> libraryMicroseconds;
  ProductAlgorithm algorithm;
};

/// What was measured on a device, and with which versions.
struct DeviceProfile {
  std::string device;
  int driver = 0;
  size_t library = 0;
  std::vector<ProductTiming> products;
};

/// Takes the gradient of parameter `index` of the manifest; the data are gone when it returns.
using ShowGradient = std::function<void(int64_t index, const void *data)>;

/// Offsets and sizes are bytes of the arena, as in the manifest. Members throw Failure: ExitCode::OutOfMemory where the device
/// has too few, ExitCode::DeviceFault where it fails.
class Device {
public:
  virtual ~Device() = default;

  /// All bytes allocated on the device.
  virtual uint64_t bytes() const = 0;
  /// Bytes that the device has less of since this one was opened, as its driver counts: the arena, code, graphs, and whatever other
  /// processes took meanwhile. Nothing where memory is the host's.
  virtual std::optional<uint64_t> measureBytes() const { return std::nullopt; }
  /// Where the host puts inputs and the step block before a step: offsets count from here. No other bytes may be touched.
  virtual std::byte *inputs() = 0;
  virtual void write(uint64_t offset, const void *source, uint64_t bytes) = 0;
  virtual void read(uint64_t offset, void *target, uint64_t bytes) const = 0;
  /// The arena, where the host can use it as it is; null elsewhere.
  virtual std::byte *memory() { return nullptr; }
  /// Runs one step; shows every gradient where it is complete, unless `show` is empty.
  virtual void runStep(const ShowGradient &show) = 0;
  /// Seconds of all steps so far in which nothing was computed because copies to or from far memory were not done. 0 where a device
  /// does not tell.
  virtual double copyWaitSeconds() const { return 0; }
  /// Times what the compiler may choose between, each shape once; what lies in the arena is lost. A device without choices
  /// has nothing to tell.
  virtual DeviceProfile calibrate() { return {}; }
};

} // namespace neap::runtime

/// How a program makes its device; see neap_runtime.h.
struct neap_device_class {
  std::unique_ptr<neap::runtime::Device> (*create)(const neap_program &, const neap::runtime::Manifest &,
                                                   const neap::runtime::DeviceOptions &);
};

#endif
