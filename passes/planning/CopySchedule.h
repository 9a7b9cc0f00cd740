// When copies to far memory and back run, and at which positions they occupy memory.
#pragma once

#include "neap/passes/planning/Retention.h"

namespace neap::planning {

/// Both queues of a link for a set of moved values that changes one at a time. See CopyWindow for the rules.
class CopySchedule {
public:
  /// Requires problem.link.
  explicit CopySchedule(const RetentionProblem &problem);

  /// Moves a value or ceases to. Values whose copies now run at another time are in `changed` until the next call.
  void setMoved(int value, bool isMoved);
  const std::vector<int> &changed() const { return changedValues; }

  /// Nothing if a copy comes too late: it still runs out when it should run in, or beyond the step's ends.
  std::optional<CopyWindow> windowOf(int value) const;
  /// The same if no other value were moved.
  std::optional<CopyWindow> windowAlone(int value) const;

  /// Seconds from the start of the step to the start of a position, for copies in one direction; one more than there are
  /// positions. A loop's seconds pass at its last position for copies out, and at its first for copies in, so that what touches
  /// a loop is there in all of it.
  double outStartOf(int position) const { return outStarts[position]; }
  double inStartOf(int position) const { return inStarts[position]; }

private:
  double outSeconds(int value) const;
  double inSeconds(int value) const;
  double earliestOut(int value) const { return outStarts[problem.values[value].gapFirst]; }
  double latestIn(int value) const { return inStarts[problem.values[value].gapLast + 1]; }
  std::optional<CopyWindow> makeWindow(int value, double outEnd, double inBegin) const;
  void updateOut(int fromRank);
  void updateIn(int fromRank);

  const RetentionProblem &problem;
  std::vector<double> outStarts, inStarts;
  /// Values in the order of a queue, and where each stands in it.
  std::vector<int> outOrder, inOrder, outRank, inRank;
  /// By rank: when the queue is done with all up to here; in: when it begins with all from here.
  std::vector<double> outEnds, inBegins;
  std::vector<bool> moved;
  std::vector<int> changedValues;
};

} // namespace neap::planning
