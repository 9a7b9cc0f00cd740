// Claiming, spinning and sleeping of the workers.
#include "neap/runtime/threads/Pool.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <sched.h>

namespace neap::runtime {

namespace {

/// Pieces per worker: enough that a late worker costs a small share of a launch.
constexpr int64_t piecesPerWorker = 4;
/// Pauses before a worker sleeps; some ten microseconds.
constexpr int spinCount = 1000;

void pause() { __builtin_ia32_pause(); }

uint32_t unclaimed(uint64_t ticket) { return uint32_t(ticket); }

/// Keeps signals for the main thread, which knows when a step ends.
class BlockedSignals {
public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
  sigset_t before_;
};

} // namespace

int availableCores() {
  for (int capacity = 1024; capacity <= 1 << 20; capacity *= 2) {
    cpu_set_t *set = CPU_ALLOC(size_t(capacity));
    if (!set)
      break;
    size_t bytes = CPU_ALLOC_SIZE(size_t(capacity));
    int result = sched_getaffinity(0, bytes, set);
    int cores = result == 0 ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (result == 0)
      return std::max(cores, 1);
    if (errno != EINVAL) // EINVAL: the kernel knows more cores than the set holds
      break;
  }
  return 1;
}

Pool::Pool(int workers, std::byte *scratch, uint64_t scratchBytes) : scratch_(scratch), scratchBytes_(scratchBytes) {
  BlockedSignals blocked;
  threads_.reserve(size_t(workers - 1));
  try {
    for (int worker = 1; worker < workers; ++worker)
      threads_.emplace_back([this, worker] { workerMain(worker); });
  } catch (...) {
    stop();
    throw;
  }
}

Pool::~Pool() { stop(); }

void Pool::stop() {
  stopping_.store(true);
  bell_.fetch_add(1);
  bell_.notify_all();
  for (std::thread &thread : threads_)
    thread.join();
}

void Pool::launch(neap_kernel kernel, void *const *buffers, int64_t items, int64_t grain) {
  if (items <= 0)
    return;
  int64_t workers = int64_t(threads_.size()) + 1;
  grain = std::max<int64_t>(grain, 1);
  int64_t pieceItems = std::max<int64_t>(items / (workers * piecesPerWorker) / grain, 1) * grain;
  int64_t pieces = std::max<int64_t>(items / pieceItems, 1);
  if (workers == 1 || pieces == 1)
    return kernel(buffers, 0, items, scratchOf(0));
  publish(kernel, buffers, items, pieceItems, uint32_t(pieces));
  while (runOnePiece(scratchOf(0)))
    ;
  waitForPieces();
}

void Pool::publish(neap_kernel kernel, void *const *buffers, int64_t items, int64_t pieceItems, uint32_t pieces) {
  work_.kernel.store(kernel, std::memory_order_relaxed);
  work_.buffers.store(buffers, std::memory_order_relaxed);
  work_.items.store(items, std::memory_order_relaxed);
  work_.pieceItems.store(pieceItems, std::memory_order_relaxed);
  work_.pieces.store(pieces, std::memory_order_relaxed);
  unfinished_.store(pieces, std::memory_order_relaxed);
  uint64_t launchNumber = (ticket_.load(std::memory_order_relaxed) >> 32) + 1;
  ticket_.store(launchNumber << 32 | pieces, std::memory_order_release);
  bell_.fetch_add(1);
  bell_.notify_all();
}

/// Claims a piece and runs it; false when none is left.
bool Pool::runOnePiece(void *scratch) {
  uint64_t ticket = ticket_.load(std::memory_order_acquire);
  while (unclaimed(ticket) != 0) {
    neap_kernel kernel = work_.kernel.load(std::memory_order_relaxed);
    void *const *buffers = work_.buffers.load(std::memory_order_relaxed);
    int64_t items = work_.items.load(std::memory_order_relaxed);
    int64_t pieceItems = work_.pieceItems.load(std::memory_order_relaxed);
    int64_t piece = int64_t(work_.pieces.load(std::memory_order_relaxed)) - unclaimed(ticket);
    if (!ticket_.compare_exchange_weak(ticket, ticket - 1, std::memory_order_acq_rel, std::memory_order_acquire))
      continue;
    // The last piece takes the remainder, so that none is smaller than the grain.
    bool last = unclaimed(ticket) == 1;
    kernel(buffers, piece * pieceItems, last ? items : (piece + 1) * pieceItems, scratch);
    if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      unfinished_.notify_one();
    return true;
  }
  return false;
}

/// Waits for the pieces that other workers are at.
void Pool::waitForPieces() {
  for (int i = 0; i < spinCount && unfinished_.load(std::memory_order_acquire) != 0; ++i)
    pause();
  while (uint32_t left = unfinished_.load(std::memory_order_acquire))
    unfinished_.wait(left);
}

void Pool::waitForWork() {
  // The bell is read before the ticket: a launch in between changes it, and the wait returns at once.
  uint32_t bell = bell_.load();
  for (int i = 0; i < spinCount; ++i) {
    if (unclaimed(ticket_.load(std::memory_order_relaxed)) != 0 || stopping_.load(std::memory_order_relaxed))
      return;
    pause();
  }
  bell_.wait(bell);
}

void Pool::workerMain(int worker) {
  while (!stopping_.load()) {
    while (runOnePiece(scratchOf(worker)))
      ;
    waitForWork();
  }
}

} // namespace neap::runtime
