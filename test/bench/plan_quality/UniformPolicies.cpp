// Finds layers by their period, and counts through all policies.
#include "neap/test/bench/plan_quality/UniformPolicies.h"

#include "neap/passes/planning/Checkpoints.h"
#include "neap/passes/planning/RetentionDecisions.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

using namespace neap::planning;

namespace neap::bench {
namespace {

/// Where values repeat: from `first` to before `end`, each like the one `period` before it.
struct Stretch {
  int first = 0, end = 0, period = 0;
  int length() const { return end - first; }
};

bool areAlike(const RetainableValue &a, const RetainableValue &b) {
  return std::tie(a.bytes, a.recomputeSeconds, a.isNeeded, a.wrapsAround) ==
         std::tie(b.bytes, b.recomputeSeconds, b.isNeeded, b.wrapsAround);
}

/// The longest, of the shortest period.
Stretch findLayers(const RetentionProblem &problem) {
  int count = static_cast<int>(problem.values.size());
  Stretch longest;
  for (int period = 1; period <= count / 2; ++period)
    for (int first = 0, i = 0; i + period < count; ++i) {
      if (!areAlike(problem.values[i], problem.values[i + period])) {
        first = i + 1;
        continue;
      }
      Stretch stretch{first, i + period + 1, period};
      if (stretch.length() >= 2 * period && stretch.length() > longest.length())
        longest = stretch;
    }
  return longest;
}

} // namespace

/// By value: its place in its layer; behind those, one place for all states, and one for each other value.
std::vector<int> UniformPolicies::findPlaces() const {
  int count = static_cast<int>(problem.values.size());
  RetentionProblem activations = problem;
  std::erase_if(activations.values, [](const RetainableValue &value) { return value.wrapsAround; });
  Stretch stretch = findLayers(activations); // values come before states, so that numbers stay
  std::vector<int> places;
  for (int value = 0; value < count; ++value) {
    if (problem.values[value].wrapsAround)
      places.push_back(stretch.period);
    else if (value >= stretch.first && value < stretch.end)
      places.push_back((value - stretch.first) % stretch.period);
    else
      places.push_back(stretch.period + 1 + value);
  }
  return places;
}

void UniformPolicies::findRoles() {
  constexpr int64_t smallestShare = 200;
  std::vector<int> places = findPlaces();
  std::vector<Role> all(problem.values.empty() ? 0 : *std::max_element(places.begin(), places.end()) + 1);
  int64_t bytes = 0;
  for (size_t value = 0; value < places.size(); ++value) {
    Role &role = all[places[value]];
    role.values.push_back(static_cast<int>(value));
    role.bytes += problem.values[value].bytes;
    bytes += problem.values[value].wrapsAround ? 0 : problem.values[value].bytes;
  }
  for (Role &role : all)
    if (!role.values.empty() && role.bytes * smallestShare >= bytes) {
      bool isInLayers = !problem.values[role.values.front()].wrapsAround;
      layers = std::max(layers, isInLayers ? static_cast<int>(role.values.size()) : 0);
      roles.push_back(std::move(role));
    }
  std::stable_sort(roles.begin(), roles.end(), [](const Role &a, const Role &b) { return a.bytes > b.bytes; });
}

/// What is possible for some value of a role; where that makes too many policies, small roles have fewer choices.
void UniformPolicies::chooseActions() {
  constexpr size_t mostPolicies = 1 << 15;
  RetentionDecisions decisions(problem, std::numeric_limits<int64_t>::max());
  for (Action action : {Action::Recompute, Action::Offload})
    for (Role &role : roles) {
      bool isPossible = std::any_of(role.values.begin(), role.values.end(),
                                    [&](int value) { return decisions.isPossible(value, action); });
      size_t grown = countPolicies() / role.choices.size() * (role.choices.size() + 1);
      if (isPossible && grown <= mostPolicies)
        role.choices.push_back(action);
    }
}

UniformPolicies::UniformPolicies(const RetentionProblem &problem) : problem(problem) {
  findRoles();
  chooseActions();
}

size_t UniformPolicies::countPolicies() const {
  size_t count = 1;
  for (const Role &role : roles)
    count *= role.choices.size();
  return count;
}

static void setRole(RetentionDecisions &decisions, const Role &role, Action action) {
  for (int value : role.values)
    decisions.set(value, decisions.isPossible(value, action) ? action : Action::Keep);
}

std::vector<PolicyEstimate> UniformPolicies::estimateAll() const {
  RetentionDecisions decisions(problem, std::numeric_limits<int64_t>::max());
  std::vector<PolicyEstimate> estimates;
  std::vector<size_t> digits(roles.size(), 0);
  for (size_t policy = 0; policy < countPolicies(); ++policy) {
    if (decisions.fits()) // no copy is late
      estimates.push_back({policy, decisions.peakBytes(), decisions.seconds()});
    for (size_t role = 0; role < roles.size(); ++role) {
      digits[role] = (digits[role] + 1) % roles[role].choices.size();
      setRole(decisions, roles[role], roles[role].choices[digits[role]]);
      if (digits[role] > 0)
        break;
    }
  }
  auto key = [](const PolicyEstimate &estimate) { return std::pair(estimate.seconds, estimate.peakBytes); };
  std::stable_sort(estimates.begin(), estimates.end(), [&](auto &a, auto &b) { return key(a) < key(b); });
  return estimates;
}

std::vector<Action> UniformPolicies::makeActions(size_t policy) const {
  RetentionDecisions decisions(problem, std::numeric_limits<int64_t>::max());
  for (const Role &role : roles) {
    setRole(decisions, role, role.choices[policy % role.choices.size()]);
    policy /= role.choices.size();
  }
  return decisions.makePlan().actions;
}

std::vector<Action> UniformPolicies::makeFirstLayers(int wanted) const {
  std::vector<std::vector<int>> checkpoints = findCheckpoints(problem);
  RetentionProblem checkpointed = keepCheckpoints(problem, checkpoints, /*stride=*/1);
  RetentionDecisions decisions(checkpointed, std::numeric_limits<int64_t>::max());
  for (const Role &role : roles)
    if (static_cast<int>(role.values.size()) >= layers - 1) // the stretch may end within a layer
      for (int layer = 0; layer < std::min(wanted, static_cast<int>(role.values.size())); ++layer)
        if (decisions.isPossible(role.values[layer], Action::Recompute))
          decisions.set(role.values[layer], Action::Recompute);
  return decisions.makePlan().actions;
}

} // namespace neap::bench
