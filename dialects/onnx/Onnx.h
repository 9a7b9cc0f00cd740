// The onnx dialect: an ONNX file as it was written. See Onnx.td.
#pragma once

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
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

namespace neap::onnx {

/// The symbol of a local function: `DOMAIN::NAME`, and `:OVERLOAD` where there is one.
std::string functionSymbol(llvm::StringRef domain, llvm::StringRef name, llvm::StringRef overload);

/// The only graph of an imported module; null where there is none.
GraphOp findGraph(mlir::ModuleOp module);

/// Starts an error `FILE: ` about the model as a whole.
mlir::InFlightDiagnostic emitModelError(GraphOp graph);

/// Whether the type is a tensor of floating-point elements.
bool isFloatTensor(mlir::Type type);

} // namespace neap::onnx
