// The table, and how it is searched.
#include "neap/passes/planning/Devices.h"

#include <algorithm>
#include <charconv>

namespace neap::planning {
namespace {

constexpr int64_t kib = 1 << 10, mib = 1 << 20, gib = 1 << 30;
constexpr double mega = 1e6, giga = 1e9, tera = 1e12;

/// PCI Express with 16 lanes, one direction.
constexpr double pcie4 = 32 * giga, pcie5 = 64 * giga;
constexpr double graphLaunch = 2e-6;

std::vector<DeviceModel> makeTable() {
  const std::string a100 = "NVIDIA A100 Tensor Core GPU data sheet (2021) and architecture white paper";
  const std::string h100 =
      "NVIDIA H100 Tensor Core GPU data sheet, column SXM, without sparsity, and architecture white paper";
  const std::string h200 = "NVIDIA H200 Tensor Core GPU data sheet, column SXM, without sparsity; the rest as the H100";
  const std::string ada = "NVIDIA Ada GPU architecture white paper, appendix GeForce RTX 4090";
  const std::string l4 = "NVIDIA L4 Tensor Core GPU data sheet, without sparsity; multiprocessors from its 7,424 cores";
  return {
      {"a100-40", "A100 SXM 40 GB", "sm_80", 40 * gib, 1555 * giga, 40 * mib, 108, 1410 * mega, 19.5 * tera, 156 * tera,
       312 * tera, 164 * kib, 163 * kib, pcie4, graphLaunch, a100},
      {"a100-80", "A100 SXM 80 GB", "sm_80", 80 * gib, 2039 * giga, 40 * mib, 108, 1410 * mega, 19.5 * tera, 156 * tera,
       312 * tera, 164 * kib, 163 * kib, pcie4, graphLaunch, a100},
      {"rtx4090", "GeForce RTX 4090", "sm_89", 24 * gib, 1008 * giga, 72 * mib, 128, 2520 * mega, 82.6 * tera,
       82.6 * tera, 165.2 * tera, 100 * kib, 99 * kib, pcie4, graphLaunch, ada},
      {"l4", "L4", "sm_89", 24 * gib, 300 * giga, 48 * mib, 58, 2040 * mega, 30.3 * tera, 60 * tera, 121 * tera,
       100 * kib, 99 * kib, pcie4, graphLaunch, l4},
      {"h100", "H100 SXM", "sm_90", 80 * gib, 3350 * giga, 50 * mib, 132, 1980 * mega, 67 * tera, 494.5 * tera,
       989 * tera, 228 * kib, 227 * kib, pcie5, graphLaunch, h100},
      {"h200", "H200 SXM", "sm_90", 141 * gib, 4800 * giga, 50 * mib, 132, 1980 * mega, 67 * tera, 494.5 * tera,
       989 * tera, 228 * kib, 227 * kib, pcie5, graphLaunch, h200},
  };
}

/// The number in sm_90 or sm_90a; -1 for anything else.
int parseArchitecture(const std::string &name) {
  int number = -1;
  if (name.rfind("sm_", 0) == 0)
    std::from_chars(name.data() + 3, name.data() + name.size(), number);
  return number;
}

} // namespace

const char *getName(Arithmetic arithmetic) {
  switch (arithmetic) {
  case Arithmetic::Fp32: return "fp32";
  case Arithmetic::Tf32: return "tf32";
  case Arithmetic::Bf16: return "bf16";
  }
  return "";
}

double DeviceModel::getProductFlops(Arithmetic arithmetic) const {
  switch (arithmetic) {
  case Arithmetic::Fp32: return fp32Flops;
  case Arithmetic::Tf32: return tf32Flops;
  case Arithmetic::Bf16: return halfFlops;
  }
  return 0;
}

const std::vector<DeviceModel> &getDeviceModels() {
  static const std::vector<DeviceModel> table = makeTable();
  return table;
}

const DeviceModel *findDeviceModel(const std::string &name) {
  for (const DeviceModel &device : getDeviceModels())
    if (device.name == name)
      return &device;
  return nullptr;
}

const DeviceModel *findDeviceModelFor(const std::string &architecture) {
  int wanted = parseArchitecture(architecture), best = -1;
  const DeviceModel *found = nullptr;
  for (const DeviceModel &device : getDeviceModels()) {
    int number = parseArchitecture(device.architecture);
    if (number <= wanted && number > best) {
      best = number;
      found = &device;
    }
  }
  return found;
}

} // namespace neap::planning
