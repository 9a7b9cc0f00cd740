// Creation and registration of neap-lower-step.
#pragma once

#include "mlir/Pass/Pass.h"

namespace neap {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "neap/passes/lower/step/Step.h.inc"

} // namespace neap
