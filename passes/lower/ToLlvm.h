// The end of the lower stage: a module of func, scf, arith, math, vector and llvm becomes the LLVM dialect alone.
#pragma once

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace neap::lower {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "neap/passes/lower/Lower.h.inc"

/// Appends the conversions of a whole module. Floating-point operations keep their order and rounding: no fast-math
/// flag is set, nothing is contracted. What has no lowering is a diagnostic at its operation.
void buildLowerToLlvm(mlir::OpPassManager &manager);

} // namespace neap::lower
