// Writes the arithmetic of one loop point (Fusible::buildBody), for scalars and vectors alike.
#pragma once

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Builders.h"

namespace neap {

/// The element type an op's body sees: arith knows signless integers only, so `ui8` is `i8` there.
mlir::Type toBodyElement(mlir::Type element);

/// `element`, or a vector of it as wide as `like`.
mlir::Type matchWidth(mlir::Type element, mlir::Type like);

/// Whether integers of a type compare and divide as unsigned; bools do.
bool isUnsigned(mlir::Type element);

/// The larger or smaller of two elements; NaN if either is NaN.
mlir::Value buildExtremum(mlir::OpBuilder &builder, mlir::Location location, mlir::Type element, bool larger,
                          mlir::Value x, mlir::Value y);

/// An arith/math writer at one insertion point. Operations take scalars or vectors and never carry fast-math flags.
class Body {
public:
  Body(mlir::OpBuilder &builder, mlir::Location location) : builder(builder), location(location) {}

  template <typename OpTy, typename... Args> mlir::Value make(Args &&...args) {
    return OpTy::create(builder, location, std::forward<Args>(args)...);
  }

  /// A number of a scalar or vector type, rounded to it.
  mlir::Value number(mlir::Type type, double value);
  /// A number of the type of another value.
  mlir::Value like(mlir::Value value, double number_) { return this->number(value.getType(), number_); }

  mlir::Value add(mlir::Value x, mlir::Value y) { return make<mlir::arith::AddFOp>(x, y); }
  mlir::Value sub(mlir::Value x, mlir::Value y) { return make<mlir::arith::SubFOp>(x, y); }
  mlir::Value mul(mlir::Value x, mlir::Value y) { return make<mlir::arith::MulFOp>(x, y); }
  mlir::Value div(mlir::Value x, mlir::Value y) { return make<mlir::arith::DivFOp>(x, y); }
  /// The lower and upper half of the product of two unsigned integers.
  std::pair<mlir::Value, mlir::Value> multiplyWide(mlir::Value x, mlir::Value y) {
    auto product = mlir::arith::MulUIExtendedOp::create(builder, location, x, y);
    return {product.getLow(), product.getHigh()};
  }
  mlir::Value exp(mlir::Value x) { return make<mlir::math::ExpOp>(x); }
  mlir::Value select(mlir::Value condition, mlir::Value x, mlir::Value y) {
    return make<mlir::arith::SelectOp>(condition, x, y);
  }
  mlir::Value compare(mlir::arith::CmpFPredicate predicate, mlir::Value x, mlir::Value y) {
    return make<mlir::arith::CmpFOp>(predicate, x, y);
  }
  mlir::Value compare(mlir::arith::CmpIPredicate predicate, mlir::Value x, mlir::Value y) {
    return make<mlir::arith::CmpIOp>(predicate, x, y);
  }

private:
  mlir::OpBuilder &builder;
  mlir::Location location;
};

} // namespace neap
