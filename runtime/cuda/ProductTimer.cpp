// Graphs between two readings of the host's clock: with enough repetitions the launch itself does not count.
#include "neap/runtime/cuda/ProductTimer.h"

#include "neap/runtime/cuda/Calls.h"

#include <algorithm>
#include <chrono>

namespace neap::runtime {

cuda::Graph ProductTimer::capture(const std::function<void()> &enqueue) const {
  cuda::Graph graph = nullptr;
  requireSuccess(driver_, driver_.cuStreamBeginCapture(stream_, cuda::CaptureMode::Relaxed), "capturing a measurement");
  try {
    for (int i = 0; i < repetitions_; ++i)
      enqueue();
  } catch (...) {
    driver_.cuStreamEndCapture(stream_, &graph);
    throw;
  }
  requireSuccess(driver_, driver_.cuStreamEndCapture(stream_, &graph), "capturing a measurement");
  return graph;
}

double ProductTimer::launch(cuda::GraphExec graph) const {
  auto start = std::chrono::steady_clock::now();
  requireSuccess(driver_, driver_.cuGraphLaunch(graph, stream_), "launching a measurement");
  requireSuccess(driver_, driver_.cuStreamSynchronize(stream_), "running a measurement");
  std::chrono::duration<double, std::micro> elapsed = std::chrono::steady_clock::now() - start;
  return elapsed.count();
}

double ProductTimer::measure(const std::function<void()> &enqueue) const {
  cuda::Graph graph = capture(enqueue);
  cuda::GraphExec exec = nullptr;
  cuda::Result result = driver_.cuGraphInstantiateWithFlags(&exec, graph, 0);
  driver_.cuGraphDestroy(graph);
  requireSuccess(driver_, result, "making the graph of a measurement");
  constexpr int rounds = 4;
  double fastest = launch(exec); // the first one warms up
  for (int i = 1; i < rounds; ++i)
    fastest = std::min(fastest, launch(exec));
  driver_.cuGraphExecDestroy(exec);
  return fastest / repetitions_;
}

} // namespace neap::runtime
