// What a launch takes on a CPU: the work of its kernel, counted, times rates that were measured (`neap calibrate`) or are those of
// typical machines. docs/design/0009 has the formulas, and what they leave out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace neap::planning {

/// A matrix product as the generated kernel cuts it: padding and packing count.
struct ProductWork {
  /// Multiply-adds of whole register tiles, those that overhang the matrix included.
  double multiplyAdds = 0;
  /// Elements of both operands that are packed into panels, every time they are: as they lie, or transposed on the way.
  double copied = 0, transposed = 0;
  /// Threads over those that get a piece: 1 or more.
  double idleFactor = 1;
};

/// Attention, or its gradient, by blocks of 64 queries and keys.
struct AttentionWork {
  bool isBackward = false;
  /// Scores of all blocks that are computed.
  double scores = 0;
  /// Multiply-adds for each of them, over all products.
  double depth = 0;
  double idleFactor = 1; ///< as that of a product
};

/// What one launch of a kernel asks of a CPU.
struct CpuWork {
  /// Of what enters and leaves, each element once.
  double bytesRead = 0, bytesWritten = 0;
  /// Whether nobody has touched most of that since the last step, so that no cache has it.
  bool isCold = false;
  /// By mnemonic of an op: elements that it computes, in every sweep over a row again.
  std::map<std::string, double> operations;
  /// Elements read one by one, because neighbours are not neighbours in memory.
  double strided = 0;
  std::optional<ProductWork> product;
  std::optional<AttentionWork> attention;
};

/// How fast kernels stream through so many bytes again and again: through a cache, or memory.
struct MemoryRate {
  double bytes = 0, bytesPerSecond = 0;
};

/// Seconds that work takes with all threads at it.
struct CpuCosts {
  /// What was measured: processor as LLVM calls it and as it calls itself, its vectors' fp32 lanes, threads.
  std::string processor, model;
  int64_t lanes = 0, threads = 0;
  /// When, in UTC; empty for typical figures.
  std::string measured;

  double launchSeconds = 0;
  /// In order of bytes; the last holds for all that is larger.
  std::vector<MemoryRate> memory;

  /// Products: a multiply-add of a register tile; an element copied or transposed into a panel; a byte of an operand or result.
  double multiplyAddSeconds = 0, copySeconds = 0, transposeSeconds = 0, productByteSeconds = 0;
  /// Attention forward and backward: a multiply-add, and what is done beside for each score.
  double forwardMultiplyAddSeconds = 0, forwardScoreSeconds = 0;
  double backwardMultiplyAddSeconds = 0, backwardScoreSeconds = 0;

  /// An element of an op, by its mnemonic; of any that is not named; one that is read by itself.
  std::map<std::string, double> operationSeconds;
  double otherOperationSeconds = 0, stridedSeconds = 0;

  /// Bytes per second to and from a file of `--offload-dir` while both go on; 0 where a profile does not know.
  double spillWriteRate = 0, spillReadRate = 0;
};

/// What is expected of a CPU of so many cores whose vector registers have so many fp32 lanes, as servers and laptops of the last years
/// are on average. Rates differ by a factor of two either way.
CpuCosts describeTypicalCpu(int64_t lanes, int64_t cores);

/// Seconds that streaming through so many bytes takes, if they were touched not long ago.
double estimateMemory(const CpuCosts &costs, double bytes);
/// The same if they come from memory.
double estimateColdMemory(const CpuCosts &costs, double bytes);
/// Seconds of one launch.
double estimateLaunch(const CpuCosts &costs, const CpuWork &work);

} // namespace neap::planning
