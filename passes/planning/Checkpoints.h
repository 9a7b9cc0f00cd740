// Values that are worth keeping so that computing others again does not reach far back.
//
// A value that is computed again needs its sources, and these theirs. If no value is kept on the way, one recomputation runs back
// to the inputs, and everything that it computes on the way lies in memory until its own readers come: the rows of a
// retention problem, which count a value from its first reader on, do not see that. Keeping the narrowest places of the graph, as every
// checkpointing scheme since Chen et al. ("Training Deep Nets with Sublinear Memory Cost", 2016) does, bounds both.
#pragma once

#include "neap/passes/planning/Retention.h"

namespace neap::planning {

/// Sets of values, in order, such that whatever is computed again behind a set reads nothing before it but values of the set
/// and values without sources. These are the places where fewer bytes cross than on either side: between the blocks of a
/// transformer, the residual stream. Values that must be there anyway for want of sources do not count. Empty where there is no narrow place.
std::vector<std::vector<int>> findCheckpoints(const RetentionProblem &problem);

/// The problem with every `stride`-th set kept: its values cannot be computed again.
RetentionProblem keepCheckpoints(RetentionProblem problem, const std::vector<std::vector<int>> &checkpoints,
                                 size_t stride);

} // namespace neap::planning
