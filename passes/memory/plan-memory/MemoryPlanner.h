// From a step and a budget to what is kept, computed again or moved: solves the retention problem, and believes a solution only when it was
// seen to fit.
#pragma once

#include "neap/passes/memory/plan-memory/LiveProfile.h"
#include "neap/passes/memory/plan-memory/StepModel.h"

namespace neap {

/// A plan that was carried through.
struct MemoryPlan {
  std::vector<planning::Action> actions; ///< by value of the model
  int64_t plannedBytes = 0;
  double seconds = 0;      ///< that a step is expected to take
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
  /// The fastest plan found for a budget: of its rung of the ladder and of all below. Nothing if not even the minimum fits.
  std::optional<MemoryPlan> findPlan(int64_t budget);

  /// A plan with these actions, whatever it needs. Fails, with a diagnostic, where a later stage would.
  mlir::FailureOr<MemoryPlan> carryThrough(std::vector<planning::Action> actions);

  /// Where times are expected from: a device's data sheet, or rates of a CPU.
  std::string describeCosts() const;

  /// What is alive when: with everything kept, and with a plan.
  const LiveProfile &getBaselineLive() const { return *baselineLive; }
  LiveProfile measureLive(const MemoryPlan &plan);

private:
  MemoryPlanner(mlir::ModuleOp module, TrialSettings settings)
      : module(module), settings(std::move(settings)), scratch(this->settings.target) {}
  mlir::FailureOr<StepTrial> tryOut(mlir::ArrayRef<planning::Action> actions);
  std::optional<MemoryPlan> realize(const planning::RetentionPlan &solution);
  struct Candidate {
    const planning::RetentionProblem *variant;
    planning::RetentionPlan solution;
  };
  struct Solutions {
    std::vector<Candidate> candidates; ///< fastest first
    double boundSeconds = 0;           ///< that any plan adds, by the model
  };

  void makeVariants();
  double estimateCopies(mlir::ArrayRef<planning::Action> actions) const;
  Solutions solve(int64_t budget) const;
  std::optional<MemoryPlan> fit(const planning::RetentionProblem &variant, const planning::RetentionPlan &solution,
                                int64_t budget);
  std::optional<MemoryPlan> fit(const Solutions &solutions, int64_t budget);
  int64_t getRung(int rung);

  mlir::ModuleOp module;
  TrialSettings settings;
  ScratchCounter scratch;
  StepModel model;
  /// Of the model's problem, with fewer and fewer checkpoints. The last is the problem itself.
  std::vector<planning::RetentionProblem> variants;
  MemoryPlan baselinePlan;
  std::optional<LiveProfile> baselineLive;
  std::optional<MemoryPlan> minimum;
  /// Carried through before; nothing where that failed.
  std::map<std::vector<planning::Action>, std::optional<MemoryPlan>> known;
};

} // namespace neap
