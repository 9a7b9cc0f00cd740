// The streams of a context, and what comes after what.
#ifndef NEAP_RUNTIME_SIM_DRIVER_STREAMS_H
#define NEAP_RUNTIME_SIM_DRIVER_STREAMS_H

#include "neap/runtime/sim/driver/Objects.h"

namespace neap::sim::driver {

class Streams {
public:
  Streams();

  std::shared_ptr<StreamState> create(bool isBlocking);
  /// The legacy default stream: its work comes after all that blocking streams have, and before all that they get later.
  std::shared_ptr<StreamState> defaultStream() const { return streams_.front(); }

  /// What work comes after that is put into `stream` now.
  Frontier before(const StreamState &stream) const;
  /// Gives `task` its number in the stream and its clock. `known` is what the host knows to have ended.
  void append(StreamState &stream, const TaskPointer &task, const Frontier &before, const VectorClock &known);
  /// Of all streams, destroyed ones too: their work goes on.
  Frontier everything() const;

private:
  std::vector<std::shared_ptr<StreamState>> streams_;
};

} // namespace neap::sim::driver

#endif
