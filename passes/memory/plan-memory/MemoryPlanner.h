// From a step and a budget to what is kept, computed again or moved: solves the retention problem, and believes a solution
// only when it was seen to fit.
#pragma once

#include "neap/passes/memory/plan-memory/CopyTimers.h"
#include "neap/passes/memory/plan-memory/LiveProfile.h"
#include "neap/passes/memory/plan-memory/StepModel.h"

namespace neap {

/// A plan that was carried through.
struct MemoryPlan {
  std::vector<planning::Action> actions; ///< by value of the model
  std::vector<CopyTimer> timers;         ///< to be set when it was inserted
  int64_t plannedBytes = 0;
  double seconds = 0;      ///< that a step is expected to take, if no copy is late
  double delaySeconds = 0; ///< that late copies are expected to add
  double modelSeconds = 0; ///< that it takes longer than with everything kept, by the model alone
  double gapSeconds = 0;   ///< by how much at most a plan of the same budget could be faster, by the model
  /// By value of the model, in seconds per byte; see planning::RetentionPlan. Empty where nothing is decided.
  std::vector<double> gapPrices, flipPrices;
};

class MemoryPlanner {
public:
  /// Carries the step of a module through with everything kept. Fails, with a diagnostic, where a later stage would.
  static mlir::FailureOr<std::unique_ptr<MemoryPlanner>> create(mlir::ModuleOp module, TrialSettings settings);

  const StepModel &getModel() const { return model; }
  /// With everything kept.
  const MemoryPlan &getBaseline() const { return baselinePlan; }
  /// The plan that needs the fewest bytes of all that were tried.
  const MemoryPlan &getMinimum();
  /// The fastest plan found for a budget, of its rung of the ladder and of all below, that takes less than `cutoffSeconds`.
  /// The ladder begins at `leastBytes`. Nothing if none is found.
  std::optional<MemoryPlan> findPlan(int64_t budget, int64_t leastBytes, double cutoffSeconds);
  /// The same on a ladder that begins at the minimum, which is the plan if nothing is faster.
  std::optional<MemoryPlan> findPlan(int64_t budget);
  /// No plan needs less, by the model: the bytes that nothing decides on, quick to ask; and the bound of the relaxation, which is higher.
  int64_t getBaseBytes() const;
  int64_t getLeastBytes();

  /// A plan with these actions, whatever it needs. Fails, with a diagnostic, where a later stage would.
  mlir::FailureOr<MemoryPlan> carryThrough(std::vector<planning::Action> actions);

  /// The same plan with copies placed in the order of tasks that it has, if that makes fewer of them late and needs no more memory.
  MemoryPlan retime(const MemoryPlan &plan);

  /// Where times are expected from: a device's data sheet, or rates of a CPU.
  std::string describeCosts() const;

  /// What is alive when: with everything kept, and with a plan.
  const LiveProfile &getBaselineLive() const { return *baselineLive; }
  LiveProfile measureLive(const MemoryPlan &plan);

private:
  MemoryPlanner(mlir::ModuleOp module, TrialSettings settings)
      : module(module), settings(std::move(settings)), kernels(this->settings) {}
  mlir::FailureOr<StepTrial> tryOut(mlir::ArrayRef<planning::Action> actions, mlir::ArrayRef<CopyTimer> timers = {},
                                    std::optional<TimedStep> *timed = nullptr);
  std::optional<MemoryPlan> realize(const planning::RetentionPlan &solution);
  struct Found {
    std::optional<MemoryPlan> plan;
    std::optional<double> boundSeconds; ///< that any plan adds, by the model; nothing if that is too much
  };

  /// The model's problem with some values kept.
  struct Variant {
    planning::RetentionProblem problem;
    std::optional<planning::RetentionMinimum> minimum; ///< once asked for
    const planning::RetentionMinimum &getMinimum();
    /// The fastest plan for a capacity; nothing if none is found that adds less than the cutoff.
    std::optional<planning::RetentionPlan> plan(int64_t capacity, double cutoffSeconds) const;
  };

  void makeVariants();
  double getCutoff(double seconds) const;
  double estimateCopies(mlir::ArrayRef<planning::Action> actions) const;
  std::optional<MemoryPlan> fit(const Variant &variant, const planning::RetentionPlan &solution, int64_t capacity);
  Found searchVariants(int64_t capacity, double cutoff);
  void lowerMinimum(Variant &variant);

  mlir::ModuleOp module;
  TrialSettings settings;
  KernelMemo kernels;
  StepModel model;
  /// The model's problem itself, and behind it with more and more checkpoints.
  std::vector<Variant> variants;
  MemoryPlan baselinePlan;
  std::optional<LiveProfile> baselineLive;
  std::optional<MemoryPlan> minimum;
  std::optional<int64_t> leastBytes;
  /// By how much plans came out faster than their model said, at most, as a share of what they add.
  double largestGain = 0;
  /// Carried through before; nothing where that failed.
  std::map<std::vector<planning::Action>, std::optional<MemoryPlan>> known;
  /// The plan that was carried through last.
  std::optional<StepTrial> lastTrial;
  std::vector<planning::Action> lastActions;
};

} // namespace neap
