// The matmul of a gemm group as the matrix product that it is, whatever device it runs on.
#pragma once

#include "neap/passes/lower/gemm/Gemm.h"

namespace neap::lower {

/// The matmul of a gemm group's body.
mlir::Operation *findMatmul(mlir::Block &body);

/// The sizes of the product and where its operands lie in the kernel's buffers. Fails with an error where an operand is seen
/// through a view that is not linear.
mlir::FailureOr<GemmProblem> describeProduct(mlir::Operation *matmul, mlir::Block &body);

} // namespace neap::lower
