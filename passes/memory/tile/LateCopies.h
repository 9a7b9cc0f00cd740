// A large value that both the forward and the backward pass read, in tiles: each pass makes it for itself.
#pragma once

#include "neap/dialects/neap/Neap.h"

namespace neap {

/// Gives what reads a value behind the forward pass a copy of it, made by copies of what makes it; and likewise for all values of
/// the region around it that are at least half as large (findForwardRegion). Forward and backward pass then have regions of their own,
/// although what lies between them needs all tiles of the first one. Returns a value of the second region; nothing, with nothing
/// changed, where the forward pass's ops around the value cannot be computed in `count` rounds or nobody reads it late.
std::optional<mlir::Value> copyForBackward(StepOp step, mlir::Value seed, int64_t count);

/// The same, with the two loops in the place of both regions. False where one of them cannot be tiled: the step is then of no use.
bool tileTwice(StepOp step, mlir::Value seed, int64_t count);

} // namespace neap
