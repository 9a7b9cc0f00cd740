// What the importer's locations say, for messages about ops that a node of the file has become.
#pragma once

#include "mlir/IR/Operation.h"

namespace neap {

/// Name of the node that an op was made from; the op's own name if nobody knows.
llvm::StringRef findNodeName(mlir::Operation *op);

/// A location that remembers what its ops were made for, beyond their own names: the compound op that was taken apart, the
/// optimizer. Reports ask for it; no pass decides by it, as locations may be dropped.
mlir::Location markOrigin(mlir::Location location, llvm::StringRef origin);

/// What markOrigin said; empty if nobody did.
llvm::StringRef findOrigin(mlir::Operation *op);

} // namespace neap
