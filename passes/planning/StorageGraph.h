// A training step as the planning algorithms see it: tasks over storages, no IR types. A storage is a piece of memory that
// holds one value at a time; names of the same bytes (reshapes) are one storage.
#pragma once

#include <cstdint>
#include <vector>

namespace neap::planning {

struct Storage {
  int64_t bytes = 0;
  /// Holds something before the first task: parameters, states, inputs, constants.
  bool aliveBefore = false;
  /// Holds something that is wanted after the last task.
  bool aliveAfter = false;
};

struct Task {
  /// Storages, each named once per list. A storage that is both read and written is updated in place.
  std::vector<int> reads, writes;
  /// Tasks that must run earlier, beside the ones that follow from who writes what is read.
  std::vector<int> after;
};

struct StorageGraph {
  std::vector<Storage> storages;
  std::vector<Task> tasks;
};

} // namespace neap::planning
