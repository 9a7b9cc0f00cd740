// What code for CUDA needs beyond loops: who a thread is, barriers, and values of neighbouring threads.
#pragma once

#include "neap/passes/lower/Code.h"

namespace neap::lower {

class KernelFunction;
struct KernelShape;

/// Elements of a thread's vectors: 128 bits of fp32.
inline constexpr int64_t cudaLanes = 4;
/// Threads that share a row.
inline constexpr int64_t halfWarp = 16;
/// Threads of a block of every kernel that needs no particular number.
inline constexpr int64_t cudaBlockThreads = 128;

/// Marks a function as a CUDA entry; its value is the number of threads of a block. It becomes NVVM's own attributes when the
/// function is one of the LLVM dialect, which alone may carry them.
inline constexpr llvm::StringLiteral cudaBlockAttribute = "neap.cuda_block";

/// Writes what only a CUDA thread can ask for. A *team* is an aligned group of 2, 4, 8 or 16 neighbouring threads.
class CudaCode {
public:
  explicit CudaCode(Code &code) : code(code) {}

  /// Number of the thread in its block, and of the block in the launch, as i64.
  mlir::Value threadNumber();
  mlir::Value blockNumber();
  /// Number of the thread in its team, as i64.
  mlir::Value memberNumber(int64_t team);
  /// The value that the thread `distance` (a power of two below the team's size) away has, exclusive-or counted; all threads
  /// of the team must be here. Scalars and vectors of numbers.
  mlir::Value shuffle(mlir::Value value, int64_t distance, int64_t team);
  /// Waits for the threads of the team; what they have read and written before is done.
  void synchronizeTeam(int64_t team);
  /// Waits for all threads of the block.
  void synchronizeBlock();

private:
  mlir::Value word(int64_t value);
  mlir::Value teamMask(int64_t team);
  mlir::Value shuffleWord(mlir::Value value, int64_t distance, int64_t team);
  mlir::Value shuffleScalar(mlir::Value value, int64_t distance, int64_t team);

  Code &code;
};

/// Room of `bytes` in shared memory, of this kernel alone, aligned for any vector; `name` tells it from others of the kernel.
mlir::Value createSharedMemory(KernelFunction &kernel, llvm::StringRef name, int64_t bytes);

/// Opens a kernel as a CUDA entry: one pointer to global memory for each buffer, and the thread's item as the range.
void openCudaKernel(KernelFunction &kernel, llvm::StringRef name, const KernelShape &shape);

} // namespace neap::lower
