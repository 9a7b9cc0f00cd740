// Tables and JSON of an estimate.
#include "neap/compiler/driver/RooflineReport.h"

#include "neap/compiler/driver/TextTable.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace neap;
using namespace neap::planning;
namespace json = llvm::json;

RooflineReport neap::estimateRoofline(const StepReport &step, const DeviceModel &device, Arithmetic arithmetic) {
  std::vector<KernelCost> costs;
  for (const KernelReport &kernel : step.kernels)
    costs.push_back(kernel.cost);
  return {device,
          arithmetic,
          estimateStep(costs, device, arithmetic, {1, 1}),
          estimateStep(costs, device, arithmetic, {}),
          step.items,
          step.item,
          step.plannedBytes,
          costs};
}

static double ratio(double a, double b) { return b > 0 ? a / b : 0; }

static double countItemsPerSecond(const RooflineReport &report, const StepEstimate &estimate) {
  return ratio(static_cast<double>(report.items), estimate.total.seconds);
}

// Text ----------------------------------------------------------------------------------------------------------------

static std::string fixed(double value, int digits) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.*f", digits, value);
  return text;
}

static std::vector<std::string> describe(llvm::StringRef name, const ClassEstimate &bound,
                                         const ClassEstimate &expected, double total) {
  auto flops = static_cast<double>(bound.flops), bytes = static_cast<double>(bound.bytes);
  return {name.str(),
          std::to_string(bound.launches),
          fixed(flops / 1e9, 3),
          fixed(bytes / 1e9, 3),
          fixed(ratio(flops, bytes), 2),
          fixed(bound.seconds * 1e3, 3),
          fixed(expected.seconds * 1e3, 3),
          fixed(100 * ratio(expected.seconds, total), 1),
          fixed(100 * ratio(expected.memorySeconds, expected.seconds), 0)};
}

void neap::printRoofline(const RooflineReport &report, llvm::raw_ostream &os) {
  const DeviceModel &device = report.device;
  os << device.product << ", " << getName(report.arithmetic) << ": products at "
     << fixed(device.getProductFlops(report.arithmetic) / 1e12, 1) << " TFLOP/s, memory at "
     << fixed(device.memoryBandwidth / 1e12, 3) << " TB/s (" << device.source << ")\n";
  TextTable table{
      {{"class", "launches", "GFLOP", "GB", "FLOP/B", "bound ms", "expected ms", "% of step", "% by memory"}}, {0}};
  double total = report.expected.total.seconds;
  for (KernelClass kernelClass : getKernelClasses())
    if (auto found = report.bound.classes.find(kernelClass); found != report.bound.classes.end())
      table.rows.push_back(
          describe(getName(kernelClass), found->second, report.expected.classes.at(kernelClass), total));
  table.rows.push_back(describe("step", report.bound.total, report.expected.total, total));
  table.print(os);
  os << report.item << "s per second: " << fixed(countItemsPerSecond(report, report.expected), 0) << " expected, "
     << fixed(countItemsPerSecond(report, report.bound), 0) << " at the bound\n";
}

static std::string inUnits(double value, double unit) {
  return llvm::formatv("{0}", llvm::format("%.4g", value / unit));
}

void neap::printDevices(llvm::raw_ostream &os) {
  TextTable table{{{"device", "arch", "GiB", "GB/s", "L2 MiB", "SMs", "MHz", "fp32", "tf32", "bf16", "shared KiB",
                    "link GB/s", "source"}},
                  {0, 1, 12}};
  for (const DeviceModel &device : getDeviceModels())
    table.rows.push_back(
        {device.name, device.architecture, inUnits(device.memoryBytes, 1 << 30), inUnits(device.memoryBandwidth, 1e9),
         inUnits(device.l2Bytes, 1 << 20), std::to_string(device.multiprocessors), inUnits(device.clock, 1e6),
         inUnits(device.fp32Flops, 1e12), inUnits(device.tf32Flops, 1e12), inUnits(device.halfFlops, 1e12),
         inUnits(device.sharedBytes, 1 << 10), inUnits(device.linkBandwidth, 1e9), device.source});
  table.print(os);
}

// Kernels -------------------------------------------------------------------------------------------------------------

namespace {
/// One launch of a kernel.
struct KernelTime {
  const KernelCost *cost;
  ClassEstimate bound, expected;

  double stepSeconds() const { return expected.seconds * static_cast<double>(cost->launches); }
};
} // namespace

/// Of equals, the one that comes first in the program stays first.
static std::vector<KernelTime> timeKernels(const RooflineReport &report) {
  std::vector<KernelTime> times;
  for (const KernelCost &cost : report.kernels)
    times.push_back({&cost, estimateLaunch(cost, report.device, report.arithmetic, {1, 1}),
                     estimateLaunch(cost, report.device, report.arithmetic, {})});
  llvm::stable_sort(times, [](auto &a, auto &b) { return a.stepSeconds() > b.stepSeconds(); });
  return times;
}

void neap::printKernelTimes(const RooflineReport &report, llvm::raw_ostream &os) {
  TextTable table{{{"kernel", "class", "launches", "us each, bound", "us each, expected", "% of step", "waits for"}},
                  {0, 1, 6}};
  for (const KernelTime &time : timeKernels(report))
    table.rows.push_back({time.cost->name, getName(time.cost->kernelClass), std::to_string(time.cost->launches),
                          fixed(1e6 * time.bound.seconds, 2), fixed(1e6 * time.expected.seconds, 2),
                          fixed(100 * ratio(time.stepSeconds(), report.expected.total.seconds), 1),
                          time.expected.memorySeconds > 0 ? "memory" : "arithmetic"});
  table.print(os);
}

// JSON ----------------------------------------------------------------------------------------------------------------

static json::Object toJson(const DeviceModel &device) {
  return json::Object{{"name", device.name},
                      {"product", device.product},
                      {"architecture", device.architecture},
                      {"memory_bytes", device.memoryBytes},
                      {"memory_bandwidth", device.memoryBandwidth},
                      {"l2_bytes", device.l2Bytes},
                      {"multiprocessors", device.multiprocessors},
                      {"clock", device.clock},
                      {"fp32_flops", device.fp32Flops},
                      {"tf32_flops", device.tf32Flops},
                      {"half_flops", device.halfFlops},
                      {"shared_bytes", device.sharedBytes},
                      {"block_shared_bytes", device.blockSharedBytes},
                      {"link_bandwidth", device.linkBandwidth},
                      {"launch_seconds", device.launchSeconds},
                      {"source", device.source}};
}

static json::Object toJson(const ClassEstimate &bound, const ClassEstimate &expected) {
  return json::Object{{"launches", bound.launches},
                      {"flops", bound.flops},
                      {"bytes", bound.bytes},
                      {"bound_seconds", bound.seconds},
                      {"expected_seconds", expected.seconds},
                      {"expected_memory_seconds", expected.memorySeconds}};
}

void neap::printRooflineJson(const RooflineReport &report, llvm::raw_ostream &os) {
  json::Object classes;
  for (auto &[kernelClass, bound] : report.bound.classes)
    classes[getName(kernelClass)] = toJson(bound, report.expected.classes.at(kernelClass));
  json::Object object{{"device", toJson(report.device)},
                      {"precision", getName(report.arithmetic)},
                      {"item", report.item},
                      {"items_per_step", report.items},
                      {"planned_bytes", report.plannedBytes},
                      {"classes", std::move(classes)},
                      {"step", toJson(report.bound.total, report.expected.total)},
                      {"bound_items_per_second", countItemsPerSecond(report, report.bound)},
                      {"expected_items_per_second", countItemsPerSecond(report, report.expected)}};
  os << llvm::formatv("{0:2}", json::Value(std::move(object))) << "\n";
}

void neap::printDevicesJson(llvm::raw_ostream &os) {
  json::Array devices;
  for (const DeviceModel &device : getDeviceModels())
    devices.push_back(toJson(device));
  os << llvm::formatv("{0:2}", json::Value(std::move(devices))) << "\n";
}

void neap::printKernelTimesJson(const RooflineReport &report, llvm::raw_ostream &os) {
  json::Array kernels;
  for (const KernelTime &time : timeKernels(report))
    kernels.push_back(json::Object{{"name", time.cost->name},
                                   {"class", getName(time.cost->kernelClass)},
                                   {"launches", time.cost->launches},
                                   {"bound_seconds", time.bound.seconds},
                                   {"expected_seconds", time.expected.seconds},
                                   {"waits_for_memory", time.expected.memorySeconds > 0}});
  os << llvm::formatv("{0:2}", json::Value(json::Object{{"kernels", std::move(kernels)}})) << "\n";
}
