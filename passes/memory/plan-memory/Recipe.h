// Numbers for the ops of a step, and what leads to a value from what lies in memory.
#pragma once

#include "neap/passes/memory/plan-memory/StepModel.h"

#include "llvm/ADT/SetVector.h"

namespace neap {

/// The ops of a step's block as they stand, and each one's number.
struct NumberedOps {
  explicit NumberedOps(StepOp step);
  ResultIndex find(mlir::OpResult result) const { return {numbers.at(result.getOwner()), result.getResultNumber()}; }
  mlir::Value get(ResultIndex index) const { return ops[index.op]->getResult(index.result); }

  std::vector<mlir::Operation *> ops;
  llvm::DenseMap<mlir::Operation *, size_t> numbers;
};

/// There whatever is decided: inputs, parameters, the step block, constants.
bool isAlwaysThere(mlir::Value value);

/// What computes a value from what lies in memory.
struct Recipe {
  llvm::SetVector<mlir::Operation *> ops;
  llvm::SetVector<mlir::Value> stored;      ///< read, and stored by groups
  llvm::SetVector<mlir::Value> alwaysThere; ///< read beside them
};
Recipe findRecipe(mlir::Value value, llvm::function_ref<bool(mlir::OpResult)> isStored);

} // namespace neap
