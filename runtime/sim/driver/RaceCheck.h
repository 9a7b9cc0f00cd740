// The happens-before check: two operations that nothing orders must not touch the same bytes if one of them writes, even if
// they came out right this time.
//
// Tasks are ordered by their clocks, the nodes of a graph by its edges. Each pair of unordered operations is compared once,
// when the later of the two has run. A pair of nodes of a graph is not compared again while both touch what they touched in
// the launch before.
#ifndef NEAP_RUNTIME_SIM_DRIVER_RACECHECK_H
#define NEAP_RUNTIME_SIM_DRIVER_RACECHECK_H

#include "neap/runtime/sim/driver/HostMemory.h"
#include "neap/runtime/sim/driver/Task.h"

#include <deque>

namespace neap::sim::driver {

class RaceCheck {
public:
  RaceCheck(const DeviceMemory &memory, const HostMemory &host, Errors &errors)
      : memory_(memory), host_(host), errors_(errors) {}

  /// Takes what a node has touched and compares it with all that is not ordered before it.
  void executed(const TaskPointer &task, uint32_t node, Accesses accesses);
  /// Forgets tasks that come before all that is still to come.
  void forget(const VectorClock &past);

private:
  struct Conflict {
    Interval bytes;
    /// Of the first operation and of the second.
    bool firstWrites, secondWrites;
  };
  static std::optional<Conflict> findConflict(const Accesses &first, const Accesses &second);
  void compareWithOtherTasks(const Task &task, uint32_t node);
  void compareWithOwnGraph(const Task &task, uint32_t node, bool isUnchanged);
  void compare(const Task &first, uint32_t firstNode, const Task &second, uint32_t secondNode);
  void report(const Task &first, uint32_t firstNode, const Task &second, uint32_t secondNode, const Conflict &conflict);
  std::string describe(Interval bytes) const;

  const DeviceMemory &memory_;
  const HostMemory &host_;
  Errors &errors_;
  /// By chain, the tasks that have run or begun to, in order.
  std::vector<std::deque<TaskPointer>> chains_;
};

} // namespace neap::sim::driver

#endif
