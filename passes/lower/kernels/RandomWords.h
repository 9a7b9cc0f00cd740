// The random words of a kernel's lanes (docs/design/0006-random-numbers.md).
#pragma once

#include "neap/dialects/neap/Philox.h"
#include "neap/passes/lower/Code.h"

namespace neap::lower {

/// The words `first`, `first` + 1, ... (i64) of a stream, one for each of the code's lanes. `first` and the number of lanes are
/// multiples of wordsPerCounter: a counter is computed once for its four lanes.
mlir::Value drawNeighbouringWords(Code &code, const RandomStream<mlir::Value> &stream, mlir::Value first);

/// The words of any numbers: i64, or a vector of it. A counter is computed for each.
mlir::Value drawWords(Code &code, const RandomStream<mlir::Value> &stream, mlir::Value numbers);

} // namespace neap::lower
