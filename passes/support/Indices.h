// Where indices come from: what tells data that the runtime can check from values that the step computes.
#pragma once

#include "neap/dialects/neap/Neap.h"

namespace neap {

/// The value that indices are taken from unchanged: seen through views and through casts between integers.
mlir::Value findIndexSource(mlir::Value indices);

} // namespace neap
