// Along which values of an onnx graph a gradient flows back from the loss, and where a weight goes from its initializer.
#pragma once

#include "neap/dialects/onnx/Onnx.h"
#include "neap/passes/onnx/operand-roles/OperandRoles.h"

#include "llvm/ADT/DenseSet.h"

namespace neap::onnx {

/// Where a tensor is used once it is more than moved about.
struct Slot {
  NodeOp node;
  unsigned operand;
  OperandRole role; ///< Weight or Elementwise
};

class GradientPaths {
public:
  /// Walks back from `loss`, through If branches and loop bodies too.
  explicit GradientPaths(mlir::Value loss);

  /// Whether the loss depends smoothly on `value`.
  bool reach(mlir::Value value) const { return reached.contains(value); }

  /// The uses of `value` on paths to the loss, through views.
  llvm::SmallVector<Slot> slots(mlir::Value value) const;

  /// Whether every path from `value` to the loss goes through Sin or Cos: so do frequencies, and no weights.
  bool allThroughSinOrCos(mlir::Value value) const;

private:
  void visit(NodeOp node, llvm::SmallVectorImpl<mlir::Value> &worklist);
  /// Visits the uses of `value` and of whatever `visit` wants followed (advance), until it has seen enough (interrupt).
  /// Values on no path to the loss are left out. Returns whether nothing interrupted.
  bool walkUses(mlir::Value value, llvm::function_ref<mlir::WalkResult(mlir::OpOperand &use)> visit) const;

  llvm::DenseSet<mlir::Value> reached;
};

/// The value of the output that is the loss or that one is attached to: `name`, or without a name a scalar output called
/// `loss`, else the first output. Emits an error for a name that no output has.
mlir::FailureOr<mlir::Value> findLoss(GraphOp graph, llvm::StringRef name);

/// The reads of every initializer of the graph, by its symbol.
llvm::StringMap<llvm::SmallVector<ReadOp>> readsOf(GraphOp graph);

} // namespace neap::onnx
