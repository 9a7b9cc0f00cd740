// Creation and registration of the passes that belong to emitting. See Emit.td.
#pragma once

#include "neap/passes/lower/Device.h"

#include "mlir/Pass/Pass.h"

namespace neap::emit {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "neap/compiler/emit/Emit.h.inc"

} // namespace neap::emit
