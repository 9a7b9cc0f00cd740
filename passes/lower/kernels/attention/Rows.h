// What attention does to a row of 64 scores between its products; the same operations on both targets. A thread has `parts` of
// the row: the CPU's all 64 in four vectors, a thread of a half-warp four neighbours.
#pragma once

#include "neap/dialects/neap/Philox.h"
#include "neap/passes/lower/kernels/RowTeam.h"
#include "neap/passes/lower/kernels/attention/Problem.h"

namespace neap::lower {

/// The running maximum of a query's scores and the sum of e^(score - maximum), fp32 scalars.
struct SoftmaxState {
  mlir::Value maximum, sum;
};

/// A query after one more block of keys.
struct SoftmaxUpdate {
  mlir::SmallVector<mlir::Value> weights; ///< e^(score - maximum), in the form of the scores
  mlir::Value rescale;                    ///< what sums so far must be multiplied by
  SoftmaxState state;
};

/// What a query's weighted values are multiplied by in the end, and its log-sum-exp.
struct SoftmaxEnd {
  mlir::Value factor, lse;
};

/// Sums over a query's keys so far, fp32 scalars: of weights, and of weights times the products.
struct DeltaState {
  mlir::Value sum, weighted;
};

/// What the gradient needs of a query's whole row: the mean of the products, and what makes its weights probabilities.
struct RowGradient {
  mlir::Value delta, reciprocal;
};

class AttentionRows {
public:
  AttentionRows(Device device, Code &code, const AttentionProblem &problem, mlir::ValueRange buffers,
                mlir::ValueRange batch);

  /// A vector of scores from sums of products; -inf where the query `row` does not see the key. `column` is that of the first
  /// lane. `inside`: the whole block of keys exists.
  mlir::Value finishScores(mlir::Value sums, mlir::Value row, mlir::Value column, bool inside);

  /// Drops weights, probabilities or products; as they are without dropout. Place as of finishScores.
  mlir::Value drop(mlir::Value elements, mlir::Value row, mlir::Value column);

  SoftmaxState start();
  SoftmaxUpdate update(mlir::ArrayRef<mlir::Value> scores, const SoftmaxState &state);
  SoftmaxEnd finish(const SoftmaxState &state, bool emptyRowsZero);

  /// e^(score - lse)
  mlir::Value weigh(mlir::Value scores, mlir::Value lse);
  DeltaState startDelta();
  /// Adds a row of one more block of keys.
  DeltaState updateDelta(mlir::ArrayRef<mlir::Value> weights, mlir::ArrayRef<mlir::Value> products,
                         const DeltaState &state);
  /// Zeros for a query that sees no key.
  RowGradient finishDelta(const DeltaState &state);
  /// P, from weights.
  mlir::Value normalize(mlir::Value weights, const RowGradient &row);
  /// scale * P * (product - delta), where `products` are dy v^T.
  mlir::Value scoreGradient(mlir::Value probabilities, mlir::Value products, const RowGradient &row);

private:
  mlir::Value number(double value);
  mlir::Value loadBias(mlir::Value row, mlir::Value column, mlir::Value mask);

  Code &code;
  const AttentionProblem &problem;
  mlir::ValueRange buffers, batch;
  std::unique_ptr<RowTeam> team;
  std::optional<RandomStream<mlir::Value>> stream;
};

} // namespace neap::lower
