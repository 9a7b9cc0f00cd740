// Checks a plan against the rules one by one, position by position; knows nothing of how it was made.
#include "neap/passes/planning/Retention.h"

#include <cmath>

using namespace neap::planning;

static std::string describe(size_t value) { return "value " + std::to_string(value); }

static bool isWithin(size_t position, int first, int last) {
  return first <= last && position >= static_cast<size_t>(first) && position <= static_cast<size_t>(last);
}

/// Whether everybody who reads a value behind its gap finds it there.
std::optional<std::string> neap::planning::findActionError(const RetentionProblem &problem,
                                                           const std::vector<Action> &actions) {
  if (actions.size() != problem.values.size())
    return "expected one action per value";
  for (size_t value = 0; value < actions.size(); ++value) {
    const RetainableValue &it = problem.values[value];
    if (it.isNeeded && actions[value] == Action::None)
      return describe(value) + " is needed, and neither kept nor computed again";
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

static int64_t countBytesAt(const RetentionProblem &problem, const std::vector<Action> &actions, size_t position) {
  int64_t bytes = problem.baseBytes[position];
  for (size_t value = 0; value < actions.size(); ++value) {
    const RetainableValue &it = problem.values[value];
    if (actions[value] == Action::Keep && isWithin(position, it.gapFirst, it.gapLast))
      bytes += it.bytes;
    if (actions[value] != Action::None && !it.isNeeded && isWithin(position, it.lateFirst, it.lateLast))
      bytes += it.bytes;
  }
  return bytes;
}

std::optional<std::string> neap::planning::findRetentionError(const RetentionProblem &problem,
                                                              const RetentionPlan &plan, int64_t capacityBytes) {
  if (std::optional<std::string> error = findActionError(problem, plan.actions))
    return error;

  int64_t peak = 0;
  size_t peakPosition = 0;
  for (size_t position = 0; position < problem.baseBytes.size(); ++position) {
    int64_t bytes = countBytesAt(problem, plan.actions, position);
    if (bytes > capacityBytes)
      return "position " + std::to_string(position) + " holds " + std::to_string(bytes) + " bytes of " +
             std::to_string(capacityBytes);
    if (bytes > peak || position == 0) {
      peak = bytes;
      peakPosition = position;
    }
  }
  if (plan.peakBytes != peak || static_cast<size_t>(plan.peakPosition) != peakPosition)
    return "expected a peak of " + std::to_string(peak) + " bytes at position " + std::to_string(peakPosition) +
           ", got " + std::to_string(plan.peakBytes) + " at " + std::to_string(plan.peakPosition);

  double seconds = 0;
  for (size_t value = 0; value < plan.actions.size(); ++value)
    if (plan.actions[value] == Action::Recompute)
      seconds += problem.values[value].recomputeSeconds;
  if (std::abs(seconds - plan.seconds) > 1e-9 * (1 + seconds))
    return "expected " + std::to_string(seconds) + " seconds, got " + std::to_string(plan.seconds);
  if (plan.boundSeconds > plan.seconds)
    return "the bound is above the plan";
  return std::nullopt;
}
