// A plan as a file: what was decided for every value, at what cost, and what is alive when. docs/reference/plan.md describes it.
#pragma once

#include "neap/passes/memory/plan-memory/MemoryPlanner.h"

#include "llvm/Support/JSON.h"

namespace neap {

/// `budget` is 0 where there is none. Seconds are expected ones; bytes are exact.
llvm::json::Object describePlan(MemoryPlanner &planner, const MemoryPlan &plan, StepOp step, int64_t budget);

/// Plans for so many budgets, evenly from the smallest to one that keeps everything.
llvm::json::Array describeCurve(MemoryPlanner &planner, int64_t points);

/// The actions of a plan file, for the values of a model. Fails, with a sentence for the user, where the file was made for
/// another step or asks for what cannot be.
llvm::Expected<std::vector<planning::Action>> readActions(llvm::StringRef path, const StepModel &model, StepOp step);

} // namespace neap
