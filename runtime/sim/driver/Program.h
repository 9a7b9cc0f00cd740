// Operations with an order: the nodes and edges of an instantiated graph. A lone operation is a graph of one node.
#ifndef NEAP_RUNTIME_SIM_DRIVER_PROGRAM_H
#define NEAP_RUNTIME_SIM_DRIVER_PROGRAM_H

#include "neap/runtime/sim/driver/Operation.h"

namespace neap::sim::driver {

class Program {
public:
  explicit Program(Operation operation);
  /// `edges` hold, for each node, the nodes it comes after. Throws std::invalid_argument if they have a cycle.
  Program(std::vector<Operation> operations, const std::vector<std::vector<uint32_t>> &edges);

  uint32_t size() const { return uint32_t(operations_.size()); }
  const Operation &operation(uint32_t node) const { return operations_[node]; }
  const std::vector<uint32_t> &successors(uint32_t node) const { return successors_[node]; }
  uint32_t predecessorCount(uint32_t node) const { return predecessorCounts_[node]; }
  /// Whether a path of edges leads from one node to the other.
  bool isBefore(uint32_t first, uint32_t second) const { return ancestors_[second][first]; }

private:
  void collectAncestors(const std::vector<std::vector<uint32_t>> &edges);

  std::vector<Operation> operations_;
  std::vector<std::vector<uint32_t>> successors_;
  std::vector<uint32_t> predecessorCounts_;
  /// By node, all that come before it.
  std::vector<std::vector<bool>> ancestors_;
};

} // namespace neap::sim::driver

#endif
