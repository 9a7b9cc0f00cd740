// The driver's objects, as handles stand for them.
#ifndef NEAP_RUNTIME_SIM_DRIVER_OBJECTS_H
#define NEAP_RUNTIME_SIM_DRIVER_OBJECTS_H

#include "neap/runtime/sim/driver/Task.h"

namespace neap::sim::driver {

/// The device's primary context. There is one handle for all that retain it.
struct ContextState {
  static constexpr const char *kind = "context";
};

struct ModuleState {
  static constexpr const char *kind = "module";
  std::shared_ptr<LoadedModule> loaded;
};

struct FunctionState {
  static constexpr const char *kind = "function";
  std::shared_ptr<const LoadedModule> module;
  const Executable *executable = nullptr;
};

struct GraphState {
  static constexpr const char *kind = "graph";
  std::vector<Operation> operations;
  /// By operation, those it comes after.
  std::vector<std::vector<uint32_t>> edges;
  std::vector<const void *> nodeHandles;

  void add(Operation operation, std::vector<uint32_t> after) {
    operations.push_back(std::move(operation));
    edges.push_back(std::move(after));
  }
};

struct StreamState {
  static constexpr const char *kind = "stream";
  std::string name;
  /// Waits for the legacy default stream, which waits for it.
  bool isBlocking = false;
  uint32_t chain = 0, taskCount = 0;
  /// What the next task comes after: the last one, and those that the stream was told to wait for since.
  Frontier frontier;
  /// Takes what is put into the stream while it is captured; null otherwise.
  std::shared_ptr<GraphState> capture;
};

/// Recorded: all that its stream had before. Not recorded: nothing.
struct EventState {
  static constexpr const char *kind = "event";
  Frontier frontier;
};

struct GraphNodeState {
  static constexpr const char *kind = "graph node";
  const GraphState *graph = nullptr;
  /// What comes after the node comes after these: the operation of the node, or the last ones of a child graph.
  std::vector<uint32_t> last;
};

struct GraphExecState {
  static constexpr const char *kind = "executable graph";
  std::shared_ptr<const Program> program;
  std::shared_ptr<ReplayRecord> replay;
  uint64_t launches = 0;
  /// One launch waits for the one before, in whatever stream that was.
  Frontier last;
};

} // namespace neap::sim::driver

#endif
