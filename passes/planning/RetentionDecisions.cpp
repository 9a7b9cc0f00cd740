// Flips and their consequences.
#include "neap/passes/planning/RetentionDecisions.h"

#include <algorithm>
#include <cmath>

using namespace neap::planning;

RetentionDecisions::RetentionDecisions(const RetentionProblem &problem, int64_t capacityBytes)
    : problem(problem), isWished(problem.values.size(), false), readers(problem.values.size(), 0),
      live(problem.baseBytes, capacityBytes) {
  for (int value = 0; value < static_cast<int>(problem.values.size()); ++value)
    if (problem.values[value].isNeeded)
      addReader(value);
}

bool RetentionDecisions::canRecompute(int value) const {
  const RetainableValue &it = problem.values[value];
  return std::isfinite(it.recomputeSeconds) && it.gapFirst <= it.gapLast && it.bytes > 0;
}

bool RetentionDecisions::mayFree(int value, int position) const {
  auto isWithin = [&](int first, int last) { return first <= position && position <= last; };
  const RetainableValue &it = problem.values[value];
  if (isKept(value))
    return isWithin(it.gapFirst, it.gapLast);
  return isRecomputed(value) && std::any_of(it.sources.begin(), it.sources.end(), [&](int source) {
           const RetainableValue &other = problem.values[source];
           bool isOnlyReader = readers[source] == 1;
           return isOnlyReader && (isRecomputed(source) || isWithin(other.gapFirst, other.gapLast) ||
                                   isWithin(other.lateFirst, other.lateLast));
         });
}

double RetentionDecisions::secondsPerByte(int value) const {
  const RetainableValue &it = problem.values[value];
  return isRecomputed(value) ? 0 : it.recomputeSeconds / static_cast<double>(it.bytes);
}

/// Adds (or takes back) what a value that is read behind its gap costs by its present wish.
void RetentionDecisions::place(int value, int sign) {
  const RetainableValue &it = problem.values[value];
  if (!isWished[value]) {
    live.add(it.gapFirst, it.gapLast, sign * it.bytes);
    return;
  }
  addedSeconds += sign * it.recomputeSeconds;
  for (int source : it.sources)
    sign > 0 ? addReader(source) : removeReader(source);
}

void RetentionDecisions::addReader(int value) {
  if (readers[value]++ > 0)
    return;
  const RetainableValue &it = problem.values[value];
  if (!it.isNeeded)
    live.add(it.lateFirst, it.lateLast, it.bytes);
  place(value, 1);
}

void RetentionDecisions::removeReader(int value) {
  if (--readers[value] > 0)
    return;
  const RetainableValue &it = problem.values[value];
  if (!it.isNeeded)
    live.add(it.lateFirst, it.lateLast, -it.bytes);
  place(value, -1);
}

void RetentionDecisions::flip(int value) {
  bool isRead = readers[value] > 0;
  if (isRead)
    place(value, -1);
  isWished[value] = !isWished[value];
  if (isRead)
    place(value, 1);
}

void RetentionDecisions::setWishes(const std::vector<bool> &wanted) {
  for (int value = 0; value < static_cast<int>(wanted.size()); ++value)
    if (isWished[value] != wanted[value])
      flip(value);
}

RetentionPlan RetentionDecisions::makePlan() const {
  RetentionPlan plan;
  for (int value = 0; value < static_cast<int>(problem.values.size()); ++value) {
    Action action = isRecomputed(value) ? Action::Recompute : isKept(value) ? Action::Keep : Action::None;
    plan.actions.push_back(action);
    if (action == Action::Recompute) // a fresh sum: that of many flips has rounded differently
      plan.seconds += problem.values[value].recomputeSeconds;
  }
  plan.peakPosition = live.findPeak();
  plan.peakBytes = live.at(plan.peakPosition);
  return plan;
}
