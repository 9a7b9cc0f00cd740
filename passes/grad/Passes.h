// The passes of the grad stage. See Grad.td.
#pragma once

#include "neap/passes/grad/build-optimizer/OptimizerKind.h"

#include "mlir/Pass/Pass.h"

namespace neap {
#define GEN_PASS_DECL
#include "neap/passes/grad/Grad.h.inc"

#define GEN_PASS_REGISTRATION
#include "neap/passes/grad/Grad.h.inc"
} // namespace neap
