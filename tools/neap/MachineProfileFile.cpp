// See MachineProfileFile.h.
#include "neap/tools/neap/MachineProfileFile.h"

#include "neap/compiler/calibrate/CalibrateCpu.h"
#include "neap/passes/costs/MachineProfile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace neap;

std::string neap::findDefaultProfilePath() {
  llvm::SmallString<128> path;
  if (!llvm::sys::path::user_config_directory(path))
    return "";
  llvm::sys::path::append(path, "neap", "machine.json");
  return std::string(path);
}

static std::string describe(const planning::CpuCosts &costs) {
  return costs.model + " with " + std::to_string(costs.threads) + " threads";
}

llvm::Expected<FoundProfile> neap::findMachineProfile(llvm::StringRef option, const emit::TargetOptions &target,
                                                      const lower::CpuDescription &cpu, int64_t threads) {
  if (option == "none")
    return FoundProfile();
  std::string path = option.empty() ? findDefaultProfilePath() : option.str();
  if (option.empty() && !llvm::sys::fs::exists(path))
    return FoundProfile();
  llvm::Expected<planning::CpuCosts> costs = readMachineProfile(path);
  if (!costs)
    return llvm::createStringError("--machine-profile: " + llvm::toString(costs.takeError()));
  bool isHere = calibrate::isMeasuredHere(*costs, target.cpu, cpu.lanes, threads);
  if (option.empty() && !isHere)
    return FoundProfile{"", path + " is of " + describe(*costs) +
                                ", not of what is compiled for: times are expected from built-in rates"};
  if (costs->lanes != cpu.lanes)
    return llvm::createStringError("--machine-profile: " + path + " is of vectors of " + std::to_string(costs->lanes) +
                                   ", and those of --cpu have " + std::to_string(cpu.lanes));
  return FoundProfile{path,
                      "times are expected from " + path + ", measured " + costs->measured + " on " + describe(*costs)};
}
