// Decisions on retention and what they amount to, kept up to date one flip at a time.
#pragma once

#include "neap/passes/planning/LiveBytes.h"
#include "neap/passes/planning/Retention.h"

namespace neap::planning {

/// One wish per value: computed again, or kept, should anybody read it behind its gap. Who is read follows from the wishes
/// of those that read it, so every combination of wishes is a plan, though not one within the capacity.
class RetentionDecisions {
public:
  /// Keeps everything.
  RetentionDecisions(const RetentionProblem &problem, int64_t capacityBytes);

  /// Reverses a wish; flipping twice restores everything. O(positions of the gaps that change), in the worst case.
  void flip(int value);
  void setWishes(const std::vector<bool> &wanted);

  const std::vector<bool> &wishes() const { return isWished; }
  bool isRecomputed(int value) const { return readers[value] > 0 && isWished[value]; }
  bool isKept(int value) const { return readers[value] > 0 && !isWished[value]; }
  /// That it can be, and that it would free anything.
  bool canRecompute(int value) const;
  /// Whether a flip can make room at a position: the value lies there by its present wish, or computing it again may hold
  /// others there.
  bool mayFree(int value, int position) const;
  double recomputeSeconds(int value) const { return problem.values[value].recomputeSeconds; }
  /// A guess of what a flip costs for each byte that it frees: what computing the value again takes. 0 where it is.
  double secondsPerByte(int value) const;
  int valueCount() const { return static_cast<int>(readers.size()); }
  bool fits() const { return live.excess() == 0; }
  /// Bytes above the capacity, summed over positions.
  int64_t excessBytes() const { return live.excess(); }
  double seconds() const { return addedSeconds; }
  int findPeak() const { return live.findPeak(); }

  RetentionPlan makePlan() const;

private:
  void addReader(int value);
  void removeReader(int value);
  void place(int value, int sign);

  const RetentionProblem &problem;
  std::vector<bool> isWished;
  std::vector<int> readers; // behind the gap
  LiveBytes live;
  double addedSeconds = 0;
};

} // namespace neap::planning
