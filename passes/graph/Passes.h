// The passes of the graph stage. See Graph.td.
#pragma once

#include "neap/passes/graph/attach-loss/LossKind.h"

#include "mlir/Pass/Pass.h"

namespace neap {
#define GEN_PASS_DECL
#include "neap/passes/graph/Graph.h.inc"

#define GEN_PASS_REGISTRATION
#include "neap/passes/graph/Graph.h.inc"
} // namespace neap
