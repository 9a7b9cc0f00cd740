// What one launch of a kernel costs on any device, and under which heading its time is reported.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace neap::planning {

enum class KernelClass { Product, Attention, Norm, Softmax, Pointwise, Loss, Embedding, Optimizer };

/// Every class, in the order in which reports list them.
const std::vector<KernelClass> &getKernelClasses();
/// Name as manifests and reports have it: products, attention, norms, ...
const char *getName(KernelClass kernelClass);
/// The class of that name; nothing if there is none.
std::optional<KernelClass> findKernelClass(const std::string &name);

struct KernelCost {
  std::string name;
  KernelClass kernelClass = KernelClass::Pointwise;
  int64_t launches = 0; ///< per step
  /// Of one launch. A fused multiply-add is two operations.
  int64_t flops = 0, bytesRead = 0, bytesWritten = 0;

  int64_t bytes() const { return bytesRead + bytesWritten; }
};

} // namespace neap::planning
