// What the importer's locations say, for messages about ops that a node of the file has become.
#pragma once

#include "mlir/IR/Operation.h"

namespace neap {

/// Name of the node that an op was made from; the op's own name if nobody knows.
llvm::StringRef findNodeName(mlir::Operation *op);

} // namespace neap
