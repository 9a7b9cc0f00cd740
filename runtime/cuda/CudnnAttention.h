// Attention as cuDNN would compute it: whether the library offers it for a shape, type and device, whether its gradients are the
// same in every run, and what it would work in. docs/design/0007-device-libraries.md says what follows from the answers.
#ifndef NEAP_RUNTIME_CUDA_CUDNNATTENTION_H
#define NEAP_RUNTIME_CUDA_CUDNNATTENTION_H

#include "neap/runtime/cuda/CudnnGraph.h"

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

/// What the library answers for one direction.
struct AttentionAnswer {
  /// The engines that it would try, best first; none if it does not offer the graph.
  std::vector<EngineChoice> engines;
  /// Why there are none.
  std::string reason;

  /// The best engine whose bits are the same in every run; null if there is none.
  const EngineChoice *deterministic() const;
};

AttentionAnswer askForward(const Cudnn &library, const AttentionShape &shape, const Object &device);
AttentionAnswer askBackward(const Cudnn &library, const AttentionShape &shape, const Object &device);

} // namespace neap::cudnn

#endif
