// The threads that run kernels. A launch splits its items into pieces that workers claim from one counter; workers that
// find nothing spin for some microseconds, as the next launch is usually near, and then sleep.
#ifndef NEAP_RUNTIME_THREADS_POOL_H
#define NEAP_RUNTIME_THREADS_POOL_H

#include "neap/runtime/abi/neap_runtime.h"

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace neap::runtime {

/// Cores that this process may run on, at least 1.
int availableCores();

/// A fixed set of workers. The thread that launches is one of them.
class Pool {
public:
  /// Starts `workers` - 1 threads. Worker i owns the `scratchBytes` bytes at `scratch` + i * `scratchBytes`; the caller
  /// keeps them alive. Throws std::system_error when the system refuses a thread.
  Pool(int workers, std::byte *scratch, uint64_t scratchBytes);
  Pool(const Pool &) = delete;
  ~Pool();

  /// Runs `kernel` over [0, items) in pieces of at least `grain` items, all but the last a multiple of it; returns when
  /// all are done. Not to be called from a kernel or from two threads at once.
  void launch(neap_kernel kernel, void *const *buffers, int64_t items, int64_t grain);

private:
  /// What the workers are to run. A worker may read it while the next launch overwrites it, and then notices that its
  /// claim fails and forgets what it read; so the fields are atomic, but nothing orders them except `ticket_`.
  struct Work {
    std::atomic<neap_kernel> kernel;
    std::atomic<void *const *> buffers;
    std::atomic<int64_t> items, pieceItems;
    std::atomic<uint32_t> pieces;
  };

  void stop();
  void workerMain(int worker);
  void publish(neap_kernel kernel, void *const *buffers, int64_t items, int64_t pieceItems, uint32_t pieces);
  bool runOnePiece(void *scratch);
  void waitForPieces();
  void waitForWork();
  void *scratchOf(int worker) const { return scratch_ + uint64_t(worker) * scratchBytes_; }

  std::byte *scratch_;
  uint64_t scratchBytes_;
  Work work_;
  /// Launch number in the upper half, pieces not claimed yet in the lower. Claiming is one compare-and-swap, which
  /// succeeds only while the launch that was read is still the one running.
  alignas(64) std::atomic<uint64_t> ticket_ = 0;
  alignas(64) std::atomic<uint32_t> unfinished_ = 0;
  /// Counts launches; what sleeping workers wait on.
  alignas(64) std::atomic<uint32_t> bell_ = 0;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> threads_;
};

} // namespace neap::runtime

#endif
