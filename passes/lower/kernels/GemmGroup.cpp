// See GemmGroup.h.
#include "neap/passes/lower/kernels/GemmGroup.h"

#include "neap/dialects/neap/TensorBuilder.h"
#include "neap/passes/fuse/Group.h"

using namespace mlir;

namespace neap::lower {

/// How a matmul operand lies in the buffer of the argument that it is a view of.
static FailureOr<OperandLayout> layoutOf(Value operand) {
  FailureOr<MatrixPosition> matrix = findMatrixPosition(operand);
  if (failed(matrix))
    return failure();
  OperandLayout layout;
  layout.buffer = matrix->argument.getArgNumber();
  layout.offset = matrix->position.constant;
  ArrayRef<int64_t> strides = matrix->position.coefficients;
  layout.batchStrides = llvm::to_vector(strides.drop_back(2));
  layout.rowStride = strides[strides.size() - 2];
  layout.columnStride = strides.back();
  return layout;
}

FailureOr<GemmProblem> describeProduct(Operation *matmul, Block &body) {
  auto lhs = layoutOf(matmul->getOperand(0)), rhs = layoutOf(matmul->getOperand(1));
  if (failed(lhs) || failed(rhs))
    return failure();
  ArrayRef<int64_t> shape = shapeOf(matmul->getResult(0));
  GemmProblem problem;
  problem.batch = llvm::to_vector(shape.drop_back(2));
  problem.m = shape[shape.size() - 2];
  problem.n = shape.back();
  problem.k = shapeOf(matmul->getOperand(0)).back();
  problem.lhs = *lhs;
  problem.rhs = *rhs;
  problem.buffers = body.getNumArguments() + body.getTerminator()->getNumOperands();
  return problem;
}

Operation *findMatmul(Block &body) {
  for (Operation &op : body)
    if (isContraction(&op))
      return &op;
  return nullptr;
}

} // namespace neap::lower
