// Streams and events.
#include "neap/runtime/sim/driver/Call.h"

#include <utility>

namespace neap::sim::driver {

namespace {

using cuda::Result;

Result createStream(cuda::Stream *stream, unsigned flags) {
  return inContext("cuStreamCreate", [&](Core &core) {
    core.count(FaultPoint::Stream);
    require(flags <= cuda::streamNonBlocking, "unknown flags");
    *stream = static_cast<cuda::Stream>(core.handles.add(core.streams.create(flags != cuda::streamNonBlocking)));
  });
}

/// Waits for nothing: the stream's work goes on.
Result destroyStream(cuda::Stream stream) {
  return inContext("cuStreamDestroy", [&](Core &core) {
    core.streamOutsideCapture(stream);
    core.handles.remove<StreamState>(stream);
    core.scheduler.maybeRunSome();
  });
}

Result synchronizeStream(cuda::Stream stream) {
  return inContext("cuStreamSynchronize",
                   [&](Core &core) { core.synchronise(core.streamOutsideCapture(stream)->frontier); });
}

Result queryStream(cuda::Stream stream) {
  return inContext("cuStreamQuery", [&](Core &core) { core.query(core.streamOutsideCapture(stream)->frontier); });
}

Result waitEvent(cuda::Stream stream, cuda::Event event, unsigned flags) {
  return inContext("cuStreamWaitEvent", [&](Core &core) {
    require(flags == 0, "unknown flags");
    Frontier &frontier = core.streamOutsideCapture(stream)->frontier;
    const Frontier &recorded = core.handles.get<EventState>(event)->frontier;
    frontier.insert(frontier.end(), recorded.begin(), recorded.end());
  });
}

Result createEvent(cuda::Event *event, unsigned flags) {
  return inContext("cuEventCreate", [&](Core &core) {
    core.count(FaultPoint::Event);
    require(flags < 4, "unknown flags");
    *event = static_cast<cuda::Event>(core.handles.add(std::make_shared<EventState>()));
  });
}

Result destroyEvent(cuda::Event event) {
  return inContext("cuEventDestroy", [&](Core &core) {
    core.handles.remove<EventState>(event);
    core.scheduler.maybeRunSome();
  });
}

Result recordEvent(cuda::Event event, cuda::Stream stream) {
  return inContext("cuEventRecord", [&](Core &core) {
    core.handles.get<EventState>(event)->frontier = core.streams.before(*core.streamOutsideCapture(stream));
  });
}

Result synchronizeEvent(cuda::Event event) {
  return inContext("cuEventSynchronize",
                   [&](Core &core) { core.synchronise(core.handles.get<EventState>(event)->frontier); });
}

Result queryEvent(cuda::Event event) {
  return inContext("cuEventQuery", [&](Core &core) { core.query(core.handles.get<EventState>(event)->frontier); });
}

Result beginCapture(cuda::Stream handle, cuda::CaptureMode mode) {
  return inContext("cuStreamBeginCapture", [&](Core &core) {
    require(handle, "the legacy default stream cannot be captured");
    require(mode == cuda::CaptureMode::Relaxed, "capture modes other than relaxed are not simulated");
    core.streamOutsideCapture(handle)->capture = std::make_shared<GraphState>();
  });
}

Result endCapture(cuda::Stream handle, cuda::Graph *graph) {
  return inContext("cuStreamEndCapture", [&](Core &core) {
    std::shared_ptr<StreamState> stream = core.stream(handle);
    require(stream->capture != nullptr, stream->name + " is not being captured");
    *graph = static_cast<cuda::Graph>(core.handles.add(std::exchange(stream->capture, nullptr)));
  });
}

} // namespace

void fillStreamCalls(cuda::Driver &table) {
  table.cuStreamCreate = createStream;
  table.cuStreamDestroy = destroyStream;
  table.cuStreamSynchronize = synchronizeStream;
  table.cuStreamQuery = queryStream;
  table.cuStreamWaitEvent = waitEvent;
  table.cuStreamBeginCapture = beginCapture;
  table.cuStreamEndCapture = endCapture;
  table.cuEventCreate = createEvent;
  table.cuEventDestroy = destroyEvent;
  table.cuEventRecord = recordEvent;
  table.cuEventSynchronize = synchronizeEvent;
  table.cuEventQuery = queryEvent;
}

} // namespace neap::sim::driver
