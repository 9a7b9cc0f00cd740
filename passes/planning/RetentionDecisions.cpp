// Changes of wishes and their consequences.
#include "neap/passes/planning/RetentionDecisions.h"

#include <algorithm>
#include <cmath>

using namespace neap::planning;

/// By position, with all that is needed kept.
static std::vector<int64_t> countKeptBytes(const RetentionProblem &problem) {
  size_t positions = problem.baseBytes.size();
  std::vector<int64_t> change(positions + 1, 0);
  for (const RetainableValue &value : problem.values) {
    if (!value.isNeeded || !value.hasGap())
      continue;
    change[value.gapFirst] += value.bytes;
    change[value.gapLast + 1] -= value.bytes;
    if (value.wrapsAround)
      change[0] += value.bytes;
  }
  std::vector<int64_t> bytes = problem.baseBytes;
  int64_t kept = 0;
  for (size_t position = 0; position < positions; ++position)
    bytes[position] += kept += change[position];
  return bytes;
}

RetentionDecisions::RetentionDecisions(const RetentionProblem &problem, int64_t capacityBytes)
    : problem(problem), wish(problem.values.size(), Action::Keep), live(countKeptBytes(problem), capacityBytes),
      windows(problem.values.size()) {
  if (problem.link)
    schedule.emplace(problem);
  for (const RetainableValue &value : problem.values)
    readers.push_back(value.isNeeded);
}

bool RetentionDecisions::isPossible(int value, Action wanted) const {
  const RetainableValue &it = problem.values[value];
  if (wanted == Action::Keep)
    return true;
  if (!it.hasGap() || it.bytes == 0)
    return false;
  if (wanted == Action::Recompute)
    return std::isfinite(it.recomputeSeconds);
  return wanted == Action::Offload && schedule && std::isfinite(it.offloadSeconds);
}

static bool isWithin(int position, int first, int last) { return first <= position && position <= last; }

static bool isInGap(const RetainableValue &value, int position) {
  return value.wrapsAround ? position >= value.gapFirst || position <= value.gapLast
                           : isWithin(position, value.gapFirst, value.gapLast);
}

bool RetentionDecisions::mayFree(int value, int position) const {
  const RetainableValue &it = problem.values[value];
  switch (actionOf(value)) {
  case Action::None: return false;
  case Action::Keep: return isInGap(it, position);
  case Action::Offload: return lateBytes > 0 || isInGap(it, position);
  case Action::Recompute:
    return std::any_of(it.sources.begin(), it.sources.end(), [&](int source) {
      const RetainableValue &other = problem.values[source];
      bool isOnlyReader = readers[source] == 1;
      return isOnlyReader && (wish[source] == Action::Recompute || isInGap(other, position) ||
                              isWithin(position, other.lateFirst, other.lateLast));
    });
  }
  return false;
}

double RetentionDecisions::secondsPerByte(int value) const {
  const RetainableValue &it = problem.values[value];
  if (wish[value] != Action::Keep)
    return 0;
  return std::min(it.recomputeSeconds, it.offloadSeconds) / static_cast<double>(it.bytes);
}

void RetentionDecisions::addInGap(int value, int64_t bytes) {
  const RetainableValue &it = problem.values[value];
  if (it.wrapsAround) {
    live.add(it.gapFirst, static_cast<int>(problem.baseBytes.size()) - 1, bytes);
    live.add(0, it.gapLast, bytes);
  } else {
    live.add(it.gapFirst, it.gapLast, bytes);
  }
}

/// What an offloaded value occupies while it is copied.
void RetentionDecisions::addCopies(int value, int sign) {
  const RetainableValue &it = problem.values[value];
  if (windows[value]) {
    live.add(it.gapFirst, windows[value]->outLast, sign * it.bytes);
    live.add(windows[value]->inFirst, it.gapLast, sign * it.bytes);
  } else {
    addInGap(value, sign * it.bytes);
    lateBytes += sign * it.bytes;
  }
}

/// As taking them away and adding them again, but mostly they have moved by a position or two.
void RetentionDecisions::changeCopies(int value, std::optional<CopyWindow> window) {
  const RetainableValue &it = problem.values[value];
  const std::optional<CopyWindow> &before = windows[value];
  if (before && window) {
    live.add(before->outLast + 1, window->outLast, it.bytes);
    live.add(window->outLast + 1, before->outLast, -it.bytes);
    live.add(window->inFirst, before->inFirst - 1, it.bytes);
    live.add(before->inFirst, window->inFirst - 1, -it.bytes);
    windows[value] = window;
    return;
  }
  addCopies(value, -1);
  windows[value] = window;
  addCopies(value, 1);
}

/// A copy more or less moves others.
void RetentionDecisions::setMoved(int value, bool isMoved) {
  if (!isMoved)
    addCopies(value, -1);
  schedule->setMoved(value, isMoved);
  for (int other : schedule->changed()) {
    std::optional<CopyWindow> window = schedule->windowOf(other);
    if (other == value || window == windows[other])
      continue;
    changeCopies(other, window);
  }
  if (isMoved) {
    windows[value] = schedule->windowOf(value);
    addCopies(value, 1);
  }
}

/// Adds (or takes back) what a value that is read behind its gap costs by its present wish.
void RetentionDecisions::place(int value, int sign) {
  const RetainableValue &it = problem.values[value];
  switch (wish[value]) {
  case Action::Recompute:
    addedSeconds += sign * it.recomputeSeconds;
    for (int source : it.sources)
      sign > 0 ? addReader(source) : removeReader(source);
    break;
  case Action::Offload:
    addedSeconds += sign * it.offloadSeconds;
    setMoved(value, sign > 0);
    break;
  default: addInGap(value, sign * it.bytes);
  }
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

void RetentionDecisions::set(int value, Action wanted) {
  if (wish[value] == wanted)
    return;
  bool isRead = readers[value] > 0;
  if (isRead)
    place(value, -1);
  wish[value] = wanted;
  if (isRead)
    place(value, 1);
}

void RetentionDecisions::setAll(const std::vector<Action> &wanted) {
  for (int value = 0; value < valueCount(); ++value)
    set(value, wanted[value]);
}

RetentionPlan RetentionDecisions::makePlan() const {
  RetentionPlan plan;
  for (int value = 0; value < valueCount(); ++value) {
    Action action = actionOf(value);
    plan.actions.push_back(action);
    if (problem.link)
      plan.copies.push_back(action == Action::Offload && windows[value] ? *windows[value] : CopyWindow());
    // A fresh sum: that of many changes has rounded differently.
    if (action == Action::Recompute)
      plan.seconds += problem.values[value].recomputeSeconds;
    if (action == Action::Offload)
      plan.seconds += problem.values[value].offloadSeconds;
  }
  plan.peakPosition = live.findPeak();
  plan.peakBytes = live.at(plan.peakPosition);
  return plan;
}
