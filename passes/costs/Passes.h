// Creation and registration of the passes that price programs.
#pragma once

#include "neap/passes/lower/Device.h"

#include "mlir/Pass/Pass.h"

namespace neap {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "neap/passes/costs/Costs.h.inc"

} // namespace neap
