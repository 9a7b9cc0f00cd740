// A step carried through fusion and scheduling on a copy: what later stages will make of it, asked before anything is decided.
#pragma once

#include "neap/passes/fuse/fuse-operators/FuseOperators.h"
#include "neap/passes/lower/kernels/Kernels.h"
#include "neap/passes/planning/CpuCosts.h"
#include "neap/passes/planning/Devices.h"
#include "neap/passes/schedule/schedule-step/StepPlan.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringMap.h"

namespace neap {

/// What the later stages are told, and what the program will run on.
struct TrialSettings {
  LibraryRules libraries;
  int64_t libraryWorkspace = 0;
  lower::KernelTarget target;
  int64_t maxWorkers = 1; ///< threads whose scratch counts
  bool allowsOffload = true;
  planning::DeviceModel device = {};
  /// Instead of `device`, where the program runs on the CPU.
  std::optional<planning::CpuCosts> cpu;
};

/// What a byte to or from far memory takes, and how much of the memory's bandwidth.
struct FarCosts {
  double offloadRate = 0, reloadRate = 0; ///< bytes per second; 0 where there is no far memory
  double trafficSeconds = 0;              ///< that kernels lose for each byte of a copy
};
FarCosts getFarCosts(const TrialSettings &settings);

/// What a task of the scheduled step is expected to take, in seconds. Tasks that run no kernel take none. Fails, with a diagnostic,
/// where there is no kernel.
mlir::FailureOr<double> estimateTask(mlir::Operation *task, const TrialSettings &settings);

/// Scratch of kernels, remembered: layers of a model ask for the same again and again.
class ScratchCounter {
public:
  explicit ScratchCounter(const lower::KernelTarget &target) : target(target) {}
  /// Bytes that a worker of the group's kernel needs. Fails, with a diagnostic, where there is no kernel.
  mlir::FailureOr<int64_t> count(FusedOp group);

private:
  const lower::KernelTarget &target;
  llvm::StringMap<int64_t> known;
};

class StepTrial {
public:
  /// Copies the module, lets `change` rewrite the copy's step, and carries it through. Fails, with a diagnostic, where a later
  /// stage would.
  static mlir::FailureOr<StepTrial> run(mlir::ModuleOp module, const TrialSettings &settings, ScratchCounter &scratch,
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
  mlir::LogicalResult measure(const TrialSettings &settings, ScratchCounter &counter);

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
