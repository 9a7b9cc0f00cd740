// The two streams of copies between the arena and far memory, a thread each. Their order against each other and against the
// step's own thread is a matter of counts; see neap_runtime.h.
//
//   step      launch | launch, signal | launch ......... | wait(0, 1), launch
//   offloads                  | copy, after signal 1 |
//   reloads                                          | copy, after offload 1 |
#ifndef NEAP_RUNTIME_CPU_COPYSTREAMS_H
#define NEAP_RUNTIME_CPU_COPYSTREAMS_H

#include "neap/runtime/files/SpillFile.h"

#include <array>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace neap::runtime {

/// Members but the destructor are called by the step's thread.
class CopyStreams {
public:
  enum Stream { Offload, Reload };

  struct Copy {
    std::byte *memory;
    uint64_t offset; ///< in far memory
    uint64_t bytes;
    uint64_t signals, others; ///< that must come before: signals, and copies of the other stream
  };

  /// Far memory is `file`, which outlives this. Throws std::system_error when the system refuses a thread.
  explicit CopyStreams(files::SpillFile &file);
  CopyStreams(const CopyStreams &) = delete;
  /// A copy that is running ends; others do not begin.
  ~CopyStreams();

  void begin(Stream stream, const Copy &copy);
  void signal();
  /// Returns when so many copies of each stream are done. Behind one that has failed they count as done and are not made.
  void wait(uint64_t offloads, uint64_t reloads);
  /// What the first copy that failed has thrown; null if none has.
  std::exception_ptr failure();
  /// Returns when all copies are done. All counts begin anew.
  void endStep();
  /// Seconds that the step's thread has spent in `wait` and `endStep` because copies were not done.
  double waitedSeconds() const { return waitedSeconds_; }

private:
  struct Queue {
    std::vector<Copy> copies; ///< of this step; its room is kept for the next
    uint64_t done = 0;
    std::thread thread;
  };

  void run(Stream stream);
  void transfer(Stream stream, const Copy &copy);
  bool mayBegin(Stream stream) const;
  void stop();
  template <typename Condition> void waitFor(std::unique_lock<std::mutex> &lock, Condition isDone);

  files::SpillFile &file_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // All of these are guarded by the mutex, threads aside.
  std::array<Queue, 2> queues_;
  uint64_t signals_ = 0;
  std::exception_ptr failure_;
  bool isStopping_ = false;
  double waitedSeconds_ = 0; // of the step's thread, which alone touches it
};

} // namespace neap::runtime

#endif
