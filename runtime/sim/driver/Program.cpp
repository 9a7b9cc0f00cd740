// The closure of a graph's edges.
#include "neap/runtime/sim/driver/Program.h"

#include <stdexcept>

namespace neap::sim::driver {

Program::Program(Operation operation) : successors_(1), predecessorCounts_(1), ancestors_(1, {false}) {
  operations_.push_back(std::move(operation));
}

Program::Program(std::vector<Operation> operations, const std::vector<std::vector<uint32_t>> &edges)
    : operations_(std::move(operations)), successors_(operations_.size()), predecessorCounts_(operations_.size()),
      ancestors_(operations_.size(), std::vector<bool>(operations_.size())) {
  for (uint32_t node = 0; node < size(); ++node) {
    predecessorCounts_[node] = uint32_t(edges[node].size());
    for (uint32_t before : edges[node])
      successors_[before].push_back(node);
  }
  collectAncestors(edges);
}

/// Kahn's order: a node is visited when all that come before it were.
void Program::collectAncestors(const std::vector<std::vector<uint32_t>> &edges) {
  std::vector<uint32_t> unvisited = predecessorCounts_, order;
  for (uint32_t node = 0; node < size(); ++node)
    if (unvisited[node] == 0)
      order.push_back(node);
  for (size_t i = 0; i < order.size(); ++i) {
    uint32_t node = order[i];
    for (uint32_t before : edges[node]) {
      std::vector<bool> &mine = ancestors_[node], &theirs = ancestors_[before];
      for (uint32_t other = 0; other < size(); ++other)
        mine[other] = mine[other] || theirs[other];
      mine[before] = true;
    }
    for (uint32_t after : successors_[node])
      if (--unvisited[after] == 0)
        order.push_back(after);
  }
  if (order.size() != size())
    throw std::invalid_argument("the graph's edges have a cycle");
}

} // namespace neap::sim::driver
