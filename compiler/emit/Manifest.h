// The manifest inside a training binary: what lies where in its arena, in JSON (docs/design/0001 lists the fields).
#pragma once

#include "neap/compiler/emit/Passes.h"
#include "neap/dialects/sched/Sched.h"
#include "neap/passes/fuse/ProductProfile.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/JSON.h"

namespace neap::emit {

/// Describes a module whose kernels are lowered and that has one program, still in the sched dialect. Products that the profile
/// knows get its algorithm.
llvm::json::Object buildManifest(mlir::ModuleOp module, const WriteManifestOptions &options,
                                 const ProductProfile &profile);

/// What a step's throughput counts, and its name: tokens where an input has them, else rows of the first input.
std::pair<int64_t, std::string> countItems(sched::ProgramOp program);

} // namespace neap::emit
