// Checks a plan against the rules one by one, position by position; knows nothing of how it was made.
#include "neap/passes/planning/Retention.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

using namespace neap::planning;

static std::string describe(size_t value) { return "value " + std::to_string(value); }

static bool isWithin(int position, int first, int last) { return position >= first && position <= last; }

/// Whether everybody who reads a value behind its gap finds it there.
std::optional<std::string> neap::planning::findActionError(const RetentionProblem &problem,
                                                           const std::vector<Action> &actions) {
  if (actions.size() != problem.values.size())
    return "expected one action per value";
  for (size_t value = 0; value < actions.size(); ++value) {
    const RetainableValue &it = problem.values[value];
    if (it.isNeeded && actions[value] == Action::None)
      return describe(value) + " is needed, and nothing is done to have it";
    if (actions[value] != Action::Recompute)
      continue;
    if (!std::isfinite(it.recomputeSeconds))
      return describe(value) + " cannot be computed again";
    for (int source : it.sources)
      if (actions[source] == Action::None)
        return describe(value) + " is computed again from " + describe(source) + ", which is not there";
  }
  return std::nullopt;
}

/// Whether the windows of copies lie in their gaps, and not on each other.
static std::optional<std::string> findMisplacedCopy(const RetentionProblem &problem, const RetentionPlan &plan) {
  int last = static_cast<int>(problem.baseBytes.size()) - 1;
  for (size_t value = 0; value < plan.actions.size(); ++value) {
    if (plan.actions[value] != Action::Offload)
      continue;
    const RetainableValue &it = problem.values[value];
    if (!problem.link || !std::isfinite(it.offloadSeconds))
      return describe(value) + " cannot be offloaded";
    if (plan.copies.size() != plan.actions.size())
      return "expected one copy window per value";
    auto [outLast, inFirst] = plan.copies[value];
    int outLimit = it.wrapsAround ? last : it.gapLast, inLimit = it.wrapsAround ? 0 : it.gapFirst;
    if (!isWithin(outLast, it.gapFirst - 1, outLimit) || !isWithin(inFirst, inLimit, it.gapLast + 1))
      return describe(value) + " is copied outside its gap";
    if (!it.wrapsAround && outLast >= inFirst)
      return describe(value) + " is copied in before it is out";
    for (auto [first, end] : problem.link->loops)
      if (isWithin(outLast, first, end - 1) || isWithin(inFirst, first + 1, end))
        return describe(value) + " is copied in the midst of a loop";
  }
  return std::nullopt;
}

/// Whether the link has done all copies by the positions that the plan says: both queues, one copy after the other.
static std::optional<std::string> findLateCopy(const RetentionProblem &problem, const RetentionPlan &plan) {
  std::vector<size_t> moved;
  for (size_t value = 0; value < plan.actions.size(); ++value)
    if (plan.actions[value] == Action::Offload)
      moved.push_back(value);
  if (moved.empty())
    return std::nullopt;
  const std::vector<double> &tasks = problem.link->taskSeconds;
  if (tasks.size() != problem.baseBytes.size())
    return "expected the seconds of each task";
  auto secondsBefore = [&](int position) { return std::accumulate(tasks.begin(), tasks.begin() + position, 0.0); };
  double slack = 1e-9 * secondsBefore(static_cast<int>(tasks.size()));
  const std::vector<RetainableValue> &values = problem.values;

  auto sortBy = [&](auto key) {
    std::sort(moved.begin(), moved.end(),
              [&](size_t a, size_t b) { return std::pair(key(a), a) < std::pair(key(b), b); });
  };
  sortBy([&](size_t value) { return values[value].gapFirst; });
  double free = 0; // when the queue is
  for (size_t value : moved) {
    free = std::max(free, secondsBefore(values[value].gapFirst)) +
           static_cast<double>(values[value].bytes) / problem.link->outBytesPerSecond;
    if (free > secondsBefore(plan.copies[value].outLast + 1) + slack)
      return describe(value) + " is not out in time";
  }
  sortBy([&](size_t value) { return values[value].gapLast; });
  free = secondsBefore(static_cast<int>(tasks.size()));
  for (auto value = moved.rbegin(); value != moved.rend(); ++value) {
    free = std::min(free, secondsBefore(values[*value].gapLast + 1)) -
           static_cast<double>(values[*value].bytes) / problem.link->inBytesPerSecond;
    if (free < secondsBefore(plan.copies[*value].inFirst) - slack)
      return describe(*value) + " is not back in time";
  }
  return std::nullopt;
}

static int64_t countBytesAt(const RetentionProblem &problem, const RetentionPlan &plan, int position) {
  int64_t bytes = problem.baseBytes[position];
  for (size_t value = 0; value < plan.actions.size(); ++value) {
    const RetainableValue &it = problem.values[value];
    bool isInGap = it.wrapsAround ? position >= it.gapFirst || position <= it.gapLast
                                  : isWithin(position, it.gapFirst, it.gapLast);
    if (plan.actions[value] == Action::Keep && isInGap)
      bytes += it.bytes;
    if (plan.actions[value] == Action::Offload && (isWithin(position, it.gapFirst, plan.copies[value].outLast) ||
                                                   isWithin(position, plan.copies[value].inFirst, it.gapLast)))
      bytes += it.bytes;
    if (plan.actions[value] != Action::None && !it.isNeeded && isWithin(position, it.lateFirst, it.lateLast))
      bytes += it.bytes;
  }
  return bytes;
}

static std::optional<std::string> findMemoryError(const RetentionProblem &problem, const RetentionPlan &plan,
                                                  int64_t capacityBytes) {
  int64_t peak = 0;
  int peakPosition = 0;
  for (int position = 0; position < static_cast<int>(problem.baseBytes.size()); ++position) {
    int64_t bytes = countBytesAt(problem, plan, position);
    if (bytes > capacityBytes)
      return "position " + std::to_string(position) + " holds " + std::to_string(bytes) + " bytes of " +
             std::to_string(capacityBytes);
    if (bytes > peak || position == 0) {
      peak = bytes;
      peakPosition = position;
    }
  }
  if (plan.peakBytes == peak && plan.peakPosition == peakPosition)
    return std::nullopt;
  return "expected a peak of " + std::to_string(peak) + " bytes at position " + std::to_string(peakPosition) +
         ", got " + std::to_string(plan.peakBytes) + " at " + std::to_string(plan.peakPosition);
}

static std::optional<std::string> findTimeError(const RetentionProblem &problem, const RetentionPlan &plan) {
  double seconds = 0;
  for (size_t value = 0; value < plan.actions.size(); ++value) {
    if (plan.actions[value] == Action::Recompute)
      seconds += problem.values[value].recomputeSeconds;
    if (plan.actions[value] == Action::Offload)
      seconds += problem.values[value].offloadSeconds;
  }
  if (std::abs(seconds - plan.seconds) > 1e-9 * seconds)
    return "expected " + std::to_string(seconds) + " seconds, got " + std::to_string(plan.seconds);
  if (plan.boundSeconds > plan.seconds)
    return "the bound is above the plan";
  return std::nullopt;
}

std::optional<std::string> neap::planning::findRetentionError(const RetentionProblem &problem,
                                                              const RetentionPlan &plan, int64_t capacityBytes) {
  if (std::optional<std::string> error = findActionError(problem, plan.actions))
    return error;
  if (std::optional<std::string> error = findMisplacedCopy(problem, plan))
    return error;
  if (std::optional<std::string> error = findLateCopy(problem, plan))
    return error;
  if (std::optional<std::string> error = findMemoryError(problem, plan, capacityBytes))
    return error;
  return findTimeError(problem, plan);
}
