// The losses that neap-attach-loss can write.
#pragma once

namespace neap {
enum class LossKind { CrossEntropy, MeanSquaredError };
} // namespace neap
