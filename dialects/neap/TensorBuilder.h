// Writes neap ops on tensors: gradients, decompositions, optimizer updates. Everything is folded as it is made, so a
// reshape to the same shape or a broadcast that stretches nothing never appears.
#pragma once

#include "neap/dialects/neap/Neap.h"

namespace neap {

/// Shape of a tensor value.
llvm::ArrayRef<int64_t> shapeOf(mlir::Value value);
/// Element type of a tensor value.
mlir::Type elementOf(mlir::Value value);
/// Whether gradients flow through a value: floats only.
bool isFloatTensor(mlir::Value value);
/// The one number of a float constant that has it everywhere; nothing for any other value.
std::optional<double> getSplatNumber(mlir::Value value);

class TensorBuilder {
public:
  TensorBuilder(mlir::OpBuilder &builder, mlir::Location location) : builder(builder), location(location) {}

  /// A single-result op, folded if it can be.
  template <typename OpTy, typename... Args> mlir::Value make(Args &&...args) {
    return builder.createOrFold<OpTy>(location, std::forward<Args>(args)...);
  }

  /// A constant with one value everywhere.
  mlir::Value splat(mlir::RankedTensorType type, double value);
  /// A constant of another value's type.
  mlir::Value splatLike(mlir::Value value, double number);

  mlir::Value add(mlir::Value x, mlir::Value y) { return make<AddOp>(x, y); }
  mlir::Value sub(mlir::Value x, mlir::Value y) { return make<SubOp>(x, y); }
  mlir::Value mul(mlir::Value x, mlir::Value y) { return make<MulOp>(x, y); }
  mlir::Value mul(mlir::Value x, double y) { return mul(x, splatLike(x, y)); }
  mlir::Value div(mlir::Value x, mlir::Value y) { return make<DivOp>(x, y); }
  mlir::Value negate(mlir::Value x) { return make<NegateOp>(x); }
  mlir::Value exp(mlir::Value x) { return make<ExpOp>(x); }
  mlir::Value select(mlir::Value condition, mlir::Value x, mlir::Value y) { return make<SelectOp>(condition, x, y); }
  mlir::Value compare(Predicate predicate, mlir::Value x, mlir::Value y) { return make<CompareOp>(predicate, x, y); }
  mlir::Value cast(mlir::Value x, mlir::Type element);

  mlir::Value reshape(mlir::Value x, llvm::ArrayRef<int64_t> shape);
  mlir::Value broadcast(mlir::Value x, llvm::ArrayRef<int64_t> shape);
  mlir::Value transpose(mlir::Value x, llvm::ArrayRef<int64_t> permutation) {
    return make<TransposeOp>(x, permutation);
  }
  /// Swaps the last two dimensions.
  mlir::Value transposeMatrix(mlir::Value x);
  mlir::Value matmul(mlir::Value x, mlir::Value y) { return make<MatmulOp>(x, y); }
  mlir::Value iota(mlir::RankedTensorType type, int64_t axis) { return make<IotaOp>(type, axis); }

  mlir::Value reduce(Reduction reduction, mlir::Value x, llvm::ArrayRef<int64_t> axes) {
    return make<ReduceOp>(reduction, x, axes);
  }
  mlir::Value sum(mlir::Value x, llvm::ArrayRef<int64_t> axes) { return reduce(Reduction::Sum, x, axes); }
  /// Sum along the last axis.
  mlir::Value sumRows(mlir::Value x) { return sum(x, {static_cast<int64_t>(shapeOf(x).size()) - 1}); }
  /// Undoes the shape change of a reduction: puts `axes` back and stretches to `shape`.
  mlir::Value spread(mlir::Value reduced, llvm::ArrayRef<int64_t> axes, llvm::ArrayRef<int64_t> shape);
  /// `spread` along the last axis.
  mlir::Value spreadRows(mlir::Value reduced, llvm::ArrayRef<int64_t> shape) {
    return spread(reduced, {static_cast<int64_t>(shape.size()) - 1}, shape);
  }

private:
  mlir::OpBuilder &builder;
  mlir::Location location;
};

} // namespace neap
