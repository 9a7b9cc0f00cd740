// One clock for each stream.
#include "neap/passes/planning/Streams.h"

#include <algorithm>

std::vector<double> neap::planning::simulateStreams(const std::vector<StreamTask> &tasks) {
  std::vector<double> clocks, ends;
  for (const StreamTask &task : tasks) {
    if (task.stream >= static_cast<int>(clocks.size()))
      clocks.resize(task.stream + 1, 0);
    double &clock = clocks[task.stream];
    for (int earlier : task.after)
      clock = std::max(clock, ends[earlier]);
    clock += task.seconds;
    ends.push_back(clock);
  }
  return ends;
}
