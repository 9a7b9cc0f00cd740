// A tensor on the host, as the reference evaluator and the folder see it: floats as double, everything else as int64.
#pragma once

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace neap {

/// Larger constants are not computed with on the host: 128 MiB of doubles.
inline constexpr int64_t maxHostElements = int64_t(1) << 24;

/// Elements in row-major order. Exactly one of `floats` and `integers` has `size()` elements: `floats` for float element
/// types, `integers` for integers and bools (0 or 1); unsigned 64-bit values wrap.
struct HostTensor {
  mlir::RankedTensorType type;
  std::vector<double> floats;
  std::vector<int64_t> integers;

  /// Zeros of a type.
  static HostTensor zeros(mlir::RankedTensorType type);
  /// The elements of a constant; nothing if its element type is not a number, or if it is one value repeated more often than
  /// maxHostElements: memory must not grow with what a few bytes of a model say.
  static std::optional<HostTensor> fromAttribute(mlir::ElementsAttr attribute);
  /// A dense constant; floats are rounded to the element type, integers wrap to it.
  mlir::DenseElementsAttr toAttribute() const;

  bool isFloat() const { return llvm::isa<mlir::FloatType>(type.getElementType()); }
  int64_t size() const { return type.getNumElements(); }
  llvm::ArrayRef<int64_t> shape() const { return type.getShape(); }
  /// Rounds floats to the element type and wraps integers to its width, in place.
  void round();
};

/// Strides of a dense row-major shape, in elements.
llvm::SmallVector<int64_t> rowMajorStrides(llvm::ArrayRef<int64_t> shape);

/// Calls `visit(indices)` for every index of a shape, the last dimension fastest. A scalar is visited once.
void forEachIndex(llvm::ArrayRef<int64_t> shape, llvm::function_ref<void(llvm::ArrayRef<int64_t>)> visit);

/// Row-major position of an index.
int64_t linearize(llvm::ArrayRef<int64_t> indices, llvm::ArrayRef<int64_t> strides);

} // namespace neap
