// How long work on the device takes.
#ifndef NEAP_RUNTIME_CUDA_PRODUCTTIMER_H
#define NEAP_RUNTIME_CUDA_PRODUCTTIMER_H

#include "neap/runtime/cuda/Driver.h"

#include <functional>

namespace neap::runtime {

/// Measures what is put into a stream, as it will run: as nodes of a graph, one after the other, without the host in between.
class ProductTimer {
public:
  /// `repetitions` of the work are one graph, which is launched a few times.
  ProductTimer(const cuda::Driver &driver, cuda::Stream stream, int repetitions)
      : driver_(driver), stream_(stream), repetitions_(repetitions) {}

  /// Microseconds of the work that `enqueue` puts into the stream: of the fastest launch, divided by the repetitions. Throws
  /// Failure with ExitCode::DeviceFault, and whatever `enqueue` throws.
  double measure(const std::function<void()> &enqueue) const;

private:
  cuda::Graph capture(const std::function<void()> &enqueue) const;
  double launch(cuda::GraphExec graph) const;

  const cuda::Driver &driver_;
  cuda::Stream stream_;
  int repetitions_;
};

} // namespace neap::runtime

#endif
