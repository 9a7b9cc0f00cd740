// TensorBuilder with the idioms that conversion, losses and gradient norm share.
#pragma once

#include "neap/dialects/neap/TensorBuilder.h"

namespace neap {

/// The tensor type of a value of the neap dialect.
mlir::RankedTensorType tensorType(mlir::Value value);
int64_t rankOf(mlir::Value value);

/// The shape that numpy stretches both shapes to; nothing if they do not fit.
std::optional<llvm::SmallVector<int64_t>> broadcastShapes(llvm::ArrayRef<int64_t> a, llvm::ArrayRef<int64_t> b);

/// The elements of a value that is a constant.
std::optional<HostTensor> getConstant(mlir::Value value);

class GraphBuilder : public TensorBuilder {
public:
  GraphBuilder(mlir::OpBuilder &builder, mlir::Location location)
      : TensorBuilder(builder, location), builder(builder), location(location) {}

  mlir::OpBuilder &getBuilder() const { return builder; }
  mlir::Location getLoc() const { return location; }

  mlir::Value constant(mlir::ElementsAttr value);
  /// A list of 64-bit integers.
  mlir::Value integers(llvm::ArrayRef<int64_t> values);

  /// Dimension `from` moved to position `to`, the others in order.
  mlir::Value moveDimension(mlir::Value value, int64_t from, int64_t to);
  /// The part [start, start + size) of one dimension.
  mlir::Value sliceDimension(mlir::Value value, int64_t dimension, int64_t start, int64_t size);
  /// Leading dimensions joined into one: [a, b, c] -> [a * b, c].
  mlir::Value collapseToRows(mlir::Value value);
  /// All elements joined into a scalar: along the last axis first, then over the rest in index order.
  mlir::Value reduceAll(Reduction reduction, mlir::Value value);
  mlir::Value sumAll(mlir::Value value) { return reduceAll(Reduction::Sum, value); }

private:
  mlir::OpBuilder &builder;
  mlir::Location location;
};

} // namespace neap
