// What stands between the CUDA backend and the simulated driver and library: takes the place of runtime/cuda/OpenDriver.cpp and
// OpenCublasLt.cpp, changes the graph on its way to the driver, and looks at what was left on the device.
#ifndef NEAP_TEST_E2E_CUDA_MUTANTS_INTERPOSER_H
#define NEAP_TEST_E2E_CUDA_MUTANTS_INTERPOSER_H

#include "neap/runtime/cuda/Driver.h"
#include "neap/runtime/program/Manifest.h"
#include "neap/runtime/sim/driver/SimulatedDriver.h"
#include "neap/runtime/sim/library/SimulatedCublasLt.h"

#include <vector>

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
  /// MoveArgument: the argument's bytes in the arena. What a library is given of them moves.
  uint64_t offset = 0, bytes = 0;
};

struct InterposerSettings {
  GraphChange change;
  uint64_t seed = 0;
  /// The device judges, and stops at its first report. Otherwise nothing is declared to it and nothing poisoned, and it goes on
  /// as a real one would.
  bool judges = false;
};

/// The drivers and libraries of the backend are this one's while it lives. There is one at a time.
class Interposer {
public:
  explicit Interposer(const InterposerSettings &settings);
  ~Interposer();
  Interposer(const Interposer &) = delete;

  /// The tables that the backend gets.
  cuda::Driver table = {};
  cublas::CublasLt libraryTable = {};
  sim::SimulatedDriver simulated;
  sim::SimulatedCublasLt library;
  const InterposerSettings settings;

  /// Bytes as they are now; 0xa5 where nothing was ever written.
  std::string peek(const runtime::Operand &place) const;

  cuda::DevicePointer arena = 0;
  const char *far = nullptr;
  uint32_t nodes = 0;
  /// By node, how many edges the backend has given it.
  std::vector<size_t> edges;
  /// Stands for a node that was dropped, and what comes before that.
  cuda::GraphNode dropped = nullptr;
  std::vector<cuda::GraphNode> beforeDropped;
};

} // namespace neap::test

#endif
