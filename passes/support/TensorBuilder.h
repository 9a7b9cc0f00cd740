// Builds neap ops at one place, folding them as they are made, with the idioms that several passes share.
#pragma once

#include "neap/dialects/neap/Neap.h"

namespace neap {

/// The tensor type of a value of the neap dialect.
mlir::RankedTensorType tensorType(mlir::Value value);
llvm::ArrayRef<int64_t> shapeOf(mlir::Value value);
int64_t rankOf(mlir::Value value);
mlir::Type elementTypeOf(mlir::Value value);

/// The shape that numpy stretches both shapes to; nothing if they do not fit.
std::optional<llvm::SmallVector<int64_t>> broadcastShapes(llvm::ArrayRef<int64_t> a, llvm::ArrayRef<int64_t> b);

/// The elements of a value that is a constant.
std::optional<HostTensor> getConstant(mlir::Value value);

class TensorBuilder {
public:
  TensorBuilder(mlir::OpBuilder &builder, mlir::Location location) : builder(builder), location(location) {}

  mlir::OpBuilder &getBuilder() const { return builder; }
  mlir::Location getLoc() const { return location; }

  /// A single-result op, or what it folds to.
  template <typename OpT, typename... Args> mlir::Value make(Args &&...args) const {
    return builder.createOrFold<OpT>(location, std::forward<Args>(args)...);
  }

  mlir::Value constant(mlir::ElementsAttr value) const;
  /// Every element the same number, rounded to the element type.
  mlir::Value splat(mlir::RankedTensorType type, double value) const;
  mlir::Value splatLike(mlir::Value like, double value) const { return splat(tensorType(like), value); }
  mlir::Value integers(llvm::ArrayRef<int64_t> values) const;

  /// These return the operand itself where nothing changes. Shapes must fit.
  mlir::Value reshape(mlir::Value value, llvm::ArrayRef<int64_t> shape) const;
  mlir::Value broadcast(mlir::Value value, llvm::ArrayRef<int64_t> shape) const;
  mlir::Value transpose(mlir::Value value, llvm::ArrayRef<int64_t> permutation) const;
  mlir::Value cast(mlir::Value value, mlir::Type elementType) const;
  /// Dimension `from` moved to position `to`, the others in order.
  mlir::Value moveDimension(mlir::Value value, int64_t from, int64_t to) const;
  /// The part [start, start + size) of one dimension.
  mlir::Value sliceDimension(mlir::Value value, int64_t dimension, int64_t start, int64_t size) const;
  /// Leading dimensions joined into one: [a, b, c] -> [a * b, c].
  mlir::Value collapseToRows(mlir::Value value) const;
  /// The sum of all elements as a scalar: along the last axis first, then over the rest in index order.
  mlir::Value sumAll(mlir::Value value) const;

private:
  mlir::OpBuilder &builder;
  mlir::Location location;
};

} // namespace neap
