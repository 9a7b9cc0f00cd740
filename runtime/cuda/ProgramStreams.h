// The streams of a program's entries, and the events between them. A program without copies to far memory has one stream. What is
// made of a graph's nodes needs none of this: there, edges say the same.
#ifndef NEAP_RUNTIME_CUDA_PROGRAMSTREAMS_H
#define NEAP_RUNTIME_CUDA_PROGRAMSTREAMS_H

#include "neap/runtime/cuda/Driver.h"
#include "neap/runtime/program/Manifest.h"

#include <array>

namespace neap::runtime {

/// Members throw Failure.
class ProgramStreams {
public:
  /// Makes streams and events, in the current context, which outlives this.
  ProgramStreams(const cuda::Driver &driver, const Manifest &manifest);
  ProgramStreams(const ProgramStreams &) = delete;
  ~ProgramStreams();

  cuda::Stream compute() const { return streams_[size_t(StreamId::Compute)]; }
  cuda::Stream of(const ProgramEntry &entry) const { return streams_[size_t(entry.stream)]; }

  /// Copies come after all that is in the compute stream now.
  void beginStep() const;
  /// To be called before an entry is put into its stream: it waits for those it comes after.
  void beforeEntry(const ProgramEntry &entry) const;
  /// To be called after that: others may wait for it.
  void afterEntry(const ProgramEntry &entry) const;
  /// What is put into the compute stream from now on comes after all copies.
  void endStep() const;

private:
  void createEvent(cuda::Event &event);
  void require(cuda::Result result, const char *what) const;

  const cuda::Driver &driver_;
  const Manifest &manifest_;
  std::array<cuda::Stream, 3> streams_{}; ///< by StreamId
  std::vector<cuda::Event> events_;       ///< by entry; null where no entry of another stream waits
  cuda::Event begun_ = nullptr;
  std::array<cuda::Event, 3> ended_{}; ///< by StreamId
};

} // namespace neap::runtime

#endif
