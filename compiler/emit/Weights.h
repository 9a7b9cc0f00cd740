// The initial weights of a model as a safetensors file, streamed from where the parameters say their bytes are.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

#include <memory>

namespace neap::emit {

/// A weights file that is complete but not yet in its place.
class PendingWeights {
public:
  virtual ~PendingWeights() = default;
  /// Puts the file in place.
  virtual llvm::Error commit() = 0;
};

/// Writes all parameters of `module` under a temporary name. `modelPath` is the model whose folder their files are in.
llvm::Expected<std::unique_ptr<PendingWeights>> writeWeights(mlir::ModuleOp module, llvm::StringRef modelPath,
                                                             bool trustLinks, llvm::StringRef output);

} // namespace neap::emit
