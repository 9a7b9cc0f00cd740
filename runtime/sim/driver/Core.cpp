// Queueing, running and waiting.
#include "neap/runtime/sim/driver/Core.h"

namespace neap::sim::driver {

Core::Core(DriverSettings given)
    : settings(std::move(given)), errors(settings), faults(settings.faults), memory(settings.memoryBytes), host(errors),
      executor(settings, memory, host, faults, errors),
      scheduler(settings.seed, [this](Task &task, uint32_t node) { return execute(task, node); }),
      races(memory, host, errors), slots(memory, host, errors) {}

std::shared_ptr<StreamState> Core::stream(cuda::Stream handle) const {
  return handle ? handles.get<StreamState>(handle) : streams.defaultStream();
}

std::shared_ptr<StreamState> Core::streamOutsideCapture(cuda::Stream handle) const {
  std::shared_ptr<StreamState> found = stream(handle);
  if (found->capture)
    throw CallError{cuda::Result::StreamCaptureUnsupported, found->name + " is being captured"};
  return found;
}

void Core::count(FaultPoint point) {
  if (auto result = faults.count(point))
    throw CallError{*result, {}};
}

void Core::takeDeclarations(Operation &operation) {
  operation.description = std::exchange(description, {});
  if (!declared)
    return;
  operation.declared = *declared;
  if (auto *kernel = std::get_if<KernelWork>(&operation.work))
    kernel->launch.ranges = std::move(declared);
  declared.reset();
}

/// A stream is a chain: each operation comes after the one before.
static void addToCapture(GraphState &graph, Operation operation) {
  std::vector<uint32_t> after;
  if (!graph.operations.empty())
    after.push_back(uint32_t(graph.operations.size() - 1));
  graph.add(std::move(operation), std::move(after));
}

void Core::enqueue(StreamState &stream, Operation operation) {
  if (stream.capture)
    return addToCapture(*stream.capture, std::move(operation));
  auto task = std::make_shared<Task>();
  task->program = std::make_shared<const Program>(std::move(operation));
  task->place = stream.name;
  enqueue(stream, task, streams.before(stream));
}

void Core::enqueue(StreamState &stream, GraphExecState &graph, const std::string &name) {
  auto task = std::make_shared<Task>();
  task->program = graph.program;
  task->place = "launch " + std::to_string(++graph.launches) + " of " + name + " in " + stream.name;
  task->isGraph = true;
  task->replay = graph.replay;
  Frontier before = streams.before(stream);
  before.insert(before.end(), graph.last.begin(), graph.last.end());
  graph.last = {task};
  enqueue(stream, task, std::move(before));
}

void Core::enqueue(StreamState &stream, const TaskPointer &task, Frontier before) {
  streams.append(stream, task, before, known_);
  host.open(task);
  scheduler.add(task, before);
  scheduler.maybeRunSome();
}

bool Core::execute(Task &task, uint32_t node) {
  if (errors.isStopped())
    return false;
  Accesses accesses = executor.execute(task, node);
  if (!errors.isStopped())
    races.executed(task.shared_from_this(), node, std::move(accesses));
  // Behind it: of two unordered writers a reader sees the wrong one, and that they are unordered is the cause.
  if (!errors.isStopped())
    slots.executed(task, node);
  return !errors.isStopped();
}

void Core::synchronise(const Frontier &tasks) {
  scheduler.runUntil(tasks);
  if (!errors.isStopped()) {
    for (const TaskPointer &task : tasks)
      known_.join(task->clock);
    host.close(known_);
    forgetPast();
  }
  errors.observe();
}

void Core::query(const Frontier &tasks) {
  // One at least: a program that asks again and again must get an end.
  scheduler.runSome(1);
  scheduler.maybeRunSome();
  bool haveEnded = std::all_of(tasks.begin(), tasks.end(), [](const TaskPointer &task) { return task->isFinished; });
  if (!haveEnded && !errors.isStopped())
    throw CallError{cuda::Result::NotReady, {}};
  synchronise(tasks);
}

/// What is known and comes before all that is queued comes before all that can still run.
void Core::forgetPast() {
  VectorClock past = known_;
  for (const TaskPointer &task : scheduler.pending())
    past.meet(task->clock);
  races.forget(past);
}

} // namespace neap::sim::driver
