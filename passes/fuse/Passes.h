// The passes of the fuse stage. See Fuse.td.
#pragma once

#include "mlir/Pass/Pass.h"

namespace neap {
/// Who computes matrix products.
enum class MatrixProducts { Generated, Library };

#define GEN_PASS_DECL
#include "neap/passes/fuse/Fuse.h.inc"

#define GEN_PASS_REGISTRATION
#include "neap/passes/fuse/Fuse.h.inc"
} // namespace neap
