// Memory of the host that is allocated through the driver, and what the host may not do with it while the device works.
//
// From the call that queues a copy to the point where the host knows that it has ended, the host must not write what it
// reads, nor touch what it writes. The host's accesses cannot be seen, but their traces can: the bytes that a copy will write
// are overwritten with a pattern when it is queued, so that who reads too early reads nonsense, and every byte of the window is
// compared with what the device has left there.
#ifndef NEAP_RUNTIME_SIM_DRIVER_HOSTMEMORY_H
#define NEAP_RUNTIME_SIM_DRIVER_HOSTMEMORY_H

#include "neap/runtime/sim/driver/Errors.h"
#include "neap/runtime/sim/driver/Task.h"

#include <list>
#include <map>

namespace neap::sim::driver {

/// Pages with an inaccessible one behind them. When freed they become inaccessible and stay, so that their addresses are not
/// given out again and a use after free is one.
class HostBlock {
public:
  /// Throws CallError with OutOfMemory.
  HostBlock(std::string name, uint64_t bytes);
  HostBlock(const HostBlock &) = delete;
  ~HostBlock();

  void free();
  bool isFreed() const { return isFreed_; }
  const std::string &name() const { return name_; }
  uint64_t bytes() const { return bytes_; }
  std::byte *data() const { return data_; }
  Interval interval() const { return hostInterval(data_, bytes_); }

private:
  std::string name_;
  uint64_t bytes_, mappedBytes_;
  std::byte *data_ = nullptr;
  bool isFreed_ = false;
};

class HostMemory {
public:
  explicit HostMemory(Errors &errors) : errors_(errors) {}

  void *allocate(uint64_t bytes);
  /// Throws CallError unless a block starts at `address`, or when a copy may still use it.
  void free(void *address);
  /// The block that `address` lies in, freed or not; null if none.
  const HostBlock *find(const void *address) const;
  /// "12 bytes into 'host 1' (64 bytes)"
  std::string describe(uint64_t address) const;

  /// Opens windows for a task's copies, when it is queued.
  void open(const TaskPointer &task);
  /// Compares the window of a copy that is about to run.
  void check(const Task &task, uint32_t node);
  /// Notes what a copy to the host has written.
  void wrote(Interval bytes);
  /// Makes bytes unreadable for copies until a copy has written them. That the host writes them is not seen.
  void poison(Interval bytes);
  /// The first of these bytes that is poisoned.
  std::optional<uint64_t> findPoisoned(Interval bytes) const;
  /// Compares and closes the windows of tasks that the host knows to have ended.
  void close(const VectorClock &known);

private:
  struct Window {
    TaskPointer task;
    uint32_t node;
    Interval bytes;
    std::vector<std::byte> expected;
  };
  void openWindow(const TaskPointer &task, uint32_t node, Interval bytes, bool isWritten);
  bool isInWindow(Interval bytes) const;
  void compare(Window &window);

  Errors &errors_;
  std::map<const std::byte *, std::unique_ptr<HostBlock>> blocks_;
  std::list<Window> windows_;
  IntervalSet poisoned_;
};

} // namespace neap::sim::driver

#endif
