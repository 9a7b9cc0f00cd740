// What stands between the CUDA backend and the simulated driver: takes the place of runtime/cuda/OpenDriver.cpp, changes the
// graph on its way to the driver, and looks at what was left on the device.
#ifndef NEAP_TEST_E2E_CUDA_MUTANTS_INTERPOSER_H
#define NEAP_TEST_E2E_CUDA_MUTANTS_INTERPOSER_H

#include "neap/runtime/cuda/Driver.h"
#include "neap/runtime/sim/driver/SimulatedDriver.h"

#include <optional>

namespace neap::test {

/// A change to one node of the graph that the backend builds. Nodes count as it adds them, from 0.
struct GraphChange {
  enum class Kind { None, DropEdge, DropNode, MoveArgument, ChangeBlocks };
  Kind kind = Kind::None;
  uint32_t node = 0;
  /// DropEdge: which of the node's edges. MoveArgument: which of its arguments.
  uint32_t index = 0;
  /// MoveArgument: by how many bytes. ChangeBlocks: by how many blocks.
  int64_t delta = 0;
};

struct InterposerSettings {
  GraphChange change;
  uint64_t seed = 0;
  /// The device judges, and stops at its first report. Otherwise nothing is declared to it and nothing poisoned, and it goes on
  /// as a real one would.
  bool judges = false;
};

/// The drivers of the backend are this one's while it lives. There is one at a time.
class Interposer {
public:
  explicit Interposer(const InterposerSettings &settings);
  ~Interposer();
  Interposer(const Interposer &) = delete;

  /// The table that the backend gets.
  cuda::Driver table = {};
  sim::SimulatedDriver simulated;
  const InterposerSettings settings;

  /// Bytes of the arena as they are now; 0xa5 where nothing was ever written.
  std::string peek(uint64_t offset, uint64_t bytes) const;

  cuda::DevicePointer arena = 0;
  uint32_t nodes = 0;
  /// Stands for a node that was dropped, and what comes before that.
  cuda::GraphNode dropped = nullptr;
  std::vector<cuda::GraphNode> beforeDropped;
};

} // namespace neap::test

#endif
