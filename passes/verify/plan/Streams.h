// Which entries of streams are surely done when another begins: a vector clock with a count for each stream. Entries of
// one stream run one after the other, so a count says all there is to know of a stream.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace neap::plan {

inline constexpr int streamCount = 4;

/// An entry by its place on its stream.
struct Ticket {
  int32_t stream = 0, number = 0;
};

/// How many entries of each stream are surely done.
struct Clock {
  std::array<int32_t, streamCount> done{};

  bool includes(Ticket entry) const { return entry.number < done[entry.stream]; }
  void join(const Clock &other) {
    for (int stream = 0; stream < streamCount; ++stream)
      done[stream] = std::max(done[stream], other.done[stream]);
  }
};

/// An entry and what is done before it begins.
struct Start {
  Ticket ticket;
  Clock before;
};

class Streams {
public:
  /// The next entry of a stream. It begins when all before it on its stream is done and the events `after` have happened.
  Start append(int stream, std::span<const Clock> after) {
    Start start{{stream, reached[stream].done[stream]}, reached[stream]};
    for (const Clock &event : after)
      start.before.join(event);
    reached[stream] = start.before;
    ++reached[stream].done[stream];
    return start;
  }

  /// An event: all that is on a stream so far is done.
  Clock signal(int stream) const { return reached[stream]; }

  /// The end of the step: every stream has run empty.
  Clock drain() const {
    Clock all;
    for (const Clock &clock : reached)
      all.join(clock);
    return all;
  }

private:
  std::array<Clock, streamCount> reached; // what is done when the last entry of each stream is
};

} // namespace neap::plan
