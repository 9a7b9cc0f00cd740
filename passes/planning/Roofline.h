// How long a step takes if every kernel is as fast as memory or arithmetic allow (Williams et al., "Roofline", CACM 2009).
#pragma once

#include "neap/passes/planning/Devices.h"
#include "neap/passes/planning/KernelCost.h"

#include <map>

namespace neap::planning {

/// Shares of a device's peaks that good kernels reach. The defaults were measured on an H200 with the vendor's bf16 products
/// (790 of 989 TFLOP/s) and a copy (4.3 of 4.8 TB/s); {1, 1} is the bound itself.
struct Efficiency {
  double compute = 0.8;
  double memory = 0.9;
  double link =
      0.8; ///< in each direction while both are busy: 50 of 64 GB/s between an H200 and pinned memory; 55 alone
};

/// What kernels of one class do in a step.
struct ClassEstimate {
  int64_t launches = 0, flops = 0, bytes = 0;
  double seconds = 0;
  /// Part of `seconds` in kernels that wait for memory rather than for arithmetic.
  double memorySeconds = 0;

  ClassEstimate &operator+=(const ClassEstimate &other);
};

struct StepEstimate {
  std::map<KernelClass, ClassEstimate> classes;
  ClassEstimate total;
};

/// Bytes that a launch moves where `arithmetic` decides how activations are stored. Costs come in fp32. With bf16 everything
/// outside the optimizer takes half; the optimizer keeps fp32 master weights, moments and gradients.
double countBytes(const KernelCost &kernel, Arithmetic arithmetic);

/// One launch: the longer of arithmetic and memory, and the gap before it.
ClassEstimate estimateLaunch(const KernelCost &kernel, const DeviceModel &device, Arithmetic arithmetic,
                             const Efficiency &efficiency);

/// A step whose kernels run one after the other.
StepEstimate estimateStep(const std::vector<KernelCost> &kernels, const DeviceModel &device, Arithmetic arithmetic,
                          const Efficiency &efficiency);

} // namespace neap::planning
