// Where indices come from: what tells data that the runtime can check from values that the step computes.
#pragma once

#include "neap/dialects/neap/Neap.h"

namespace neap {

/// The value that indices are taken from unchanged: seen through views, through casts between integers, and past what is joined to
/// them if that is `ignored` everywhere.
mlir::Value findIndexSource(mlir::Value indices, std::optional<int64_t> ignored = std::nullopt);

} // namespace neap
