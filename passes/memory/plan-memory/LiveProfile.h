// What is alive when, by kind: the picture of a scheduled step.
#pragma once

#include "neap/passes/memory/plan-memory/StepTrial.h"
#include "neap/passes/planning/Liveness.h"

#include <array>
#include <numeric>

namespace neap {

/// What bytes are for, in the order in which a picture stacks them.
enum class BytesKind {
  Parameters,
  OptimizerState,
  Other,    ///< inputs, outputs, constants, the step block
  Scratch,  ///< of CPU workers, or the workspace of a device's libraries
  Forward,  ///< made by the forward pass
  Backward, ///< made behind it: gradients, and what was computed again
};
inline constexpr size_t bytesKinds = 6;

/// Name as reports have it: parameters, optimizer_state, ...
llvm::StringRef getName(BytesKind kind);

enum class Phase { Forward, Backward, Update };

struct LiveTask {
  std::string node; ///< of the model, that the task's first op comes from
  std::string kind; ///< of the group's loops
  Phase phase = Phase::Forward;
  double seconds = 0;
  std::array<int64_t, bytesKinds> bytes{}; ///< alive while it runs
  int64_t total() const { return std::accumulate(bytes.begin(), bytes.end(), int64_t(0)); }
};

/// A value that lies in memory while a task runs.
struct AliveValue {
  int64_t bytes;
  BytesKind kind;
  std::string description; ///< type and node
};

class LiveProfile {
public:
  explicit LiveProfile(const StepTrial &trial);

  /// One for each position in the order.
  llvm::ArrayRef<LiveTask> getTasks() const { return tasks; }
  /// The first position at which most bytes are alive.
  size_t getPeak() const { return peak; }
  /// What is alive at the peak, largest first. What outlives the step comes as one value for each kind.
  llvm::ArrayRef<AliveValue> getAliveAtPeak() const { return aliveAtPeak; }

private:
  void findPhases(const StepPlan &plan);
  void addStorages(const StepPlan &plan);
  void collectAliveAtPeak(const StepPlan &plan);

  std::vector<LiveTask> tasks;
  std::vector<BytesKind> kinds; // by storage
  std::vector<planning::LiveRange> ranges;
  size_t peak = 0;
  int64_t scratch;
  std::vector<AliveValue> aliveAtPeak;
};

} // namespace neap
