// Expressions in dimension names, as PyTorch's exporter writes them (sympy's printing): + - * / // % ** and the functions
// Min, Max, Mod, floor, ceiling. Evaluated exactly, in fractions of 64-bit integers.
#pragma once

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"

#include <cstdint>

namespace neap {

using DimValues = llvm::StringMap<int64_t>;

/// The names that `expression` depends on. A text that is no expression is one name.
llvm::SmallVector<llvm::StringRef> namesInDim(llvm::StringRef expression);

/// The value of `expression`; an error for a missing name, an overflow, a division by zero and a fraction. A text that
/// `values` holds as a whole is a name, whatever characters it has.
llvm::Expected<int64_t> evaluateDim(llvm::StringRef expression, const DimValues &values);

} // namespace neap
