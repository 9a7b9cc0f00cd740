// The passes of the memory stage. See Memory.td.
#pragma once

#include "neap/passes/fuse/Passes.h"
#include "neap/passes/lower/Device.h"

#include "mlir/Pass/Pass.h"

namespace neap {
#define GEN_PASS_DECL
#include "neap/passes/memory/Memory.h.inc"

#define GEN_PASS_REGISTRATION
#include "neap/passes/memory/Memory.h.inc"
} // namespace neap
