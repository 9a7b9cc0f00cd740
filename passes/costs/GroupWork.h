// What a fusion group's kernel will do on a CPU, counted from its body: the same loops, tiles and sweeps that the kernel generator
// would write.
#pragma once

#include "neap/dialects/neap/Neap.h"
#include "neap/passes/lower/kernels/Kernels.h"
#include "neap/passes/planning/CpuCosts.h"

namespace neap {

/// The work of a group's kernel. Fails, with a diagnostic, where there is no kernel.
mlir::FailureOr<planning::CpuWork> describeWork(GroupKind kind, mlir::Block &body, const lower::KernelTarget &target);

/// Adds what an elementwise op or a reduction computes, in one sweep.
void addOperation(mlir::Operation *op, planning::CpuWork &work);

} // namespace neap
