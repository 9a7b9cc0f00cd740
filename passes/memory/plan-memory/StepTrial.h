// A step carried through fusion and scheduling on a copy: what later stages will make of it, asked before anything is decided.
#pragma once

#include "neap/passes/memory/plan-memory/KernelMemo.h"
#include "neap/passes/memory/plan-memory/NumberedOps.h"
#include "neap/passes/memory/plan-memory/StepClock.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace neap {

FarCosts getFarCosts(const TrialSettings &settings);

/// The tasks of a step, or of a tile loop's body, among those of all. Positions are tasks in the order in which they run; a
/// loop is where the tasks of its body are.
struct TrialSection {
  const StepPlan *plan;
  int64_t rounds = 1; ///< how often its tasks run in a step
  /// Positions, by place in the plan's order.
  std::vector<int> first, last;
  int end() const { return last.empty() ? 0 : last.back() + 1; }
};

class StepTrial {
public:
  /// Copies the module, lets `change` rewrite the copy's step, and carries it through. Fails, with a diagnostic, where a later
  /// stage would.
  static mlir::FailureOr<StepTrial> run(mlir::ModuleOp module, const TrialSettings &settings, KernelMemo &kernels,
                                        llvm::function_ref<mlir::LogicalResult(StepOp)> change);

  const StepPlan &getPlan() const { return *plan; }
  /// Everything the program allocates: arena and the scratch of all workers.
  int64_t getPlannedBytes() const { return plannedBytes; }
  int64_t getArenaBytes() const { return plan->arenaBytes; }
  double getSeconds() const { return seconds; }
  /// Of the step's tasks, by place in the plan's order.
  mlir::ArrayRef<double> getOrderSeconds() const { return orderSeconds; }
  /// What kernels wait for copies, and what copies take behind the last kernel.
  double getDelaySeconds() const { return delaySeconds; }
  /// The step's tasks, then those of each loop's body.
  mlir::ArrayRef<TrialSection> getSections() const { return sections; }
  /// By position.
  mlir::ArrayRef<mlir::Operation *> getTasks() const { return tasks; }
  /// Expected seconds by position, of all rounds.
  mlir::ArrayRef<double> getTaskSeconds() const { return taskSeconds; }

  /// The operations of the step before fusion, as the copy had them, by number: to be looked up, not looked at, as fusion has
  /// erased most.
  mlir::ArrayRef<mlir::Operation *> getOps() const { return ops; }
  /// The group result that a value lies in; null for values that no group stores. By result number of an op.
  mlir::Value findStored(size_t op, unsigned result) const;
  mlir::Value findStored(mlir::Value value) const { return fusedValues.lookup(value); }

private:
  mlir::LogicalResult addSection(const StepPlan &planned, int64_t rounds, KernelMemo &kernels);
  mlir::LogicalResult measure(const TrialSettings &settings, KernelMemo &kernels);

  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<StepPlan> plan;
  std::vector<mlir::Operation *> ops;
  std::vector<mlir::SmallVector<mlir::Value, 1>> results; // of ops
  FusedValues fusedValues;
  std::vector<TrialSection> sections;
  std::vector<mlir::Operation *> tasks;
  std::vector<double> taskSeconds, orderSeconds;
  int64_t plannedBytes = 0, scratchBytes = 0;
  double seconds = 0, delaySeconds = 0;
};

} // namespace neap
