// The loops of a fusion group, and how each of its values is accessed there.
//
// One loop nest serves a whole group. Its loops are those of the group's anchor: the matmul of a gemm group, else the last op
// with as many loop points as any. From there the accesses of all other values follow, through
// elementwise ops (which share one access) and views (which compose).
#pragma once

#include "neap/dialects/neap/Neap.h"
#include "neap/passes/fuse/Access.h"

#include "llvm/ADT/DenseMap.h"

namespace neap {

struct GroupAccesses {
  GroupKind kind;
  /// Parallel loops of a gemm or pointwise group; for row and column groups the reduction loops as well.
  mlir::SmallVector<int64_t> loops;
  /// Values of the body to elements, at each loop point. A gemm's matmul operands are absent: their loops include k.
  llvm::DenseMap<mlir::Value, Access> accesses;

  /// Where a value lies in its dense buffer at a loop point, in elements.
  LinearForm position(mlir::Value value) const;
  /// Whether a value is one per row: the same for all points of the innermost loop.
  bool isRowLevel(mlir::Value value) const;
};

/// Analyses the body of a fused op or kernel. Fails, with an error on the body's parent, if some access is not linear.
mlir::FailureOr<GroupAccesses> analyzeGroup(mlir::Block &body, GroupKind kind);

/// Where an operand that is read as a whole lies: in which argument of the body, and where at each point of the operand's own
/// dimensions.
struct MatrixPosition {
  mlir::BlockArgument argument;
  LinearForm position;
};
/// Sees through the views of a body. Fails with an error at one that is not linear.
mlir::FailureOr<MatrixPosition> findMatrixPosition(mlir::Value operand);

/// The reduction dimensions of an op's loops.
mlir::SmallVector<size_t> reductionLoops(const IterationSpace &space);

/// Elementwise: all loops parallel and every operand read at the loop point itself; of an op that draws random numbers, the
/// key is a scalar read at all of them.
bool isElementwise(mlir::Operation *op);
/// A Fusible op with reduction loops and one operand, beside what it may start from.
bool isReduction(mlir::Operation *op);
/// A Fusible op that multiplies and sums over its first two operands.
bool isContraction(mlir::Operation *op);
/// Whether a reduction or contraction starts from this operand. It lies as the result does, and is read at most once for each
/// element of that, before it is written.
bool isInitial(mlir::OpOperand &operand);
/// What a reduction or contraction starts from, if that is an operand.
mlir::Value findInitial(mlir::Operation *op);
/// Seen through an index map only; see Fusible::isView.
bool isView(mlir::Operation *op);
/// A view that reorders dimensions and leaves none of the elements out.
bool isPermutation(mlir::Operation *op);
/// The access to the result of a view whose operand is accessed by `operand`. Fails where it leaves elements out or is not
/// linear.
mlir::FailureOr<Access> accessThroughView(mlir::Operation *view, const Access &operand, mlir::ArrayRef<int64_t> loops);
/// Reads a table at indices held in another operand.
bool isIndirect(mlir::Operation *op);
/// A constant with one value everywhere: no memory, it becomes part of the code.
bool isSplatConstant(mlir::Operation *op);

} // namespace neap
