// Attention as cuDNN would compute it: whether the library offers it for a shape, type and device, whether its gradients are the
// same in every run, and what it would work in. docs/design/0007-device-libraries.md says what follows from the answers.
#ifndef NEAP_RUNTIME_CUDA_CUDNNATTENTION_H
#define NEAP_RUNTIME_CUDA_CUDNNATTENTION_H

#include "neap/runtime/cuda/CudnnGraph.h"

#include <algorithm>

namespace neap::cudnn {

/// softmax(scale Q K' + mask) V; Q is batch x heads x queries x headSize, K and V batch x heads x keys x headSize.
struct AttentionShape {
  int64_t batch = 1, heads = 1, queries = 1, keys = 1, headSize = 64;
  DataType type = DataType::BF16;
  /// Key j counts for query i if j <= i.
  bool isCausal = false;
};

/// The forward graph keeps the logarithm of each row's sum for the backward one.
Graph buildForward(const Cudnn &library, const AttentionShape &shape);
/// From Q, K, V, the result, its gradient and those logarithms to the gradients of Q, K and V.
Graph buildBackward(const Cudnn &library, const AttentionShape &shape);
/// The same, where the gradient of Q may be summed in any order.
Graph buildFastBackward(const Cudnn &library, const AttentionShape &shape);

/// What the library answers for one direction.
struct AttentionAnswer {
  /// The engines that it would try, best first; none if it does not offer the graph.
  std::vector<EngineChoice> engines;
  /// Why there are none.
  std::string reason;
};

AttentionAnswer askForward(const Cudnn &library, const AttentionShape &shape, const Object &device);
AttentionAnswer askBackward(const Cudnn &library, const AttentionShape &shape, const Object &device);
AttentionAnswer askFastBackward(const Cudnn &library, const AttentionShape &shape, const Object &device);

/// Whether attention may be left to the library: both directions, the same bits in every run, no rounding that was not asked for.
struct AttentionSupport {
  /// Empty if it may.
  std::string obstacle;
  EngineChoice forward, backward;
  /// What either direction works in at most.
  int64_t workspaceBytes() const { return std::max(forward.workspaceBytes, backward.workspaceBytes); }
};

/// fp32 factors go through tensor cores as TF32 only if `allowsTf32`. Engines whose workspace is larger than `workspaceBytes` do not
/// count.
AttentionSupport findSupport(const Cudnn &library, const AttentionShape &shape, const Object &device, bool allowsTf32,
                             int64_t workspaceBytes);

} // namespace neap::cudnn

#endif
