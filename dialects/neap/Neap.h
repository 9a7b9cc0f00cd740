// The neap dialect: one training step as tensors in SSA form. See Neap.td.
#pragma once

#include "neap/dialects/neap/Interfaces.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"

#include "neap/dialects/neap/NeapDialect.h.inc"

#define GET_ATTRDEF_CLASSES
#include "neap/dialects/neap/NeapAttributes.h.inc"

#define GET_OP_CLASSES
#include "neap/dialects/neap/NeapOps.h.inc"

namespace neap {

/// The element type that a field of the step block has.
mlir::Type getFieldType(StepField field, mlir::MLIRContext *context);

/// Whether an op says where and when its operand is to be found, and computes nothing.
bool isMemoryPlanOp(mlir::Operation *op);

} // namespace neap
