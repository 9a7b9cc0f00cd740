// Collects the reports of a launch.
#ifndef NEAP_RUNTIME_SIM_MACHINE_REPORTER_H
#define NEAP_RUNTIME_SIM_MACHINE_REPORTER_H

#include "neap/runtime/sim/machine/Launch.h"

#include <set>

namespace neap::sim {

/// Thrown to leave a launch that has had enough reports or cannot go on.
struct StopLaunch {};

class Reporter {
public:
  Reporter(const Executable &executable, const Launch &launch, std::vector<Report> &reports)
      : executable_(executable), launch_(launch), reports_(reports) {}

  /// The block that following reports are about.
  Dim3 block;

  /// Whether a report of this fault would be the first for the line: others are not worth their text.
  bool wants(Fault fault, const ptx::Instruction &instruction) const {
    return !seen_.contains({instruction.line, fault});
  }
  /// Adds a report unless its line has one of this fault. Throws StopLaunch when that makes enough.
  void add(Fault fault, const ptx::Instruction &instruction, uint32_t warp, uint32_t lane, uint64_t address,
           std::string detail);
  /// A report of the launch as a whole.
  void addLaunch(std::string detail);
  /// "thread (3,0,0)"
  std::string threadText(uint32_t thread) const { return "thread " + launch_.block.at(thread).text(); }

private:
  const Executable &executable_;
  const Launch &launch_;
  std::vector<Report> &reports_;
  std::set<std::pair<uint32_t, Fault>> seen_;
};

} // namespace neap::sim

#endif
