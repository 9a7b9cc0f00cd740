// neap-rematerialize as a function: what the pass does to a step, and what a planner tries out.
#pragma once

#include "neap/dialects/neap/Neap.h"

namespace neap {

/// Replaces every neap.recompute of a step. Remarks only if `reports`. Fails, with a diagnostic, at one that cannot be carried
/// out.
mlir::LogicalResult rematerialize(StepOp step, bool reports);

} // namespace neap
