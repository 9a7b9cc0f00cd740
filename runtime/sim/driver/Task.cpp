// Tasks in words.
#include "neap/runtime/sim/driver/Task.h"

namespace neap::sim::driver {

std::string Task::text(uint32_t node) const {
  std::string where = isGraph ? "node " + std::to_string(node) + " of " + place : place;
  return program->operation(node).text() + " (" + where + ")";
}

} // namespace neap::sim::driver
