// See Problem.h.
#include "neap/passes/lower/kernels/attention/Problem.h"

#include "neap/dialects/neap/TensorBuilder.h"

using namespace mlir;

namespace neap::lower {

template <typename OpTy> static LogicalResult describeCommon(OpTy op, AttentionProblem &problem) {
  ArrayRef<int64_t> query = shapeOf(op.getQuery()), value = shapeOf(op.getValue());
  problem.batch = llvm::to_vector(query.drop_back(2));
  problem.queries = query[query.size() - 2];
  problem.size = query.back();
  problem.keys = value[value.size() - 2];
  problem.valueSize = value.back();
  problem.scale = op.getScale().convertToFloat();
  problem.causal = op.getCausal();
  auto queryLayout = layoutOfOperand(op.getQuery()), keyLayout = layoutOfOperand(op.getKey()),
       valueLayout = layoutOfOperand(op.getValue());
  if (failed(queryLayout) || failed(keyLayout) || failed(valueLayout))
    return failure();
  problem.query = *queryLayout;
  problem.key = *keyLayout;
  problem.value = *valueLayout;
  if (!op.getBias())
    return success();
  auto bias = layoutOfOperand(op.getBias()); // a dimension of size 1 has stride 0
  if (failed(bias))
    return failure();
  problem.bias = *bias;
  return success();
}

FailureOr<AttentionForward> describeAttention(AttentionOp op) {
  AttentionForward problem;
  auto result = layoutsOfResult(op.getResult()), lse = layoutsOfResult(op.getLse(), 1);
  if (failed(describeCommon(op, problem)) || failed(result) || failed(lse))
    return failure();
  problem.emptyRowsZero = op.getEmptyRowsZero();
  problem.result = *result;
  problem.lse = *lse;
  return problem;
}

FailureOr<AttentionBackward> describeAttention(AttentionBackwardOp op) {
  AttentionBackward problem;
  auto lse = layoutOfOperand(op.getLse(), 1), delta = layoutOfOperand(op.getDelta(), 1),
       cotangent = layoutOfOperand(op.getCotangent());
  auto query = layoutsOfResult(op.getQueryGradient()), key = layoutsOfResult(op.getKeyGradient()),
       value = layoutsOfResult(op.getValueGradient());
  if (failed(describeCommon(op, problem)) || failed(lse) || failed(delta) || failed(cotangent) || failed(query) ||
      failed(key) || failed(value))
    return failure();
  problem.lse = *lse;
  problem.delta = *delta;
  problem.cotangent = *cotangent;
  problem.queryGradient = *query;
  problem.keyGradient = *key;
  problem.valueGradient = *value;
  return problem;
}

} // namespace neap::lower
