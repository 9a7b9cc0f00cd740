// What leads to a value from what lies in memory.
#pragma once

#include "neap/dialects/neap/Neap.h"

#include "llvm/ADT/SetVector.h"

namespace neap {

/// There whatever is decided: inputs, parameters, the step block, constants, what a loop reads.
bool isAlwaysThere(mlir::Value value);

/// Whether a loop's sum begins in a value's place, which is overwritten then: nothing else may read it, nor wait for it.
bool isInitialSum(mlir::Value value);

/// What computes a value from what lies in memory.
struct Recipe {
  llvm::SetVector<mlir::Operation *> ops;
  llvm::SetVector<mlir::Value> stored;      ///< read, and stored by groups
  llvm::SetVector<mlir::Value> alwaysThere; ///< read beside them
};
Recipe findRecipe(mlir::Value value, llvm::function_ref<bool(mlir::OpResult)> isStored);

} // namespace neap
