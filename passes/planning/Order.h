// The order in which tasks run.
#pragma once

#include "neap/passes/planning/StorageGraph.h"

namespace neap::planning {

/// All tasks in an order that respects `after` and runs writers before readers, with no higher peak than the given order.
///
/// Requires: the given order (by index) is one that is allowed, and of every storage's tasks the writers come in the order
/// of their indices, before those that read what they wrote.
///
/// A list scheduler: a task that allocates nothing, or frees more than it allocates, runs as soon as it can (an update as
/// soon as its gradient is there, so that the gradient dies); all others keep their order. If the peak of the outcome is
/// higher than the given order's, that one is returned. O((tasks + edges) log tasks); the same input gives the same order.
std::vector<int> orderTasks(const StorageGraph &graph);

} // namespace neap::planning
