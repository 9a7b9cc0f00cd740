// Where the matrices of a kernel that reads whole operands lie in its buffers, seen through the views of the group's body.
#pragma once

#include "neap/passes/lower/gemm/Gemm.h"

namespace neap::lower {

/// A tensor's last `matrixRank` dimensions (2: rows and columns; 1: one number a row, columnStride 0; 0: a
/// number) and the batch dimensions before them. Fails with an error where `operand` is seen through a view that is not linear.
mlir::FailureOr<OperandLayout> layoutOfOperand(mlir::Value operand, unsigned matrixRank = 2);

/// Every place that a result is stored to: itself, where the body yields it, and the views of it that are yielded. None if
/// nobody wants it.
mlir::FailureOr<mlir::SmallVector<OperandLayout>> layoutsOfResult(mlir::Value result, unsigned matrixRank = 2);

} // namespace neap::lower
