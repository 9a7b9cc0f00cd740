// The function of a training step for the CPU: `neap_step` of runtime/abi/neap_runtime.h.
#pragma once

#include "neap/dialects/sched/Sched.h"

#include "mlir/IR/BuiltinOps.h"

namespace neap::lower {

/// Adds `neap_step` to the module, and what it calls. Loops of the program become loops of the function. Kernels must be
/// functions with what setKernelInfo says of them. Emits an error at an entry that the CPU cannot run.
mlir::LogicalResult writeStepFunction(mlir::ModuleOp module, sched::ProgramOp program);

} // namespace neap::lower
