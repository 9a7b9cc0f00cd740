// See StepEstimate.h.
#include "neap/passes/costs/StepEstimate.h"

#include "neap/passes/costs/MachineProfile.h"

namespace neap {

llvm::Expected<planning::CpuCosts> findCpuCosts(llvm::StringRef machineProfile, int64_t lanes, int64_t cores) {
  planning::CpuCosts typical = planning::describeTypicalCpu(lanes, cores);
  if (machineProfile.empty())
    return typical;
  llvm::Expected<planning::CpuCosts> measured = readMachineProfile(machineProfile);
  if (measured && measured->spillWriteRate == 0)
    std::tie(measured->spillWriteRate, measured->spillReadRate) =
        std::tie(typical.spillWriteRate, typical.spillReadRate);
  return measured;
}

std::string describeSource(const planning::CpuCosts &costs) {
  return costs.measured.empty() ? "built-in" : "measured " + costs.measured + " on " + costs.model;
}

} // namespace neap
