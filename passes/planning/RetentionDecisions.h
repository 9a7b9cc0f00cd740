// Decisions on retention and what they amount to, kept up to date one change at a time.
#pragma once

#include "neap/passes/planning/CopySchedule.h"
#include "neap/passes/planning/LiveBytes.h"
#include "neap/passes/planning/Retention.h"

namespace neap::planning {

/// One wish per value: Keep, Recompute or Offload, should anybody read it behind its gap. Who is read follows from the wishes
/// of those that read it, so every combination of wishes is a plan, though not one that fits.
class RetentionDecisions {
public:
  /// Keeps everything.
  RetentionDecisions(const RetentionProblem &problem, int64_t capacityBytes);

  /// Changes a wish; changing it back restores everything. O(positions of the gaps that change), in the worst case; of the
  /// queues too where copies are concerned.
  void set(int value, Action wish);
  void setAll(const std::vector<Action> &wanted);
  /// Wishes that a value may have, and that would free anything.
  bool isPossible(int value, Action wish) const;

  const std::vector<Action> &wishes() const { return wish; }
  Action wishOf(int value) const { return wish[value]; }
  /// The wish, or None where nobody reads the value behind its gap.
  Action actionOf(int value) const { return readers[value] > 0 ? wish[value] : Action::None; }
  const RetainableValue &valueAt(int value) const { return problem.values[value]; }
  int valueCount() const { return static_cast<int>(readers.size()); }

  bool fits() const { return excessBytes() == 0; }
  /// Bytes above the capacity, summed over positions, and bytes whose copies come too late.
  int64_t excessBytes() const { return live.excess() + lateBytes; }
  double seconds() const { return addedSeconds; }
  /// Searches give up when they have spent what they were given; see LiveBytes::work. Not limited at first.
  void allowWork(int64_t amount) { workLimit = live.work() + amount; }
  bool isSpent() const { return live.work() > workLimit; }
  int findPeak() const { return live.findPeak(); }
  int64_t peakBytes() const { return live.at(live.findPeak()); }

  /// Whether another wish can make room at a position, or for copies that come too late.
  bool mayFree(int value, int position) const;
  /// A guess of what that costs for each byte that it frees: 0 where the value is not kept.
  double secondsPerByte(int value) const;

  RetentionPlan makePlan() const;

private:
  void addReader(int value);
  void removeReader(int value);
  void place(int value, int sign);
  void setMoved(int value, bool isMoved);
  void addInGap(int value, int64_t bytes);
  void addCopies(int value, int sign);
  void changeCopies(int value, std::optional<CopyWindow> window);

  const RetentionProblem &problem;
  std::optional<CopySchedule> schedule;
  std::vector<Action> wish;
  std::vector<int> readers; ///< behind the gap
  LiveBytes live;
  /// Of offloaded values, as they stand in `live`; nothing where copies come too late and the value counts as kept.
  std::vector<std::optional<CopyWindow>> windows;
  int64_t lateBytes = 0;
  double addedSeconds = 0;
  int64_t workLimit = std::numeric_limits<int64_t>::max();
};

} // namespace neap::planning
