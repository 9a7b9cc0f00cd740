// When tasks run that share several streams, such as a device's kernels and the copies beside them.
#pragma once

#include <vector>

namespace neap::planning {

struct StreamTask {
  int stream = 0; ///< 0, 1, ...
  double seconds = 0;
  std::vector<int> after; ///< earlier tasks, by index, that must have ended
};

/// When each task ends, in seconds from the start. Tasks of one stream run one after the other in the given order, each as soon as the
/// one before and those that it is `after` have ended.
std::vector<double> simulateStreams(const std::vector<StreamTask> &tasks);

} // namespace neap::planning
