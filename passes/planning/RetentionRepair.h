// Local search: makes decisions fit, and then cheap.
#pragma once

#include "neap/passes/planning/RetentionDecisions.h"

namespace neap::planning {

/// Changes decisions until they fit, each time the one that buys freed bytes for the fewest seconds. False if it is stuck, or
/// has spent its work.
/// `isLocked`, if not empty, names values that stay as they are.
bool repair(RetentionDecisions &decisions, const std::vector<bool> &isLocked = {});

/// Keeps what is computed again and can be kept (or else offloaded) as well, most seconds first; then what is offloaded and
/// need not be.
void keepWhatFits(RetentionDecisions &decisions);

/// Keeps one value after the other at the expense of others, as long as that saves time and there is work left.
void exchange(RetentionDecisions &decisions);

} // namespace neap::planning
