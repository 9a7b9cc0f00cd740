// What an optimizer is to the compiler: names of state, and an update written in elementwise ops. A new one is a class in a
// file of its own, a line in OptimizerKind and one in createOptimizer.
#pragma once

#include "neap/passes/grad/build-optimizer/OptimizerKind.h"
#include "neap/passes/support/GraphBuilder.h"

#include <memory>

namespace neap {

/// One parameter's update while it is written: all tensors have the parameter's shape and the same floating-point type.
struct Update {
  GraphBuilder &b;
  mlir::Value parameter;
  mlir::Value gradient;
  /// Old values of the state, in the order of `Optimizer::getStateNames`.
  llvm::SmallVector<mlir::Value> state;
  bool decays;

  /// A scalar of the step block, stretched to the parameter's shape.
  mlir::Value value(StepField field) const;
  mlir::Value add(mlir::Value x, mlir::Value y) const { return b.make<AddOp>(x, y); }
  mlir::Value sub(mlir::Value x, mlir::Value y) const { return b.make<SubOp>(x, y); }
  mlir::Value mul(mlir::Value x, mlir::Value y) const { return b.make<MulOp>(x, y); }
  mlir::Value div(mlir::Value x, mlir::Value y) const { return b.make<DivOp>(x, y); }
};

/// New values of the parameter and of its state.
struct Updated {
  mlir::Value parameter;
  llvm::SmallVector<mlir::Value> state;
};

class Optimizer {
public:
  virtual ~Optimizer() = default;
  virtual llvm::SmallVector<llvm::StringRef> getStateNames() const = 0;
  virtual Updated build(const Update &update) const = 0;
};

std::unique_ptr<Optimizer> createAdamW();
std::unique_ptr<Optimizer> createSgd(bool momentum);

} // namespace neap
