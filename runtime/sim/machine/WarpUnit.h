// Executes what crosses the lanes of a warp: shuffles, votes and reductions. Which lanes must take part is checked
// here.
#ifndef NEAP_RUNTIME_SIM_MACHINE_WARPUNIT_H
#define NEAP_RUNTIME_SIM_MACHINE_WARPUNIT_H

#include "neap/runtime/sim/machine/Reporter.h"
#include "neap/runtime/sim/machine/Warp.h"

namespace neap::sim {

class WarpUnit {
public:
  explicit WarpUnit(Reporter &reporter) : reporter_(reporter) {}

  /// Whether the instruction has all lanes that its masks name; then they take part together. `path` are the lanes that
  /// are here, `mask` those of them that the guard lets execute. False if lanes are named that may still come here;
  /// what can never be right is reported.
  bool hasLanes(Warp &warp, const ptx::Instruction &instruction, uint32_t path, uint32_t mask);
  /// Executes shfl, vote, activemask or redux for the lanes `mask`.
  void execute(Warp &warp, const ptx::Instruction &instruction, uint32_t mask);

private:
  void checkMembers(Warp &warp, const ptx::Instruction &instruction, uint32_t mask);
  void shuffle(Warp &warp, const ptx::Instruction &instruction, uint32_t mask);
  void vote(Warp &warp, const ptx::Instruction &instruction, uint32_t mask);
  void reduce(Warp &warp, const ptx::Instruction &instruction, uint32_t mask);
  void report(Warp &warp, const ptx::Instruction &instruction, uint32_t lanes, std::string detail);

  Reporter &reporter_;
};

/// "lane 3" or "lanes 3, 4, 7"; "all lanes".
std::string lanesText(uint32_t mask);

} // namespace neap::sim

#endif
