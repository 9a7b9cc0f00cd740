// Creation and registration of the passes that take a scheduled program apart.
#pragma once

#include "neap/passes/lower/Device.h"

#include "mlir/Pass/Pass.h"

namespace neap {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "neap/passes/lower/Program.h.inc"

} // namespace neap
