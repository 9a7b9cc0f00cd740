// Which values of a training step stay in memory from forward to backward, and which are computed again, so that the step
// fits a capacity and loses as little time as can be. docs/design/0011-retention.md derives the formulas.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace neap::planning {

/// A value that one task makes and others read, with a time in between in which nobody does.
///
///     made, read | gap: in memory only if kept | late: in memory, kept or computed again
///     -----------+-----------------------------+----------------------------------------> positions
struct RetainableValue {
  int64_t bytes = 0;
  /// Positions, both included, at which the value lies in memory only because it was kept; empty if gapFirst > gapLast.
  int gapFirst = 0, gapLast = -1;
  /// Somebody reads it behind the gap, whatever is decided.
  bool isNeeded = false;
  /// Positions behind the gap at which it lies in memory, however it came there. `baseBytes` has them if the value
  /// isNeeded; else they count if something that is computed again reads it.
  int lateFirst = 0, lateLast = -1;
  /// Values that computing it again reads: they must be there, kept or computed again themselves. Smaller indices only.
  std::vector<int> sources;
  /// Seconds that computing it again takes; infinity where it cannot be.
  double recomputeSeconds = 0;
};

/// Positions are tasks in the order of their execution.
struct RetentionProblem {
  /// By position: bytes alive whatever is decided.
  std::vector<int64_t> baseBytes;
  std::vector<RetainableValue> values;
};

enum class Action {
  None,      ///< nobody reads it behind its gap
  Keep,      ///< stays in memory
  Recompute, ///< dies at the start of its gap and is computed again behind it
};

struct RetentionPlan {
  std::vector<Action> actions; ///< one per value
  double seconds = 0;          ///< that the step takes longer than with everything kept
  /// No plan for this capacity adds less. From the linear relaxation: true up to the solver's tolerance of about 1e-7.
  double boundSeconds = 0;
  int64_t peakBytes = 0;
  int peakPosition = 0; ///< the first one with so many bytes
  /// By value, from the duals of the relaxation, in seconds per byte: what one more byte in all of the value's gap would
  /// save, and the price at which its decision flips. Values whose gap costs more than they are worth are computed again;
  /// where both are equal the relaxation is torn, and the plan decides by what fits.
  std::vector<double> gapPrices, flipPrices;
};

struct RetentionOptions {
  /// A plan so close to the bound, as a share of the bound, is good enough.
  double relativeGap = 0.001;
  /// With at most so many values to decide on, the plan is optimal (within relativeGap); with more, it is what a search
  /// guided by the relaxation finds. Limits are counts of work, never time, so that equal problems get equal plans.
  int exactValues = 60;
  /// Of the exact search, for problems of up to that size. Larger ones, searched only where nothing else has found a plan,
  /// get fewer, by the square of their size.
  int nodeLimit = 20000;
};

/// The fastest plan found for a capacity; nothing if there is none: proven by the relaxation or by the exact search, or,
/// where that ran into its limit, likely, for neither a search nor findMinimum has found one.
std::optional<RetentionPlan> planRetention(const RetentionProblem &problem, int64_t capacityBytes,
                                           const RetentionOptions &options = {});

struct RetentionMinimum {
  /// No plan peaks lower.
  int64_t boundBytes = 0;
  /// The plan of lowest peak that was found; its boundSeconds is 0 and it has no prices.
  RetentionPlan plan;
};

/// The smallest capacity for which there is a plan.
RetentionMinimum findMinimum(const RetentionProblem &problem, const RetentionOptions &options = {});

/// Plans for capacities on a ladder that starts at a known minimum: rung k is the minimum times ratio^k.
struct RetentionLadder {
  RetentionMinimum minimum;
  double ratio = 1.02;
};

/// The best plan of the highest rung within the capacity and of all rungs below, so that more memory never makes a slower
/// plan (planRetention alone is as good as its search was lucky). Rungs whose bound is above the plan in hand are skipped.
/// Nothing below the minimum's peak. boundSeconds is that of the capacity itself.
std::optional<RetentionPlan> planOnLadder(const RetentionProblem &problem, int64_t capacityBytes,
                                          const RetentionLadder &ladder, const RetentionOptions &options = {});

/// What is wrong with a plan, in words; nothing if it is right. Shares no code with the planner.
std::optional<std::string> findRetentionError(const RetentionProblem &problem, const RetentionPlan &plan,
                                              int64_t capacityBytes);

} // namespace neap::planning
