// See GemmGroup.h.
#include "neap/passes/lower/kernels/GemmGroup.h"

#include "neap/dialects/neap/TensorBuilder.h"
#include "neap/passes/fuse/Group.h"
#include "neap/passes/lower/kernels/Layouts.h"

using namespace mlir;

namespace neap::lower {

FailureOr<GemmProblem> describeProduct(Operation *matmul, Block &body) {
  auto lhs = layoutOfOperand(matmul->getOperand(0)), rhs = layoutOfOperand(matmul->getOperand(1));
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
