// Functions that MLIR has no polynomial for, or none that is exact enough: sin, cos, powf and remf on f32. And rounding to bf16.
#pragma once

#include "mlir/IR/PatternMatch.h"

namespace neap::lower {

/// Rewrites them as arithmetic: in double where fp32 would lose the result, without calls, tables or branches, the same for
/// scalars and vectors. docs/design/0002-generated-gemm.md has the measured errors.
void populateMathFunctionPatterns(mlir::RewritePatternSet &patterns);

} // namespace neap::lower
