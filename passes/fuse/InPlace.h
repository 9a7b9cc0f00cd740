// Whether a fused kernel may write a result over one of its operands.
#pragma once

#include "neap/passes/fuse/Group.h"

namespace neap {

class InPlaceAnalysis {
public:
  InPlaceAnalysis(mlir::Block &body, GroupKind kind) : body(body), kind(kind) {}

  /// True if the group, run in any order of its items, gives the same result when `result` and `operand` (positions in
  /// its outputs and inputs) share their bytes: types agree, and every element of the operand is read, for the last time,
  /// at the loop point that writes the result's element of the same position. The caller must see to it that the same
  /// buffer is not passed as another operand too: a body has one argument per way of reading a value.
  bool canRunInPlace(unsigned operand, unsigned result);

private:
  mlir::Block &body;
  GroupKind kind;
  std::optional<mlir::FailureOr<GroupAccesses>> accesses; ///< once asked for
};

/// The same, asked once.
bool canRunInPlace(mlir::Block &body, GroupKind kind, unsigned operand, unsigned result);

} // namespace neap
