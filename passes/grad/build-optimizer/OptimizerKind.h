// The optimizers that neap-build-optimizer can write.
#pragma once

namespace neap {
enum class OptimizerKind { AdamW, Sgd };
} // namespace neap
