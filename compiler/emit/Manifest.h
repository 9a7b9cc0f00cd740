// The manifest inside a training binary: what lies where in its arena, in JSON (docs/design/0001 lists the fields).
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/JSON.h"

#include <optional>
#include <string>
#include <vector>

namespace neap::emit {

/// What of the manifest comes from the command line and not from the program.
struct ManifestOptions {
  std::string name;
  std::string optimizer = "adamw";
  std::optional<double> learningRate;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, momentum = 0;
  std::optional<double> clipGradNorm;
  int64_t maxWorkers = 1;
  /// The command line, as inspect shows it.
  std::vector<std::string> options;
};

/// Describes a module whose kernels are lowered and whose program is still in the sched dialect.
llvm::json::Object buildManifest(mlir::ModuleOp module, const ManifestOptions &options);

/// Puts the manifest into the module as the constant `neap_manifest`.
void addManifest(mlir::ModuleOp module, const ManifestOptions &options);

} // namespace neap::emit
