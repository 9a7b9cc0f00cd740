// Which large values are made in tiles: plans for the step as it is and for versions of it with tile loops, and the best of them.
#pragma once

#include "neap/passes/memory/plan-memory/MemoryPlanner.h"

namespace neap {

/// A value of the step that is made in rounds, with what makes and reads it (passes/memory/tile/TileRegion.h).
struct TileDecision {
  /// By the op's place in the step with the decisions before this one carried out.
  ResultIndex seed;
  int64_t count = 0;
  bool isMadeAgain = false; ///< by the backward pass, in a loop of its own (passes/memory/tile/LateCopies.h)
  std::string name;         ///< of the seed's op, as `describeOrigin` has it; checked where it is not empty
  bool operator==(const TileDecision &other) const = default;
};

/// What an op is and which node of the model it comes from.
std::string describeOrigin(mlir::Operation *op);

/// Carries decisions out. Fails where something cannot be tiled so.
mlir::LogicalResult tile(StepOp step, llvm::ArrayRef<TileDecision> decisions);

/// A version of a step, and the plans for what tiles leave.
class TiledStep {
public:
  /// Fails, with a diagnostic, where a later stage would, or where something cannot be tiled.
  static mlir::FailureOr<std::unique_ptr<TiledStep>> create(mlir::ModuleOp module, const TrialSettings &settings,
                                                            std::vector<TileDecision> decisions);

  llvm::ArrayRef<TileDecision> getDecisions() const { return decisions; }
  MemoryPlanner &getPlanner() { return *planner; }
  StepOp getStep();

private:
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<TileDecision> decisions;
  std::unique_ptr<MemoryPlanner> planner;
};

/// A plan with the version of the step that it is for.
struct TiledPlan {
  TiledStep *step;
  MemoryPlan plan;
};

class TilePlanner {
public:
  /// `allowsTiles` is false where the step is to stay as it is.
  static mlir::FailureOr<std::unique_ptr<TilePlanner>> create(mlir::ModuleOp module, TrialSettings settings,
                                                              bool allowsTiles);

  /// The step as it is, with everything kept.
  TiledStep &getPlainStep() { return *versions.front(); }
  TiledPlan getBaseline() { return {versions.front().get(), getPlainStep().getPlanner().getBaseline()}; }
  /// The plan of all versions that needs the fewest bytes.
  const TiledPlan &getMinimum();
  /// The fastest plan of all versions for a budget. Nothing if not even the minimum fits.
  std::optional<TiledPlan> findPlan(int64_t budget);
  /// The version with these decisions, known or not. Fails, with a diagnostic, where it cannot be.
  mlir::FailureOr<TiledStep *> getVersion(std::vector<TileDecision> decisions);

private:
  TilePlanner(mlir::ModuleOp module, TrialSettings settings) : module(module), settings(std::move(settings)) {}
  void addVersions();
  std::vector<TileDecision> findCandidates(TiledStep &step) const;
  std::optional<std::vector<TileDecision>> makeAgain(TiledStep &step, llvm::ArrayRef<ResultIndex> seeds,
                                                     int64_t count) const;
  bool lowerMinimum();
  bool lowerMinimumBy(std::vector<TileDecision> decisions);
  bool couldLower(TiledStep &version) const;

  mlir::ModuleOp module;
  TrialSettings settings;
  bool allowsTiles = false;
  std::vector<std::unique_ptr<TiledStep>> versions; ///< the plain step first
  std::vector<TiledStep *> searched;                ///< those that plans are made for
  std::optional<TiledPlan> minimum;
};

} // namespace neap
