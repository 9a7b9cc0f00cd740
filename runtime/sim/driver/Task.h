// What a program has handed to the device in one call: an operation or a whole graph, in a stream.
#ifndef NEAP_RUNTIME_SIM_DRIVER_TASK_H
#define NEAP_RUNTIME_SIM_DRIVER_TASK_H

#include "neap/runtime/sim/driver/Program.h"
#include "neap/runtime/sim/driver/VectorClock.h"

namespace neap::sim::driver {

struct Task;
using TaskPointer = std::shared_ptr<Task>;
/// Tasks that something comes after.
using Frontier = std::vector<TaskPointer>;
using AccessesPointer = std::shared_ptr<const Accesses>;

/// What the nodes of a graph touched when it ran last. A launch of a graph waits for the one before it, so that there is
/// one record for all of them.
struct ReplayRecord {
  std::vector<AccessesPointer> accesses;
};

struct Task : std::enable_shared_from_this<Task> {
  std::shared_ptr<const Program> program;
  /// "stream 1", "launch 3 of graph 1 in stream 1"
  std::string place;
  bool isGraph = false;

  /// Its stream's chain, its number in it, and all that comes before its end, itself included.
  uint32_t chain = 0, sequence = 0;
  VectorClock clock;

  // Until it has finished: tasks before it that have not, those that wait for it, and the same for its nodes.
  uint32_t unmet = 0;
  std::vector<Task *> waiting;
  std::vector<uint32_t> unmetOfNode;
  uint32_t unfinishedNodes = 0;
  bool isFinished = false;

  /// Nodes in the order of their execution, those of them that did not touch what they did the last time, and by node what
  /// was touched.
  std::vector<uint32_t> executed, changed;
  std::vector<AccessesPointer> accesses;
  /// Of a graph; null for others.
  std::shared_ptr<ReplayRecord> replay;

  /// "kernel 'fused_3' (stream 1)", "copy of 64 bytes to the host (node 7 of launch 3 of graph 1 in stream 1)"
  std::string text(uint32_t node) const;
  bool isBefore(const VectorClock &point) const { return sequence <= point.at(chain); }
};

} // namespace neap::sim::driver

#endif
