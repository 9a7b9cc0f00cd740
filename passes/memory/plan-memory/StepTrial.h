// A step carried through fusion and scheduling on a copy: what later stages will make of it, asked before anything is decided.
#pragma once

#include "neap/passes/memory/plan-memory/KernelMemo.h"
#include "neap/passes/schedule/schedule-step/StepPlan.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace neap {

/// What a byte to or from far memory takes, and how much of the memory's bandwidth.
struct FarCosts {
  double offloadRate = 0, reloadRate = 0; ///< bytes per second; 0 where there is no far memory
  double trafficSeconds = 0;              ///< that kernels lose for each byte of a copy
};
FarCosts getFarCosts(const TrialSettings &settings);

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
  /// Expected seconds of each position in the order.
  mlir::ArrayRef<double> getTaskSeconds() const { return taskSeconds; }

  /// The operations of the step before fusion, as the copy had them, one for each of the original's: to be looked up, not
  /// looked at, as fusion has erased most.
  mlir::ArrayRef<mlir::Operation *> getOps() const { return ops; }
  /// The group result that a value of the step lies in; null for values that no group stores. By result number of an op.
  mlir::Value findStored(size_t op, unsigned result) const;

  /// The step's storages and tasks as they were before operands were reused.
  const planning::StorageGraph &getUnmergedGraph() const { return unmergedGraph; }

private:
  mlir::LogicalResult measure(const TrialSettings &settings, KernelMemo &kernels);
  static mlir::FailureOr<KernelFacts> describeTask(mlir::Operation *task, KernelMemo &kernels);

  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<StepPlan> plan;
  planning::StorageGraph unmergedGraph;
  std::vector<mlir::Operation *> ops;
  std::vector<mlir::SmallVector<mlir::Value, 1>> results; // of ops
  FusedValues fusedValues;
  std::vector<double> taskSeconds;
  int64_t plannedBytes = 0;
  double seconds = 0;
};

} // namespace neap
