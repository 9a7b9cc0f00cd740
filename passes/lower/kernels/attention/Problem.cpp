// See Problem.h.
#include "neap/passes/lower/kernels/attention/Problem.h"

#include "neap/dialects/neap/TensorBuilder.h"

using namespace mlir;

namespace neap::lower {

template <typename OpTy> static LogicalResult describeDropout(OpTy op, AttentionProblem &problem) {
  if (op.getDropoutKey().empty())
    return success();
  problem.dropout.emplace();
  for (Value word : op.getDropoutKey()) {
    auto layout = layoutOfOperand(word, 0);
    if (failed(layout))
      return failure();
    problem.dropout->key.push_back(*layout);
  }
  problem.dropout->ratio = op.getDropoutRatio().convertToDouble();
  SmallVector<int64_t> shape(problem.batch);
  shape.append({problem.queries, problem.keys});
  problem.dropout->wordStrides = randomWordStrides(shape);
  return success();
}

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
  if (failed(describeDropout(op, problem)))
    return failure();
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

template <typename OpTy> static LogicalResult describeGradient(OpTy op, AttentionGradient &problem) {
  auto lse = layoutOfOperand(op.getLse(), 1), cotangent = layoutOfOperand(op.getCotangent());
  if (failed(describeCommon(op, problem)) || failed(lse) || failed(cotangent))
    return failure();
  problem.lse = *lse;
  problem.cotangent = *cotangent;
  return success();
}

FailureOr<AttentionDelta> describeAttention(AttentionDeltaOp op) {
  AttentionDelta problem;
  auto delta = layoutsOfResult(op.getResult(), 1), reciprocal = layoutsOfResult(op.getSumReciprocal(), 1);
  if (failed(describeGradient(op, problem)) || failed(delta) || failed(reciprocal))
    return failure();
  problem.delta = *delta;
  problem.reciprocal = *reciprocal;
  return problem;
}

FailureOr<AttentionBackward> describeAttention(AttentionBackwardOp op) {
  AttentionBackward problem;
  auto query = layoutsOfResult(op.getQueryGradient()), key = layoutsOfResult(op.getKeyGradient()),
       value = layoutsOfResult(op.getValueGradient());
  if (failed(describeGradient(op, problem)) || failed(query) || failed(key) || failed(value))
    return failure();
  problem.queryGradient = *query;
  problem.keyGradient = *key;
  problem.valueGradient = *value;
  if (!op.getDelta())
    return problem;
  auto delta = layoutOfOperand(op.getDelta(), 1), reciprocal = layoutOfOperand(op.getReciprocal(), 1);
  if (failed(delta) || failed(reciprocal))
    return failure();
  problem.delta = *delta;
  problem.reciprocal = *reciprocal;
  return problem;
}

} // namespace neap::lower
