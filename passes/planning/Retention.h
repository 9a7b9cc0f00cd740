// Which values of a training step stay in memory from forward to backward, which are computed again, and which wait in far
// memory, so that the step fits a capacity and loses as little time as can be. docs/design/0011-retention.md derives the
// formulas.
#pragma once

#include <cstdint>
#include <limits>
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
  /// For what lives from step to step and is read and written once in each (optimizer state, at its update): the gap goes
  /// from gapFirst, behind the update, to the end of the step, and from its beginning to gapLast, before the update.
  bool wrapsAround = false;
  /// Somebody reads it behind the gap, whatever is decided.
  bool isNeeded = false;
  /// Positions behind the gap at which it lies in memory, however it came there. `baseBytes` has them if the value
  /// isNeeded; else they count if something that is computed again reads it.
  int lateFirst = 0, lateLast = -1;
  /// Values that computing it again reads: they must be there, whatever their action. Smaller indices only.
  std::vector<int> sources;
  /// Seconds that computing it again takes; infinity where it cannot be. Less than 0, if it isNeeded, where that is faster than to keep it.
  double recomputeSeconds = 0;
  /// Seconds that moving it to far memory and back costs even if the copies are hidden (memory traffic taken from kernels);
  /// infinity where it must not be moved. 0 is allowed; something above it spares the link what does not need it.
  double offloadSeconds = std::numeric_limits<double>::infinity();

  bool hasGap() const { return wrapsAround || gapFirst <= gapLast; }
};

/// Positions from first to last, both included.
struct PositionRange {
  int first = 0, last = -1;
  bool operator==(const PositionRange &) const = default;
};

/// The link to far memory, one queue for each direction. Copies never delay a task: what would be late is not moved.
struct FarLink {
  double outBytesPerSecond = 0, inBytesPerSecond = 0;
  /// By position, how long its task runs.
  std::vector<double> taskSeconds;
  /// Positions that are run again and again, in rounds: a value from outside is there in all of them or in none. None overlap.
  std::vector<PositionRange> loops = {};
};

/// Positions are tasks in the order of their execution; there is at least one.
struct RetentionProblem {
  /// By position: bytes alive whatever is decided.
  std::vector<int64_t> baseBytes;
  std::vector<RetainableValue> values;
  /// Where there is far memory.
  std::optional<FarLink> link = std::nullopt;
};

enum class Action {
  None,      ///< nobody reads it behind its gap
  Keep,      ///< stays in memory
  Recompute, ///< dies at the start of its gap and is computed again behind it
  Offload,   ///< copied out at the start of its gap, and back before its end
};

/// Positions at which an offloaded value still, and again, lies in memory: from gapFirst to outLast, from inFirst to gapLast.
///
/// Copies out start at the begin of gapFirst or when the one before has ended, in order of gapFirst; copies in end at the
/// end of gapLast or when the one behind begins, in order of gapLast, so that they begin as late as can be. Equal ones go in
/// order of index. A position that a copy so much as touches counts, and with one position of a loop all of them.
struct CopyWindow {
  int outLast = -1, inFirst = -1;
  bool operator==(const CopyWindow &) const = default;
};

struct RetentionPlan {
  std::vector<Action> actions; ///< one per value
  /// One per value, of use for those that are offloaded; empty if there is no link.
  std::vector<CopyWindow> copies;
  double seconds = 0; ///< that the step takes longer than with everything kept
  /// No plan for this capacity adds less. From the linear relaxation, less a millionth for the solver's tolerance.
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
  /// Plans that add as much or more are of no use: where the bound says that there are no others, none is looked for.
  double cutoffSeconds = std::numeric_limits<double>::infinity();
  /// With at most so many decisions, the plan is optimal (within relativeGap, and as far as nothing is offloaded: the exact
  /// search does not know queues); with more, it is what a search guided by the relaxation finds. Limits are counts of work, never time, so that equal problems get equal plans.
  int exactValues = 60;
  /// Of the exact search, for problems of up to that size. Larger ones, searched only where nothing else has found a plan,
  /// get fewer, by the square of their size.
  int nodeLimit = 20000;
  /// What findMinimum has found for the problem, where the caller knows it: else it is searched for where nothing else has found a plan.
  const RetentionPlan *lowest = nullptr;
};

/// The fastest plan found for a capacity. Nothing if there is none, or none below the cutoff: proven by the relaxation or by
/// the exact search, or, where that ran into its limit, likely, for neither a search nor findMinimum has found one.
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

/// What every plan needs at least: the bound of findMinimum, without a plan.
int64_t boundMinimum(const RetentionProblem &problem);

/// The seconds that any plan for a capacity adds at least; nothing if there is no plan. What planRetention reports, without a plan.
std::optional<double> boundRetention(const RetentionProblem &problem, int64_t capacityBytes);

/// Plans for capacities on a ladder that starts at a known minimum: rung k is the minimum times ratio^k.
struct RetentionLadder {
  RetentionMinimum minimum;
  double ratio = 1.02;
};

/// The best plan of the highest rung within the capacity and of all rungs below, so that more memory never makes a slower
/// plan (planRetention alone is as good as its search was lucky). Rungs whose bound is above the plan in hand are skipped.
/// Nothing below the minimum's peak. boundSeconds is that of the highest rung.
std::optional<RetentionPlan> planOnLadder(const RetentionProblem &problem, int64_t capacityBytes,
                                          const RetentionLadder &ladder, const RetentionOptions &options = {});

/// Why actions cannot be carried out whatever the capacity, in words; nothing if they can.
std::optional<std::string> findActionError(const RetentionProblem &problem, const std::vector<Action> &actions);

/// What is wrong with a plan, in words; nothing if it is right. Shares no code with the planner.
std::optional<std::string> findRetentionError(const RetentionProblem &problem, const RetentionPlan &plan,
                                              int64_t capacityBytes);

} // namespace neap::planning
