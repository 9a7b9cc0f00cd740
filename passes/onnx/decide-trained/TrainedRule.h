// Which initializers are parameters: the default rule of `neap compile`. A file does not say it; the rule reads what the
// exporter wrote beside the tensors, and where that is silent, the names and the graph. docs/reference/trained.md has the why
// of each clause and how often it is right.
#pragma once

#include "neap/passes/onnx/decide-trained/GradientPaths.h"
#include "neap/passes/onnx/decide-trained/GraphSignature.h"

#include <optional>
#include <string>

namespace neap::onnx {

struct Verdict {
  bool trained;
  std::string reason;
  bool doubtful = false; ///< left out although it holds a parameter: worth a warning
};

class TrainedRule {
public:
  TrainedRule(GraphOp graph, mlir::Value loss);

  /// The verdict on a floating-point initializer.
  Verdict decide(InitializerOp initializer) const;

  /// Clause 1: whether a gradient reaches the initializer at all.
  bool isCandidate(InitializerOp initializer) const;

private:
  // The clauses, in order; each leaves what it cannot decide to the next.
  std::optional<Verdict> byGradient(InitializerOp initializer) const;
  std::optional<Verdict> byKind(InitializerOp initializer) const;
  std::optional<Verdict> byFolding(InitializerOp initializer) const;
  std::optional<Verdict> bySettings(InitializerOp initializer) const;
  std::optional<Verdict> byWeightSlot(InitializerOp initializer) const;
  Verdict byName(InitializerOp initializer) const;

  llvm::SmallVector<Slot> slots(InitializerOp initializer) const;

  GradientPaths paths;
  GraphSignature signature;
  llvm::StringMap<llvm::SmallVector<ReadOp>> reads;
};

/// Clause 4: whether an exporter made the name up: `onnx::MatMul_12`, `val_3`, `/layer/Constant_output_0`, `view_4`, `17`.
bool isGeneratedName(llvm::StringRef name);

/// Clause 6: whether libraries give this name to buffers: `inv_freq`, `running_mean`, `masked_bias`, ...
bool isBufferName(llvm::StringRef name);

} // namespace neap::onnx
