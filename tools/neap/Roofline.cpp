// `neap roofline PROGRAM`: where the time of a step would go on a device, from the bytes and operations of its kernels.
#include "neap/compiler/driver/Diagnostics.h"
#include "neap/compiler/driver/RooflineReport.h"
#include "neap/tools/neap/Commands.h"

#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace cl = llvm::cl;
using namespace neap;
using namespace neap::planning;

static cl::SubCommand roofline("roofline", "Estimate where the time of a step goes on a device");
static cl::opt<std::string> program(cl::Positional, cl::desc("PROGRAM or IR of stage schedule"), cl::sub(roofline));
static cl::opt<std::string> deviceModel("device-model", cl::desc("Device (default: that of --arch)"),
                                        cl::value_desc("NAME"), cl::sub(roofline));
static cl::opt<std::string> arch("arch", cl::desc("Architecture (default: the program's, else sm_80)"),
                                 cl::value_desc("sm_NN"), cl::sub(roofline));
static cl::opt<Arithmetic> precision(
    "precision", cl::desc("How products are computed"), cl::init(Arithmetic::Fp32),
    cl::values(clEnumValN(Arithmetic::Fp32, "fp32", "as compiled (default)"),
               clEnumValN(Arithmetic::Tf32, "tf32", "the same bytes, products on tensor cores"),
               clEnumValN(Arithmetic::Bf16, "bf16", "half the bytes outside the optimizer, products on tensor cores")),
    cl::sub(roofline));
static cl::opt<bool> showKernels("kernels", cl::desc("Show the time of each kernel"), cl::sub(roofline));
static cl::opt<bool> listDevices("list-devices", cl::desc("List the devices"), cl::sub(roofline));
static cl::opt<bool> asJson("json", cl::desc("Print JSON"), cl::sub(roofline));

static llvm::Expected<const DeviceModel *> chooseDevice(const StepReport &step) {
  if (deviceModel.empty()) {
    std::string architecture = !arch.empty() ? arch : !step.architecture.empty() ? step.architecture : "sm_80";
    if (const DeviceModel *device = findDeviceModelFor(architecture))
      return device;
    return llvm::createStringError("--arch: expected an architecture from sm_80 on, got '" + architecture + "'");
  }
  if (!arch.empty())
    return llvm::createStringError("expected --device-model or --arch, got both");
  if (const DeviceModel *device = findDeviceModel(deviceModel))
    return device;
  auto names =
      llvm::map_to_vector(getDeviceModels(), [](const DeviceModel &device) -> llvm::StringRef { return device.name; });
  return llvm::createStringError("--device-model: unknown device '" + deviceModel + "'; devices are " +
                                 llvm::join(names, ", "));
}

static ExitCode fail(ExitCode code, llvm::Error error) {
  printError(llvm::toString(std::move(error)));
  return code;
}

static ExitCode run() {
  if (listDevices) {
    asJson ? printDevicesJson(llvm::outs()) : printDevices(llvm::outs());
    return ExitCode::Ok;
  }
  if (program.empty())
    return fail(ExitCode::Usage, llvm::createStringError("expected a program"));
  auto step = readStep(program);
  if (!step)
    return fail(ExitCode::ModelInvalid, step.takeError());
  auto device = chooseDevice(*step);
  if (!device)
    return fail(ExitCode::Usage, device.takeError());
  RooflineReport report = estimateRoofline(*step, **device, precision);
  if (showKernels)
    asJson ? printKernelTimesJson(report, llvm::outs()) : printKernelTimes(report, llvm::outs());
  else
    asJson ? printRooflineJson(report, llvm::outs()) : printRoofline(report, llvm::outs());
  return ExitCode::Ok;
}

Command neap::rooflineCommand() { return {&roofline, run}; }
