// The constant `neap_program_instance`, for passes that come after the one that wrote it.
#pragma once

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"

namespace neap::lower {

/// Positions in neap_program of runtime/abi/neap_runtime.h.
enum class ProgramField { ManifestBytes = 6, Cubin = 12 };

/// Gives a field another value, which `make` builds. The module must have the constant.
void setProgramField(mlir::ModuleOp module, ProgramField field,
                     llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::Location)> make);

} // namespace neap::lower
