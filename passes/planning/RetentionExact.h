// Retention by branch and bound.
#pragma once

#include "neap/passes/planning/RetentionRelaxation.h"

namespace neap::planning {

struct ExactRetention {
  /// Nothing if no plan of lower cost than the cutoff was found.
  std::optional<std::vector<Action>> wishes;
  /// The search ended by itself: what it found is the best there is, within the gap, or there is nothing below the cutoff.
  bool isProven = false;
};

/// The best plan of the relaxation's goal that costs less than `cutoff` (seconds or bytes; infinity where any plan will do).
/// Rows that the relaxation had not generated are added as solutions break them. Copies are those of the relaxation: wishes
/// to offload may have to be repaired.
ExactRetention solveExactly(RetentionRelaxation &relaxation, double cutoff, const RetentionOptions &options);

} // namespace neap::planning
