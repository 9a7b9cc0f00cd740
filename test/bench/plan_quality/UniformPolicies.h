// Policies that treat all layers of a model alike: a peer for plans that decide for every value.
#pragma once

#include "neap/passes/planning/Retention.h"

namespace neap::bench {

/// Values that have the same place in each layer, or a single value outside of all layers; all optimizer states are one role.
struct Role {
  std::vector<int> values; ///< first layer first
  int64_t bytes = 0;       ///< of all of them
  std::vector<planning::Action> choices{planning::Action::Keep};
};

/// What a policy comes to by the model alone.
struct PolicyEstimate {
  size_t policy;
  int64_t peakBytes;
  double seconds; ///< that it adds to a step
};

/// One action for each role. Layers are found as the longest stretch in which values repeat with a period; values that are too
/// small to matter are kept by all policies.
class UniformPolicies {
public:
  explicit UniformPolicies(const planning::RetentionProblem &problem);

  /// All policies, fastest first, of equal ones the one that needs least; without those whose copies come too late.
  std::vector<PolicyEstimate> estimateAll() const;
  std::vector<planning::Action> makeActions(size_t policy) const;
  /// The classical policy: in the first layers all is computed again that can be, from what is narrowest between layers.
  std::vector<planning::Action> makeFirstLayers(int layers) const;

  const std::vector<Role> &getRoles() const { return roles; }
  int countLayers() const { return layers; }
  size_t countPolicies() const;

private:
  void findRoles();
  void chooseActions();
  std::vector<int> findPlaces() const;

  const planning::RetentionProblem &problem;
  std::vector<Role> roles;
  int layers = 0;
};

} // namespace neap::bench
