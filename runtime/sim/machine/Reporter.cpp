// One report for each line and fault.
#include "neap/runtime/sim/machine/Reporter.h"

namespace neap::sim {

void Reporter::add(Fault fault, const ptx::Instruction &instruction, uint32_t warp, uint32_t lane, uint64_t address,
                   std::string detail) {
  if (!seen_.insert({instruction.line, fault}).second)
    return;
  const ptx::Module &module = executable_.module().module();
  reports_.push_back({fault, executable_.kernel().name, instruction.line, module.textOf(instruction.line), block,
                      launch_.block.at(warp * 32 + lane), warp, lane, address, std::move(detail)});
  if (reports_.size() >= launch_.maxReports)
    throw StopLaunch();
}

void Reporter::addLaunch(std::string detail) {
  Report report;
  report.kernel = executable_.kernel().name;
  report.detail = std::move(detail);
  reports_.push_back(std::move(report));
}

} // namespace neap::sim
