// A step as a retention problem: which of its values may be kept or computed again, what that costs, and what is alive whatever
// is decided. Everything is said by index, so that it holds for any copy of the step. A loop's body has values of its own: its
// tasks are positions like others, where the loop is one task of the step. A round stands for all of them: what it holds counts
// once, what it takes as often as it runs.
#pragma once

#include "neap/passes/memory/plan-memory/StepTrial.h"
#include "neap/passes/planning/Retention.h"

namespace neap {

class StepModel {
public:
  /// Describes a step with everything kept, as `baseline` made it of the step's copy.
  static StepModel build(StepOp step, const StepTrial &baseline, const TrialSettings &settings, KernelMemo &kernels);

  const planning::RetentionProblem &getProblem() const { return problem; }
  /// What the values of the problem are. Optimizer states are the ops that read them.
  llvm::ArrayRef<ResultIndex> getValues() const { return values; }
  /// Writes a plan into a copy of the step: a neap.recompute for each value that is computed again; neap.offload, neap.await and
  /// neap.reload for each that moves; and states that do so lie in far memory from then on. The actions go with the values of the
  /// problem, and are those of a plan for it.
  void insertPlan(StepOp copy, llvm::ArrayRef<planning::Action> actions) const;

private:
  friend class StepModelBuilder;
  friend class PlanInserter;

  planning::RetentionProblem problem;
  std::vector<ResultIndex> values;
  std::map<ResultIndex, int> valueOf;
  /// By op: the positions of the first and the last task that run it. Ops that nothing needs have first > last.
  std::vector<int> firstTask, lastTask;
  /// By op: whether it runs behind the last task of the forward pass.
  std::vector<bool> isLate;
  /// By op and result: whether a group stores it.
  std::vector<llvm::SmallVector<bool, 1>> isStored;
  /// By position, up to it: the results that tasks make there, but those in whose place a loop's sum goes on.
  std::vector<llvm::SmallVector<ResultIndex, 1>> madeAt;
};

} // namespace neap
