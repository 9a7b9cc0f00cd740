// Rates, times and sums.
#include "neap/passes/planning/Roofline.h"

#include <algorithm>

namespace neap::planning {

const std::vector<KernelClass> &getKernelClasses() {
  static const std::vector<KernelClass> classes{KernelClass::Product,   KernelClass::Attention, KernelClass::Norm,
                                                KernelClass::Softmax,   KernelClass::Pointwise, KernelClass::Loss,
                                                KernelClass::Embedding, KernelClass::Optimizer};
  return classes;
}

const char *getName(KernelClass kernelClass) {
  switch (kernelClass) {
  case KernelClass::Product: return "products";
  case KernelClass::Attention: return "attention";
  case KernelClass::Norm: return "norms";
  case KernelClass::Softmax: return "softmax";
  case KernelClass::Pointwise: return "pointwise";
  case KernelClass::Loss: return "loss";
  case KernelClass::Embedding: return "embedding";
  case KernelClass::Optimizer: return "optimizer";
  }
  return "";
}

std::optional<KernelClass> findKernelClass(const std::string &name) {
  for (KernelClass kernelClass : getKernelClasses())
    if (name == getName(kernelClass))
      return kernelClass;
  return std::nullopt;
}

ClassEstimate &ClassEstimate::operator+=(const ClassEstimate &other) {
  launches += other.launches;
  flops += other.flops;
  bytes += other.bytes;
  seconds += other.seconds;
  memorySeconds += other.memorySeconds;
  return *this;
}

double countBytes(const KernelCost &kernel, Arithmetic arithmetic) {
  bool isHalved = arithmetic == Arithmetic::Bf16 && kernel.kernelClass != KernelClass::Optimizer;
  return static_cast<double>(kernel.bytes()) * (isHalved ? 0.5 : 1.0);
}

static bool usesProductUnits(KernelClass kernelClass) {
  return kernelClass == KernelClass::Product || kernelClass == KernelClass::Attention;
}

ClassEstimate estimateLaunch(const KernelCost &kernel, const DeviceModel &device, Arithmetic arithmetic,
                             const Efficiency &efficiency) {
  double rate = usesProductUnits(kernel.kernelClass) ? device.getProductFlops(arithmetic) : device.fp32Flops;
  double computing = static_cast<double>(kernel.flops) / (rate * efficiency.compute);
  double moving = countBytes(kernel, arithmetic) / (device.memoryBandwidth * efficiency.memory);
  double seconds = std::max(computing, moving) + device.launchSeconds;
  auto bytes = static_cast<int64_t>(countBytes(kernel, arithmetic));
  return {1, kernel.flops, bytes, seconds, moving > computing ? seconds : 0};
}

StepEstimate estimateStep(const std::vector<KernelCost> &kernels, const DeviceModel &device, Arithmetic arithmetic,
                          const Efficiency &efficiency) {
  StepEstimate step;
  for (const KernelCost &kernel : kernels) {
    ClassEstimate one = estimateLaunch(kernel, device, arithmetic, efficiency);
    auto times = static_cast<double>(kernel.launches);
    ClassEstimate all{kernel.launches, one.flops * kernel.launches, one.bytes * kernel.launches, one.seconds * times,
                      one.memorySeconds * times};
    step.classes[kernel.kernelClass] += all;
    step.total += all;
  }
  return step;
}

} // namespace neap::planning
