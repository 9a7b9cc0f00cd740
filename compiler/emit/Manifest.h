// The manifest inside a training binary: what lies where in its arena, in JSON (docs/design/0001 lists the fields).
#pragma once

#include "neap/compiler/emit/Passes.h"
#include "neap/passes/fuse/ProductProfile.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/JSON.h"

namespace neap::emit {

/// Describes a module whose kernels are lowered and that has one program, still in the sched dialect. Products that the profile
/// knows get its algorithm.
llvm::json::Object buildManifest(mlir::ModuleOp module, const WriteManifestOptions &options,
                                 const ProductProfile &profile);

} // namespace neap::emit
