// The simulated driver behind its table of functions: what the calls in Calls*.cpp work on.
#ifndef NEAP_RUNTIME_SIM_DRIVER_CORE_H
#define NEAP_RUNTIME_SIM_DRIVER_CORE_H

#include "neap/runtime/sim/driver/Executor.h"
#include "neap/runtime/sim/driver/Handles.h"
#include "neap/runtime/sim/driver/RaceCheck.h"
#include "neap/runtime/sim/driver/Scheduler.h"
#include "neap/runtime/sim/driver/SlotCheck.h"
#include "neap/runtime/sim/driver/Streams.h"

#include <mutex>

namespace neap::sim::driver {

class Core {
public:
  explicit Core(DriverSettings settings);

  /// Null is the legacy default stream.
  std::shared_ptr<StreamState> stream(cuda::Stream handle) const;
  /// For calls that a stream does not take while it is captured.
  std::shared_ptr<StreamState> streamOutsideCapture(cuda::Stream handle) const;
  /// Fails the call if the fault plan says so.
  void count(FaultPoint point);

  /// Queues an operation, or a launch of a graph. While the stream is captured, an operation becomes a node instead.
  void enqueue(StreamState &stream, Operation operation);
  void enqueue(StreamState &stream, GraphExecState &graph, const std::string &name);

  /// Runs until the tasks have ended; from now on the host knows that. Throws the device's error if it has one.
  void synchronise(const Frontier &tasks);
  /// Lets the device work for a while. Throws CallError with NotReady if some of the tasks have not ended; otherwise as
  /// synchronise.
  void query(const Frontier &tasks);

  /// What the program has said of its next operation, which is this one.
  void takeDeclarations(Operation &operation);
  std::optional<std::vector<DeclaredRange>> declared;
  std::string description;

  const DriverSettings settings;
  /// Calls may come from any thread, one at a time.
  std::mutex mutex;
  Errors errors;
  FaultPlan faults;
  DeviceMemory memory;
  HostMemory host;
  Handles handles;
  Streams streams;
  Executor executor;
  Scheduler scheduler;
  RaceCheck races;
  SlotCheck slots;

  bool isInitialised = false;
  /// Loaded and not unloaded.
  std::set<const LoadedModule *> modules;
  uint64_t allocations = 0;
  /// How often the primary context is retained, and its handle.
  uint32_t contextUsers = 0;
  void *context = nullptr;

private:
  bool execute(Task &task, uint32_t node);
  void enqueue(StreamState &stream, const TaskPointer &task, Frontier before);
  void forgetPast();

  /// What the host knows to have ended.
  VectorClock known_;
};

} // namespace neap::sim::driver

#endif
