// A plan as a file: what was decided for every value, at what cost, and what is alive when. docs/reference/plan.md describes it.
#pragma once

#include "neap/passes/memory/plan-memory/TilePlanner.h"

#include "llvm/Support/JSON.h"

namespace neap {

/// `budget` is 0 where there is none. Seconds are expected ones; bytes are exact.
llvm::json::Object describePlan(TilePlanner &planner, const TiledPlan &plan, int64_t budget);

/// Plans for so many budgets, evenly from the smallest to one that keeps everything.
llvm::json::Array describeCurve(TilePlanner &planner, int64_t points);

/// A plan file as it was read. What fails does so with a sentence for the user: the file was made for another step, or asks for what
/// cannot be.
class PlanFile {
public:
  static llvm::Expected<PlanFile> read(llvm::StringRef path);

  /// What is to be made in tiles.
  llvm::Expected<std::vector<TileDecision>> getTiles() const;
  /// The actions for the values of a step that these tiles leave.
  llvm::Expected<std::vector<planning::Action>> getActions(const StepModel &model, StepOp step) const;

private:
  PlanFile(llvm::StringRef path, llvm::json::Value content) : path(path), content(std::move(content)) {}
  llvm::Error fail(const llvm::Twine &message) const;

  std::string path;
  llvm::json::Value content;
};

} // namespace neap
