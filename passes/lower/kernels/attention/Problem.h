// What an attention kernel computes, from the op in its group: sizes and where operands and results lie.
//
// Both targets take queries and keys in blocks of 64, and a causal block that lies above the diagonal is not computed at
// all. The blocks are the op's (docs/design/0008), so both targets round alike.
#pragma once

#include "neap/passes/lower/kernels/Layouts.h"

#include "neap/dialects/neap/Neap.h"

namespace neap::lower {

/// Queries and keys of a block.
inline constexpr int64_t attentionBlock = 64;

/// Dropout of probabilities: which buffers hold the words of the key, and the strides of a word's number in the indices of
/// scores.
struct AttentionDropout {
  mlir::SmallVector<OperandLayout, 4> key;
  double ratio;
  mlir::SmallVector<int64_t> wordStrides;
};

/// What forward and backward share. Scores are scale * q k^T + bias.
struct AttentionProblem {
  mlir::SmallVector<int64_t> batch;
  int64_t queries, keys;   ///< t and s
  int64_t size, valueSize; ///< d and e
  OperandLayout query, key, value;
  std::optional<OperandLayout> bias;
  std::optional<AttentionDropout> dropout;
  double scale;
  bool causal; ///< query i sees the keys up to i

  int64_t batchElements() const { return mlir::ShapedType::getNumElements(batch); }
  int64_t queryBlocks() const { return llvm::divideCeil(queries, attentionBlock); }
  int64_t keyBlocks() const { return llvm::divideCeil(keys, attentionBlock); }
};

/// Every result may be stored to several places, or to none.
struct AttentionForward : AttentionProblem {
  bool emptyRowsZero;
  mlir::SmallVector<OperandLayout> result, lse;
};

/// Weights are e^(scores - lse), which the sum of a row makes probabilities; products are dy v^T.
struct AttentionGradient : AttentionProblem {
  OperandLayout lse, cotangent;
};

struct AttentionDelta : AttentionGradient {
  mlir::SmallVector<OperandLayout> delta, reciprocal;
};

struct AttentionBackward : AttentionGradient {
  std::optional<OperandLayout> delta, reciprocal; ///< computed on the way if they are not there
  mlir::SmallVector<OperandLayout> queryGradient, keyGradient, valueGradient;
};

/// Fails with an error where an operand is seen through a view that is not linear.
mlir::FailureOr<AttentionForward> describeAttention(AttentionOp op);
mlir::FailureOr<AttentionDelta> describeAttention(AttentionDeltaOp op);
mlir::FailureOr<AttentionBackward> describeAttention(AttentionBackwardOp op);

} // namespace neap::lower
