// The list scheduler: one queue of tasks in their given order, one of tasks that pay for themselves.
#include "neap/passes/planning/Order.h"

#include "neap/passes/planning/Liveness.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <queue>

using namespace neap::planning;

namespace {
class ListScheduler {
public:
  explicit ListScheduler(const StorageGraph &graph)
      : graph(graph), successors(graph.tasks.size()), waitingFor(graph.tasks.size(), 0),
        isDone(graph.tasks.size(), false), users(graph.storages.size()), usesLeft(graph.storages.size(), 0),
        isAllocated(graph.storages.size(), false) {
    buildEdges();
  }

  std::vector<int> run();

private:
  using Queue = std::priority_queue<int, std::vector<int>, std::greater<>>;

  void buildEdges();
  void addEdge(int from, int to);
  bool paysForItself(int task) const;
  void execute(int task);

  const StorageGraph &graph;
  std::vector<std::vector<int>> successors;
  std::vector<int> waitingFor;
  std::vector<bool> isDone;
  std::vector<std::vector<int>> users; // tasks that touch a storage
  std::vector<int> usesLeft;
  std::vector<bool> isAllocated;
  Queue ready, urgent; // a ready task is in `ready`, and in `urgent` too once it pays for itself
  std::vector<int> order;
};
} // namespace

void ListScheduler::addEdge(int from, int to) {
  successors[from].push_back(to);
  ++waitingFor[to];
}

/// Writers before the readers of what they wrote, readers before the next writer.
void ListScheduler::buildEdges() {
  std::vector<int> writer(graph.storages.size(), -1);
  std::vector<std::vector<int>> readers(graph.storages.size());
  for (int task = 0; task < static_cast<int>(graph.tasks.size()); ++task) {
    const auto &[reads, writes, after] = graph.tasks[task];
    for (int earlier : after)
      addEdge(earlier, task);
    for (int storage : reads) {
      if (writer[storage] >= 0)
        addEdge(writer[storage], task);
      readers[storage].push_back(task);
      users[storage].push_back(task);
    }
    for (int storage : writes) {
      if (writer[storage] >= 0)
        addEdge(writer[storage], task);
      for (int reader : readers[storage])
        if (reader != task)
          addEdge(reader, task);
      writer[storage] = task;
      readers[storage].clear();
      if (!std::count(reads.begin(), reads.end(), storage))
        users[storage].push_back(task);
    }
  }
  for (size_t storage = 0; storage < users.size(); ++storage) {
    usesLeft[storage] = static_cast<int>(users[storage].size());
    isAllocated[storage] = graph.storages[storage].aliveBefore;
  }
}

/// Whether running a task now allocates nothing, or frees more than it allocates.
bool ListScheduler::paysForItself(int task) const {
  int64_t allocated = 0, freed = 0;
  for (int storage : graph.tasks[task].writes)
    if (!isAllocated[storage])
      allocated += graph.storages[storage].bytes;
  for (int storage : graph.tasks[task].reads)
    if (usesLeft[storage] == 1 && !graph.storages[storage].aliveBefore && !graph.storages[storage].aliveAfter)
      freed += graph.storages[storage].bytes;
  return allocated == 0 || freed > allocated;
}

void ListScheduler::execute(int task) {
  isDone[task] = true;
  order.push_back(task);
  for (int storage : graph.tasks[task].writes)
    isAllocated[storage] = true;
  for (int next : successors[task])
    if (--waitingFor[next] == 0) {
      ready.push(next);
      if (paysForItself(next))
        urgent.push(next);
    }
  // A storage with one use left dies with it: that task frees more now than when it became ready.
  auto countUse = [&](int storage) {
    if (--usesLeft[storage] != 1)
      return;
    for (int user : users[storage])
      if (!isDone[user] && waitingFor[user] == 0 && paysForItself(user))
        urgent.push(user);
  };
  const Task &executed = graph.tasks[task];
  for (int storage : executed.reads)
    countUse(storage);
  for (int storage : executed.writes)
    if (!std::count(executed.reads.begin(), executed.reads.end(), storage))
      countUse(storage);
}

std::vector<int> ListScheduler::run() {
  for (int task = 0; task < static_cast<int>(graph.tasks.size()); ++task)
    if (waitingFor[task] == 0) {
      ready.push(task);
      if (paysForItself(task))
        urgent.push(task);
    }
  while (!ready.empty() || !urgent.empty()) {
    Queue &queue = urgent.empty() ? ready : urgent;
    int task = queue.top();
    queue.pop();
    if (!isDone[task])
      execute(task);
  }
  return std::move(order);
}

static int64_t peakOf(const StorageGraph &graph, const std::vector<int> &order) {
  std::vector<int64_t> bytes;
  for (const Storage &storage : graph.storages)
    bytes.push_back(storage.bytes);
  return computeLivePeak(computeLiveRanges(graph, order), bytes).bytes;
}

std::vector<int> neap::planning::orderTasks(const StorageGraph &graph) {
  std::vector<int> given(graph.tasks.size());
  std::iota(given.begin(), given.end(), 0);
  std::vector<int> scheduled = ListScheduler(graph).run();
  return peakOf(graph, scheduled) <= peakOf(graph, given) ? scheduled : given;
}
