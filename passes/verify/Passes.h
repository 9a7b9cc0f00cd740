// Creation and registration of the passes that check.
#pragma once

#include "mlir/Pass/Pass.h"

namespace neap {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "neap/passes/verify/Verify.h.inc"

} // namespace neap
