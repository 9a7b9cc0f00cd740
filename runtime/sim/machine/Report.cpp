// The wording of reports.
#include "neap/runtime/sim/machine/Report.h"

#include <array>

namespace neap::sim {

namespace {

/// In the order of Fault.
constexpr std::array<std::string_view, 15> names = {"out of bounds",
                                                    "misaligned",
                                                    "uninitialised memory",
                                                    "register never written",
                                                    "undeclared access",
                                                    "write to read-only memory",
                                                    "non-coherent access to written memory",
                                                    "race",
                                                    "barrier divergence",
                                                    "warp divergence",
                                                    "division by zero",
                                                    "branch beyond its table",
                                                    "trap",
                                                    "instruction budget exceeded",
                                                    "launch refused"};

} // namespace

std::string_view nameOf(Fault fault) { return names[size_t(fault)]; }

std::string Report::message() const {
  std::string head = "kernel '" + kernel + "'";
  if (line == 0)
    return head + ": " + std::string(nameOf(fault)) + ": " + detail;
  return head + ", line " + std::to_string(line) + ": " + text + "\n  block " + block.text() + ", warp " +
         std::to_string(warp) + ", lane " + std::to_string(lane) + ", thread " + thread.text() + ": " +
         std::string(nameOf(fault)) + ": " + detail;
}

} // namespace neap::sim
