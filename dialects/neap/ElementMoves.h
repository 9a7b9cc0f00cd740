// What the ops that move elements share: copies on the host, and the fold of a constant with one value.
#pragma once

#include "neap/dialects/neap/HostTensor.h"

namespace neap {

/// Copies one element between tensors of one element type.
inline void copyElement(const HostTensor &from, int64_t source, HostTensor &to, int64_t target) {
  if (from.isFloat())
    to.floats[target] = from.floats[source];
  else
    to.integers[target] = from.integers[source];
}

/// Copies all elements to a tensor of as many.
inline void copyAll(const HostTensor &from, HostTensor &to) {
  to.floats = from.floats;
  to.integers = from.integers;
}

/// The folded result of a view of a constant; null if the operand is none or has several values.
inline mlir::Attribute foldSplatView(mlir::Attribute operand, mlir::RankedTensorType type) {
  auto splat = llvm::dyn_cast_or_null<mlir::SplatElementsAttr>(operand);
  return splat ? splat.resizeSplat(type) : mlir::Attribute();
}

} // namespace neap
