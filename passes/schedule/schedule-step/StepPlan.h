// A step as tasks over storages, and what is decided about them: the bridge between the IR and the planning library.
#pragma once

#include "neap/dialects/sched/Sched.h"
#include "neap/passes/fuse/InPlace.h"
#include "neap/passes/planning/StorageGraph.h"

#include "llvm/ADT/MapVector.h"

namespace neap {

/// What a storage is, beside its bytes; goes by the index of the storage.
struct StorageInfo {
  sched::Role role;
  mlir::RankedTensorType type;
  /// Symbol of a parameter or state, name of an input or output, or value of a constant.
  mlir::Attribute identity;
  /// Further attributes of an input or output.
  mlir::DictionaryAttr attributes;
  /// Storages in far memory count no bytes in the graph: a budget does not bound them.
  sched::Space space = sched::Space::Device;
  int64_t offset = 0;
};

/// A value that must lie in a storage when the step ends; where it lies elsewhere, it is copied.
struct Kept {
  mlir::Value value;
  int storage;
};

class StepPlan;

/// A tile loop is one task. What its body stores for itself lies in one storage, which lives as long as the loop runs.
struct LoopBody {
  std::unique_ptr<StepPlan> plan; ///< of one round; offsets count from the storage's beginning
  int storage;
};

/// Of a step, or of one round of a tile loop in it.
class StepPlan {
public:
  /// `workspaceBytes` are reserved for libraries if a group is left to one. Remarks only if it `reports`.
  StepPlan(StepOp step, int64_t workspaceBytes, bool reports)
      : step(step), block(step.getBody().front()), workspaceBytes(workspaceBytes), reports(reports) {}
  /// `outer` has the loop among its tasks, and lives longer.
  StepPlan(TileLoopOp loop, StepPlan &outer)
      : step(outer.step), loop(loop), outer(&outer), block(loop.getBody().front()), workspaceBytes(0), reports(false) {}

  /// Steps 1 to 3 of the pass: storages, tasks and their order. Fails, with a diagnostic, on an op that belongs in a group.
  mlir::LogicalResult prepare();
  /// Steps 4 and 5, once: who shares bytes, and where everything lies.
  void place();
  /// The storage that a value has for itself, before results took over the bytes of operands.
  int getUnmergedStorage(mlir::Value value) const;
  /// Storages and tasks as they were then.
  const planning::StorageGraph &getUnmergedGraph() const { return unmergedGraph; }

  /// The storage that holds a value, seen through reshapes; the step block for its scalars.
  int getStorage(mlir::Value value) const;

  const LoopBody &getBody(TileLoopOp loop) const { return bodies.find(loop)->second; }
  /// The storage of `outer` that one of a round's own names; -1 if it is the round's own.
  int getOuterStorage(int storage) const { return outerStorages[storage]; }

  StepOp step;
  /// Null in the plan of a step.
  TileLoopOp loop;
  StepPlan *outer = nullptr;
  mlir::Block &block;
  planning::StorageGraph graph;
  std::vector<StorageInfo> storages;
  /// The op of each task: a FusedOp, an ObserveOp, a TileLoopOp, or one that copies to or from far memory or awaits that.
  std::vector<mlir::Operation *> tasks;
  std::vector<int> order;
  std::vector<Kept> kept;
  int stepBlock = -1;
  /// What libraries work in; -1 if none does.
  int workspace = -1;
  int64_t arenaBytes = 0, farBytes = 0;

private:
  int addStorage(sched::Role role, mlir::RankedTensorType type, mlir::Attribute identity = {},
                 sched::Space space = sched::Space::Device);
  std::vector<int> findTasksBefore(mlir::Operation *op) const;
  void addTask(mlir::Operation *op);
  void addTask(mlir::Operation *op, mlir::ArrayRef<int> reads, mlir::ArrayRef<int> writes);
  int addConstant(mlir::RankedTensorType type, mlir::Attribute value);
  void collectConstants();
  void collectPersistent();
  mlir::LogicalResult collect();
  void findOldValueReaders();
  void placeUpdates();
  llvm::StringRef placeUpdate(mlir::Value value, int storage);
  bool canRunInPlace(FusedOp group, unsigned operand, unsigned result);
  void placeOutputs();
  void reuseDyingOperands();
  void addWorkspace();

  // Tile loops.
  mlir::LogicalResult addLoop(TileLoopOp loop);
  int addOuter(int storage, mlir::RankedTensorType type);
  void collectArguments();
  mlir::LogicalResult placeYielded();

  int findMerged(int storage) const;
  void applyMerges();
  mlir::LogicalResult checkBytes();
  void pack();
  void packFar();

  int64_t workspaceBytes;
  bool reports;
  planning::StorageGraph unmergedGraph;
  llvm::MapVector<mlir::Attribute, int> declared; // symbol -> storage
  llvm::DenseMap<mlir::Value, int> storageOf;     // of everything but other names, as collected
  llvm::DenseMap<mlir::Operation *, int> taskOf;  // of those collected so far
  std::vector<int> lastReader;                    // by storage: the last task that reads it as it was
  std::vector<bool> isOffloaded;                  // by storage: a copy may be reading it while others run
  std::vector<bool> isKeptElsewhere;              // by storage: whether a write or the return names it
  std::vector<int> mergedInto;                    // by storage; itself where it was not merged
  std::vector<int> mergedByUpdates;               // the same, before operands were reused
  std::vector<int> outerStorages;                 // by storage
  llvm::DenseMap<mlir::Operation *, LoopBody> bodies;
  llvm::DenseMap<mlir::Operation *, std::unique_ptr<InPlaceAnalysis>> inPlace; // of groups that were asked about
};

/// Scalars of the step block that a group's body reads, each once.
llvm::SmallVector<StepField> getStepFields(FusedOp group);

/// Step 6 of the pass: the program and its kernels, in place of the step.
void emitProgram(StepPlan &plan);

} // namespace neap
