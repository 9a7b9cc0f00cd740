// Typed reads and writes of tensor elements, one at a time or as many as the code's vectors have lanes.
#pragma once

#include "neap/passes/lower/Code.h"

#include "mlir/IR/BuiltinTypes.h"

namespace neap::lower {

/// How an element lies in memory: bools take a byte.
mlir::Type storageType(mlir::Type elementType);
/// What code computes with: signless integers for any signedness.
mlir::Type computeType(mlir::Type elementType);

/// Reads and writes elements of one type at offsets from a base address.
class Elements {
public:
  Elements(Code &code, mlir::Type elementType) : code(code), elementType(elementType) {}

  mlir::Value loadScalar(mlir::Value base, mlir::Value offset);
  void storeScalar(mlir::Value value, mlir::Value base, mlir::Value offset);
  /// A vector of elements `stride` apart from `offset` on. Lanes outside `mask` (null: all are inside) are not touched and
  /// read as zero. `offset` is a multiple of `multiple` elements.
  mlir::Value loadVector(mlir::Value base, mlir::Value offset, int64_t stride, mlir::Value mask, int64_t multiple = 1);
  void storeVector(mlir::Value value, mlir::Value base, mlir::Value offset, int64_t stride, mlir::Value mask,
                   int64_t multiple = 1);
  /// A vector of elements at offsets of their own (vector of i64).
  mlir::Value gather(mlir::Value base, mlir::Value offsets, mlir::Value mask);

private:
  mlir::Value address(mlir::Value base, mlir::Value offset);
  mlir::Value addresses(mlir::Value base, mlir::Value offsets);
  mlir::Value strided(mlir::Value offset, int64_t stride);
  mlir::Value fromStorage(mlir::Value stored);
  mlir::Value toStorage(mlir::Value value);
  unsigned alignment(int64_t multiple = 1) const;
  mlir::VectorType storageVector() const;

  Code &code;
  mlir::Type elementType;
};

/// A scalar in all lanes; a vector as it is.
mlir::Value splat(Code &code, mlir::Value value);
/// The numbers of a vector's lanes, from 0, as i64.
mlir::Value laneNumbers(Code &code, int64_t lanes);
/// A constant of `type` (scalar or vector) from a scalar attribute.
mlir::Value constantOf(Code &code, mlir::TypedAttr scalar, mlir::Type type);

} // namespace neap::lower
