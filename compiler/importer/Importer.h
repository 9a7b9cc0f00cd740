// Reads an ONNX file into the onnx dialect: a module with one `onnx.graph`, an `onnx.initializer` per weight and an
// `onnx.function` per local function. Nothing is understood yet; all that the container promises is checked.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringSet.h"

namespace neap::importer {

struct ImportOptions {
  /// Float tensors of at most this many elements are carried as attributes, larger ones stay in their file.
  int64_t maxInlineElements = 1024;
  /// External data may be symbolic or hard links, as in caches of model hubs.
  bool trustExternalLinks = false;
  /// Gets the names of the files beside the model that tensors lie in, if there is one.
  llvm::StringSet<> *externalFiles = nullptr;
};

/// The range of the standard operator set that can be read.
inline constexpr int64_t minOpset = 11, maxOpset = 25;

/// Reads the model at `path`. Errors are emitted as diagnostics `FILE: ...`; the message is complete without its location.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>> importOnnx(mlir::MLIRContext &context, llvm::StringRef path,
                                                              const ImportOptions &options = {});

} // namespace neap::importer
