// Which element of a tensor a point of a loop nest touches, as linear forms in the loop indices.
//
// Views compose to nothing: a transposed, sliced, reshaped operand of a fusion group is read through one form per
// dimension, and a form times the dimension's stride is an address. A view that is not linear in the loops (a reshape
// across a slice, say) has no form, and whoever asks must materialise it.
#pragma once

#include "mlir/IR/AffineMap.h"
#include "mlir/Support/LLVM.h"

#include <cstdint>

namespace neap {

/// constant + sum of coefficients[i] * loop index i. Coefficients of loops of size 1 are kept at 0.
struct LinearForm {
  int64_t constant = 0;
  mlir::SmallVector<int64_t> coefficients;

  static LinearForm zero(size_t loops) { return {0, mlir::SmallVector<int64_t>(loops, 0)}; }
  /// The index of one loop.
  static LinearForm loop(size_t loops, size_t index);
  bool dependsOn(size_t loop) const { return coefficients[loop] != 0; }
  bool operator==(const LinearForm &other) const = default;
};

LinearForm operator+(const LinearForm &a, const LinearForm &b);
LinearForm operator*(const LinearForm &form, int64_t factor);

/// One form per dimension of a tensor.
using Access = mlir::SmallVector<LinearForm>;

/// Every loop index for the dimension of the same number.
Access identityAccess(mlir::ArrayRef<int64_t> loopSizes);

/// The access to an operand whose index map reads the dimensions accessed by `result`. Fails where a floordiv or mod does
/// not come out linear, or for symbols.
mlir::FailureOr<Access> composeAccess(mlir::AffineMap map, const Access &result, mlir::ArrayRef<int64_t> loopSizes);

/// The access to a tensor of shape `to` holding the elements of one of shape `from` in the same row-major order.
mlir::FailureOr<Access> reshapeAccess(const Access &access, mlir::ArrayRef<int64_t> from, mlir::ArrayRef<int64_t> to,
                                      mlir::ArrayRef<int64_t> loopSizes);

/// The position of the accessed element in a dense row-major tensor, in elements.
LinearForm linearPosition(const Access &access, mlir::ArrayRef<int64_t> shape, size_t loops);

/// Whether distinct values of the loops that the access depends on touch distinct elements, every element once.
bool isBijective(const Access &access, mlir::ArrayRef<int64_t> shape, mlir::ArrayRef<int64_t> loopSizes);

} // namespace neap
