// Devices that a program can be priced for, from their data sheets. A table in C++ rather than files of JSON: the planner
// needs it without knowing where the compiler is installed, and a wrong entry is found by the tests, not by a user.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace neap::planning {

/// How matrix products are computed. Everything else is fp32 arithmetic on what is stored.
enum class Arithmetic {
  Fp32, ///< fused multiply-adds of the general cores
  Tf32, ///< tensor cores on fp32 operands, 10 bits of mantissa, fp32 sums
  Bf16, ///< tensor cores on 16-bit operands, fp32 sums; activations are stored in 16 bits
};

/// Name as users type and read it: fp32, tf32, bf16.
const char *getName(Arithmetic arithmetic);

/// A device as its data sheet has it. Rates are peaks at the boost clock, dense (no structured sparsity).
struct DeviceModel {
  std::string name;         ///< as in --device-model
  std::string product;      ///< as the vendor calls it
  std::string architecture; ///< as in --arch
  int64_t memoryBytes;      ///< nominal; the driver keeps 1 to 3 % of it
  double memoryBandwidth;   ///< bytes/s
  int64_t l2Bytes;
  int64_t multiprocessors;
  double clock; ///< Hz, boost
  /// FLOP/s, a fused multiply-add counting two: of the general cores, and of the tensor cores with fp32 sums.
  double fp32Flops, tf32Flops, halfFlops;
  int64_t sharedBytes;      ///< of a multiprocessor
  int64_t blockSharedBytes; ///< that one block may have
  double linkBandwidth;     ///< bytes/s to the host, one direction
  /// Seconds from the end of a kernel to the start of one that depends on it, in a CUDA graph. On no data sheet: an estimate,
  /// until somebody has measured it.
  double launchSeconds;
  std::string source; ///< of the figures

  /// Peak rate of matrix products, FLOP/s.
  double getProductFlops(Arithmetic arithmetic) const;
};

/// All of them; each architecture's most common one first.
const std::vector<DeviceModel> &getDeviceModels();

/// The device of that name; null if there is none.
const DeviceModel *findDeviceModel(const std::string &name);

/// The device that a program for an architecture (sm_90) is priced for if nobody says more: the first of this
/// architecture, else of the newest one before it. Null for one older than all.
const DeviceModel *findDeviceModelFor(const std::string &architecture);

} // namespace neap::planning
