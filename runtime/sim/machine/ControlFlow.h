// Where lanes that part at a branch meet again.
#ifndef NEAP_RUNTIME_SIM_MACHINE_CONTROLFLOW_H
#define NEAP_RUNTIME_SIM_MACHINE_CONTROLFLOW_H

#include "neap/runtime/sim/ptx/Program.h"

namespace neap::sim {

/// Lanes that part there do not meet again.
constexpr uint32_t neverMeet = 0xffffffff;

/// For each branch of the kernel, the first instruction that all paths from it reach: the start of the immediate
/// post-dominator of its block, or neverMeet. Other instructions have neverMeet.
std::vector<uint32_t> meetingPoints(const ptx::Kernel &kernel);

} // namespace neap::sim

#endif
