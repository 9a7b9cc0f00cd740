// Frontiers of streams.
#include "neap/runtime/sim/driver/Streams.h"

namespace neap::sim::driver {

static void append(Frontier &frontier, const Frontier &more) {
  frontier.insert(frontier.end(), more.begin(), more.end());
}

Streams::Streams() {
  create(true);
  defaultStream()->name = "the default stream";
}

std::shared_ptr<StreamState> Streams::create(bool isBlocking) {
  auto stream = std::make_shared<StreamState>();
  stream->chain = uint32_t(streams_.size());
  stream->name = "stream " + std::to_string(stream->chain);
  stream->isBlocking = isBlocking;
  streams_.push_back(stream);
  return stream;
}

Frontier Streams::before(const StreamState &stream) const {
  Frontier frontier = stream.frontier;
  if (&stream != streams_.front().get()) {
    if (stream.isBlocking)
      driver::append(frontier, streams_.front()->frontier);
    return frontier;
  }
  for (const std::shared_ptr<StreamState> &other : streams_)
    if (other->isBlocking && other.get() != &stream)
      driver::append(frontier, other->frontier);
  return frontier;
}

void Streams::append(StreamState &stream, const TaskPointer &task, const Frontier &before, const VectorClock &known) {
  task->chain = stream.chain;
  task->sequence = ++stream.taskCount;
  task->clock = known;
  for (const TaskPointer &other : before)
    task->clock.join(other->clock);
  task->clock.set(task->chain, task->sequence);
  stream.frontier = {task};
}

Frontier Streams::everything() const {
  Frontier frontier;
  for (const std::shared_ptr<StreamState> &stream : streams_)
    driver::append(frontier, stream->frontier);
  return frontier;
}

} // namespace neap::sim::driver
