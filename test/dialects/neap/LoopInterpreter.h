// Runs a primitive op the way a kernel would: its loops, index maps and body, one point at a time, with a small
// interpreter of arith and math. Knows nothing of Evaluable, which it is compared with.
#pragma once

#include "Programs.h"

namespace neap::test {

/// The result of a Fusible op of one result.
HostTensor runLoops(mlir::Operation *op, llvm::ArrayRef<HostTensor> operands);

} // namespace neap::test
