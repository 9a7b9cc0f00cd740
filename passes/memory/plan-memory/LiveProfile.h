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

  /// One for each position. A loop's tasks take the time of all rounds.
  llvm::ArrayRef<LiveTask> getTasks() const { return tasks; }
  /// The first position at which most bytes are alive.
  size_t getPeak() const { return peak; }
  /// What is alive at the peak, largest first. What outlives the step comes as one value for each kind.
  llvm::ArrayRef<AliveValue> getAliveAtPeak() const { return aliveAtPeak; }

private:
  /// What tasks store; lives from position to position.
  struct LiveStorage {
    int first, last;
    int64_t bytes;
    BytesKind kind;
    mlir::RankedTensorType type;
    mlir::Operation *maker;
  };

  void findPhases();
  void findPhases(const TrialSection &section, std::vector<bool> isWanted);
  void findPhasesOfBody(const StepPlan &plan, TileLoopOp loop, const std::vector<bool> &isWanted);
  void addPersistent(BytesKind kind, int64_t bytes);
  void addStorages(const TrialSection &section);
  void collectAliveAtPeak();

  std::vector<LiveTask> tasks;
  // Only while the profile is made.
  llvm::ArrayRef<TrialSection> sections;
  std::vector<LiveStorage> storages;

  size_t peak = 0;
  std::vector<AliveValue> aliveAtPeak;
};

} // namespace neap
