// The reference interpreter: runs a step, or any block of neap ops, on the host in fp64. It does not round floats to
// their types and knows no cleverness; tests measure everything else against it.
#pragma once

#include "neap/dialects/neap/Neap.h"

#include "llvm/ADT/StringMap.h"

#include <map>

namespace neap {

/// What a step reads beside its inputs: parameters and states by symbol, and the step block.
struct StepContext {
  llvm::StringMap<HostTensor> symbols;
  std::map<StepField, double> fields;
};

/// What a step leaves behind.
struct StepOutcome {
  std::vector<HostTensor> results;
  /// By symbol, what neap.write wrote.
  llvm::StringMap<HostTensor> written;
  /// By parameter, what neap.observe showed.
  llvm::StringMap<HostTensor> observed;
};

/// Runs a step on its inputs, one per argument. Fails, with an error at the op, on an op that cannot be evaluated or a
/// symbol that the context lacks.
mlir::FailureOr<StepOutcome> evaluate(StepOp step, llvm::ArrayRef<HostTensor> inputs, const StepContext &context = {});

/// Runs single ops and blocks, keeping the value of everything computed so far.
class Evaluator {
public:
  explicit Evaluator(StepContext context = {}) : context(std::move(context)) {}

  void set(mlir::Value value, HostTensor tensor) { values[value] = std::move(tensor); }
  /// The value must have been set or computed.
  const HostTensor &get(mlir::Value value) const { return values.at(value); }
  llvm::SmallVector<HostTensor> get(mlir::ValueRange range) const;

  mlir::LogicalResult run(mlir::Operation *op);
  /// All ops of a block but the terminator.
  mlir::LogicalResult run(mlir::Block &block);
  const StepOutcome &getOutcome() const { return outcome; }

private:
  mlir::LogicalResult runFused(FusedOp op);
  mlir::LogicalResult runTileLoop(TileLoopOp op);
  mlir::LogicalResult runRead(ReadOp op);
  mlir::LogicalResult runStepValue(StepValueOp op);
  mlir::LogicalResult runRandomId(RandomIdOp op);
  mlir::LogicalResult runEvaluable(mlir::Operation *op);

  StepContext context;
  StepOutcome outcome;
  llvm::DenseMap<mlir::Value, HostTensor> values;
};

} // namespace neap
