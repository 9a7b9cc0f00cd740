// Runs the device's work in an order drawn from a seed. Every order that streams, events and edges allow can be drawn,
// those with long delays too: work runs by priorities drawn when it becomes ready, and now and then out of turn.
#ifndef NEAP_RUNTIME_SIM_DRIVER_SCHEDULER_H
#define NEAP_RUNTIME_SIM_DRIVER_SCHEDULER_H

#include "neap/runtime/sim/driver/Task.h"
#include "neap/runtime/sim/machine/Random.h"

#include <functional>
#include <set>
#include <utility>

namespace neap::sim::driver {

class Scheduler {
public:
  /// Executes a node of a task. Returns false when the device can do no more.
  using Execute = std::function<bool(Task &, uint32_t node)>;

  Scheduler(uint64_t seed, Execute execute) : random_(seed), execute_(std::move(execute)) {}

  /// Queues a task behind those of `after`.
  void add(TaskPointer task, const Frontier &after);
  /// Runs until the tasks have finished; other work may run or not.
  void runUntil(const Frontier &tasks);
  void runAll();
  /// Runs up to `count` operations that are ready.
  void runSome(uint64_t count);
  /// Runs a few operations or none.
  void maybeRunSome();

  const std::set<TaskPointer> &pending() const { return pending_; }

private:
  struct Ready {
    Task *task;
    uint32_t node;
    uint64_t priority;
  };
  void start(Task &task);
  void finish(Task &task);
  void makeReady(Task &task, uint32_t node);
  /// Runs one operation. False if there is none, or the device can do no more.
  bool runOne();
  Ready takeReady();
  void finishNode(Task &task, uint32_t node);

  Random random_;
  Execute execute_;
  bool halted_ = false;
  std::set<TaskPointer> pending_;
  std::vector<Ready> ready_;
};

} // namespace neap::sim::driver

#endif
