// The step of a module and its named results, as the passes of the graph and grad stages edit them.
#pragma once

#include "neap/dialects/neap/Neap.h"

#include "mlir/IR/BuiltinOps.h"

namespace neap {

/// The only step of a module; null where there is none.
StepOp findStep(mlir::ModuleOp module);

/// The return at the end of a step's body.
ReturnOp getReturn(StepOp step);

/// Index of the result with this name.
std::optional<unsigned> findOutput(StepOp step, llvm::StringRef name);
/// Index of the argument with this name.
std::optional<unsigned> findInput(StepOp step, llvm::StringRef name);

/// The forward pass: every op that leads to the loss, the step's output of that name or else its first one; in bodies of loops too.
llvm::DenseSet<mlir::Operation *> collectForward(StepOp step);

struct NamedResult {
  std::string name;
  mlir::Value value;
};
/// Makes the step return these values under these names and nothing else.
void setResults(StepOp step, llvm::ArrayRef<NamedResult> results);
/// Makes the step return one more value, after the others.
void addResult(StepOp step, NamedResult result, llvm::ArrayRef<mlir::NamedAttribute> attributes = {});

/// Adds an argument with a name at the end.
mlir::BlockArgument addInput(StepOp step, llvm::StringRef name, mlir::RankedTensorType type);

/// Removes operations without effect whose results nobody uses; returns how many.
unsigned eraseDeadOps(StepOp step);

/// Marks the op whose result is a parameter's gradient after clipping; its value is a symbol reference to the parameter.
inline constexpr llvm::StringLiteral gradientOfAttribute = "neap.gradient_of";

/// What `neap.observe` shows, in the order in which the module declares the parameters.
struct ParameterGradient {
  ParameterOp parameter;
  ObserveOp observe;
};
llvm::SmallVector<ParameterGradient> collectGradients(mlir::ModuleOp module, StepOp step);

} // namespace neap
