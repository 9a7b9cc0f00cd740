// Names for the ops of a step that hold in any copy of it: their numbers.
#pragma once

#include "neap/dialects/neap/Neap.h"

#include <tuple>
#include <vector>

namespace neap {

/// A result of an op, by the op's number.
struct ResultIndex {
  size_t op = 0;
  unsigned result = 0;
  bool operator<(const ResultIndex &other) const { return std::tie(op, result) < std::tie(other.op, other.result); }
  bool operator==(const ResultIndex &other) const = default;
};

/// The ops of a step's block as they stand, then those of its tile loops' bodies, one body after the other.
struct NumberedOps {
  explicit NumberedOps(StepOp step);
  ResultIndex find(mlir::OpResult result) const { return {numbers.at(result.getOwner()), result.getResultNumber()}; }
  mlir::Value get(ResultIndex index) const { return ops[index.op]->getResult(index.result); }

  std::vector<mlir::Operation *> ops;
  llvm::DenseMap<mlir::Operation *, size_t> numbers;

private:
  void add(mlir::Block &block);
};

} // namespace neap
