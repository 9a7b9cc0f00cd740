// Events are made once, and recorded anew in every step.
#include "neap/runtime/cuda/ProgramStreams.h"

#include "neap/runtime/cuda/Calls.h"

namespace neap::runtime {

namespace {
constexpr StreamId copyStreams[] = {StreamId::Offload, StreamId::Reload};
}

void ProgramStreams::require(cuda::Result result, const char *what) const { requireSuccess(driver_, result, what); }

void ProgramStreams::createEvent(cuda::Event &event) {
  require(driver_.cuEventCreate(&event, cuda::eventDisableTiming), "making an event");
}

ProgramStreams::ProgramStreams(const cuda::Driver &driver, const Manifest &manifest)
    : driver_(driver), manifest_(manifest) {
  require(driver_.cuStreamCreate(&streams_[size_t(StreamId::Compute)], cuda::streamNonBlocking), "making a stream");
  if (manifest_.farBytes == 0)
    return;
  createEvent(begun_);
  for (StreamId stream : copyStreams) {
    require(driver_.cuStreamCreate(&streams_[size_t(stream)], cuda::streamNonBlocking), "making a stream");
    createEvent(ended_[size_t(stream)]);
  }
  events_.resize(manifest_.program.size());
  for (const ProgramEntry &entry : manifest_.program)
    for (size_t earlier : entry.after)
      if (manifest_.program[earlier].stream != entry.stream && !events_[earlier])
        createEvent(events_[earlier]);
}

ProgramStreams::~ProgramStreams() {
  std::vector<cuda::Event> events = events_;
  events.insert(events.end(), ended_.begin(), ended_.end());
  events.push_back(begun_);
  for (cuda::Event event : events)
    if (event)
      driver_.cuEventDestroy(event);
  for (cuda::Stream stream : streams_)
    if (stream)
      driver_.cuStreamDestroy(stream);
}

void ProgramStreams::beginStep() const {
  if (!begun_)
    return;
  require(driver_.cuEventRecord(begun_, compute()), "recording an event");
  for (StreamId stream : copyStreams)
    require(driver_.cuStreamWaitEvent(streams_[size_t(stream)], begun_, 0), "waiting for an event");
}

void ProgramStreams::beforeEntry(const ProgramEntry &entry) const {
  for (size_t earlier : entry.after)
    if (manifest_.program[earlier].stream != entry.stream)
      require(driver_.cuStreamWaitEvent(of(entry), events_[earlier], 0), "waiting for an event");
}

void ProgramStreams::afterEntry(const ProgramEntry &entry) const {
  size_t number = size_t(&entry - manifest_.program.data());
  if (number < events_.size() && events_[number])
    require(driver_.cuEventRecord(events_[number], of(entry)), "recording an event");
}

void ProgramStreams::endStep() const {
  if (!begun_)
    return;
  for (StreamId stream : copyStreams) {
    require(driver_.cuEventRecord(ended_[size_t(stream)], streams_[size_t(stream)]), "recording an event");
    require(driver_.cuStreamWaitEvent(compute(), ended_[size_t(stream)], 0), "waiting for an event");
  }
}

} // namespace neap::runtime
