// The passes on the onnx dialect. See Onnx.td.
#pragma once

#include "mlir/Pass/Pass.h"

namespace neap {
#define GEN_PASS_DECL
#include "neap/passes/onnx/Onnx.h.inc"

#define GEN_PASS_REGISTRATION
#include "neap/passes/onnx/Onnx.h.inc"
} // namespace neap
