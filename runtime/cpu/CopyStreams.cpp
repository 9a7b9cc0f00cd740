// One lock and one condition for all that changes: a step has dozens of copies of milliseconds, not thousands of microseconds.
#include "neap/runtime/cpu/CopyStreams.h"

#include <chrono>
#include <limits>

namespace neap::runtime {

CopyStreams::CopyStreams(files::SpillFile &file) : file_(file) {
  try {
    for (Stream stream : {Offload, Reload})
      queues_[stream].thread = std::thread([this, stream] { run(stream); });
  } catch (...) {
    stop();
    throw;
  }
}

CopyStreams::~CopyStreams() { stop(); }

void CopyStreams::stop() {
  {
    std::lock_guard lock(mutex_);
    isStopping_ = true;
  }
  changed_.notify_all();
  for (Queue &queue : queues_)
    if (queue.thread.joinable())
      queue.thread.join();
}

void CopyStreams::begin(Stream stream, const Copy &copy) {
  {
    std::lock_guard lock(mutex_);
    queues_[stream].copies.push_back(copy);
  }
  changed_.notify_all();
}

void CopyStreams::signal() {
  {
    std::lock_guard lock(mutex_);
    ++signals_;
  }
  changed_.notify_all();
}

template <typename Condition> void CopyStreams::waitFor(std::unique_lock<std::mutex> &lock, Condition isDone) {
  if (isDone())
    return;
  auto start = std::chrono::steady_clock::now();
  changed_.wait(lock, isDone);
  waitedSeconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void CopyStreams::wait(uint64_t offloads, uint64_t reloads) {
  std::unique_lock lock(mutex_);
  waitFor(lock, [&] { return queues_[Offload].done >= offloads && queues_[Reload].done >= reloads; });
}

std::exception_ptr CopyStreams::failure() {
  std::lock_guard lock(mutex_);
  return failure_;
}

/// A step that was broken off has given fewer signals than its copies wait for; no more will come.
void CopyStreams::endStep() {
  std::unique_lock lock(mutex_);
  signals_ = std::numeric_limits<uint64_t>::max();
  changed_.notify_all();
  waitFor(lock, [&] {
    return queues_[Offload].done == queues_[Offload].copies.size() &&
           queues_[Reload].done == queues_[Reload].copies.size();
  });
  signals_ = 0;
  for (Queue &queue : queues_) {
    queue.copies.clear();
    queue.done = 0;
  }
}

/// Whether the stream's next copy is there, and all that must come before it.
bool CopyStreams::mayBegin(Stream stream) const {
  const Queue &queue = queues_[stream], &other = queues_[stream == Offload ? Reload : Offload];
  if (queue.done == queue.copies.size())
    return false;
  const Copy &next = queue.copies[queue.done];
  return failure_ || (signals_ >= next.signals && other.done >= next.others);
}

void CopyStreams::transfer(Stream stream, const Copy &copy) {
  if (stream == Offload)
    file_.write(copy.offset, copy.memory, copy.bytes);
  else
    file_.read(copy.offset, copy.memory, copy.bytes);
}

/// After a failure the rest of the copies count as done without being made: what they would move is wrong, and nobody is to wait
/// for them.
void CopyStreams::run(Stream stream) {
  Queue &queue = queues_[stream];
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return isStopping_ || mayBegin(stream); });
    if (isStopping_)
      return;
    if (!failure_) {
      Copy copy = queue.copies[queue.done]; // the queue may grow meanwhile
      lock.unlock();
      std::exception_ptr failure;
      try {
        transfer(stream, copy);
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      if (failure && !failure_)
        failure_ = failure;
    }
    ++queue.done;
    changed_.notify_all();
  }
}

} // namespace neap::runtime
