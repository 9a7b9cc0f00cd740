// The onnx dialect: an ONNX file as it was written. See Onnx.td.
#pragma once

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/RegionKindInterface.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "neap/dialects/onnx/OnnxDialect.h.inc"
#include "neap/dialects/onnx/OnnxEnums.h.inc"

#define GET_OP_CLASSES
#include "neap/dialects/onnx/OnnxOps.h.inc"
