// Writes neap ops on tensors at one place: gradients, decompositions, the passes' programs. Everything is folded as it is
// made, so a reshape to the same shape or a broadcast that stretches nothing never appears.
#pragma once

#include "neap/dialects/neap/Neap.h"

namespace neap {

/// The tensor type of a value of the neap dialect.
mlir::RankedTensorType tensorType(mlir::Value value);
llvm::ArrayRef<int64_t> shapeOf(mlir::Value value);
int64_t rankOf(mlir::Value value);
mlir::Type elementTypeOf(mlir::Value value);
/// Whether gradients flow through a value: floats only.
bool isFloatTensor(mlir::Value value);

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

  mlir::Value add(mlir::Value x, mlir::Value y) const { return make<AddOp>(x, y); }
  mlir::Value sub(mlir::Value x, mlir::Value y) const { return make<SubOp>(x, y); }
  mlir::Value mul(mlir::Value x, mlir::Value y) const { return make<MulOp>(x, y); }
  mlir::Value mul(mlir::Value x, double y) const { return mul(x, splatLike(x, y)); }
  mlir::Value div(mlir::Value x, mlir::Value y) const { return make<DivOp>(x, y); }
  mlir::Value negate(mlir::Value x) const { return make<NegateOp>(x); }
  mlir::Value exp(mlir::Value x) const { return make<ExpOp>(x); }
  mlir::Value compare(Predicate predicate, mlir::Value x, mlir::Value y) const {
    return make<CompareOp>(predicate, x, y);
  }
  mlir::Value select(mlir::Value condition, mlir::Value x, mlir::Value y) const {
    return make<SelectOp>(condition, x, y);
  }
  mlir::Value matmul(mlir::Value x, mlir::Value y) const { return make<MatmulOp>(x, y); }
  /// Swaps the last two dimensions.
  mlir::Value transposeMatrix(mlir::Value x) const;
  mlir::Value iota(mlir::RankedTensorType type, int64_t axis) const { return make<IotaOp>(type, axis); }
  mlir::Value reduce(Reduction reduction, mlir::Value x, llvm::ArrayRef<int64_t> axes) const {
    return make<ReduceOp>(reduction, x, axes);
  }
  mlir::Value sum(mlir::Value x, llvm::ArrayRef<int64_t> axes) const { return reduce(Reduction::Sum, x, axes); }
  /// Sum along the last axis.
  mlir::Value sumRows(mlir::Value x) const { return sum(x, {rankOf(x) - 1}); }
  /// Undoes the shape change of a reduction: puts `axes` back and stretches to `shape`.
  mlir::Value spread(mlir::Value reduced, llvm::ArrayRef<int64_t> axes, llvm::ArrayRef<int64_t> shape) const;
  /// `spread` along the last axis.
  mlir::Value spreadRows(mlir::Value reduced, llvm::ArrayRef<int64_t> shape) const {
    return spread(reduced, {static_cast<int64_t>(shape.size()) - 1}, shape);
  }

private:
  mlir::OpBuilder &builder;
  mlir::Location location;
};

} // namespace neap
