// Helpers of result type inference and its error messages.
#pragma once

#include "neap/dialects/neap/Neap.h"

namespace neap {

/// Reports why result types cannot be inferred, in the form of an op's own errors. Silent without a location.
template <typename OpTy, typename... Args>
llvm::LogicalResult emitInferenceError(std::optional<mlir::Location> location, Args &&...args) {
  return mlir::emitOptionalError(location, "'", OpTy::getOperationName(), "' op ", std::forward<Args>(args)...);
}

inline mlir::RankedTensorType tensorType(mlir::Value value) { return llvm::cast<mlir::RankedTensorType>(value.getType()); }

/// The type sums and statistics of an element type are kept in: f64 for f64, else f32.
mlir::FloatType getAccumulatorType(mlir::Type element);

} // namespace neap
