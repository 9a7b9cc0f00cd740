// Rates times work.
#include "neap/passes/planning/CpuCosts.h"

#include <algorithm>
#include <cmath>

namespace neap::planning {
namespace {

/// What is smaller runs on the thread that launches it.
constexpr double bytesWorthWaking = 1 << 16;

double sumOperations(const CpuCosts &costs, const CpuWork &work) {
  double seconds = work.strided * costs.stridedSeconds;
  for (const auto &[name, elements] : work.operations) {
    auto known = costs.operationSeconds.find(name);
    seconds += elements * (known == costs.operationSeconds.end() ? costs.otherOperationSeconds : known->second);
  }
  return seconds;
}

double estimateProduct(const CpuCosts &costs, const ProductWork &work) {
  return work.idleFactor * (work.multiplyAdds * costs.multiplyAddSeconds + work.copied * costs.copySeconds +
                            work.transposed * costs.transposeSeconds);
}

double estimateAttention(const CpuCosts &costs, const AttentionWork &work) {
  double multiplyAdd = work.isBackward ? costs.backwardMultiplyAddSeconds : costs.forwardMultiplyAddSeconds;
  double score = work.isBackward ? costs.backwardScoreSeconds : costs.forwardScoreSeconds;
  return work.idleFactor * work.scores * (work.depth * multiplyAdd + score);
}

} // namespace

double estimateMemory(const CpuCosts &costs, double bytes) {
  const std::vector<MemoryRate> &rates = costs.memory;
  auto above = std::lower_bound(rates.begin(), rates.end(), bytes,
                                [](const MemoryRate &rate, double bytes) { return rate.bytes < bytes; });
  if (above == rates.begin())
    return bytes / rates.front().bytesPerSecond;
  if (above == rates.end())
    return bytes / rates.back().bytesPerSecond;
  const MemoryRate &below = *std::prev(above);
  double share = std::log(bytes / below.bytes) / std::log(above->bytes / below.bytes);
  return bytes / (below.bytesPerSecond + share * (above->bytesPerSecond - below.bytesPerSecond));
}

double estimateColdMemory(const CpuCosts &costs, double bytes) { return bytes / costs.memory.back().bytesPerSecond; }

double estimateLaunch(const CpuCosts &costs, const CpuWork &work) {
  double bytes = work.bytesRead + work.bytesWritten, computing = sumOperations(costs, work);
  double launch = bytes < bytesWorthWaking ? 0 : costs.launchSeconds;
  if (work.product)
    return launch + estimateProduct(costs, *work.product) + bytes * costs.productByteSeconds + computing;
  if (work.attention)
    return launch + estimateAttention(costs, *work.attention);
  return launch + std::max(computing, work.isCold ? estimateColdMemory(costs, bytes) : estimateMemory(costs, bytes));
}

} // namespace neap::planning
