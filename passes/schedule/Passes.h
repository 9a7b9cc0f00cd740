// Creation and registration of the schedule stage's passes.
#pragma once

#include "mlir/Pass/Pass.h"

namespace neap {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "neap/passes/schedule/Schedule.h.inc"

} // namespace neap
