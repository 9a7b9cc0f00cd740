// Creation and registration of the passes that Passes.td lists.
#pragma once

#include "neap/passes/grad/build-optimizer/OptimizerKind.h"
#include "neap/passes/graph/attach-loss/LossKind.h"

#include "mlir/Pass/Pass.h"

#include <memory>

namespace neap {

#define GEN_PASS_DECL
#include "neap/passes/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "neap/passes/Passes.h.inc"

} // namespace neap
