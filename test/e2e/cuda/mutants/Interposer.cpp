// Functions of the table that are not simply the simulated driver's.
#include "Interposer.h"

#include "neap/runtime/cuda/OpenCublasLt.h"
#include "neap/runtime/cuda/OpenDriver.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

namespace neap::test {

namespace {

using cuda::GraphNode;
using cuda::Result;
using Kind = GraphChange::Kind;

Interposer *current = nullptr;

const cuda::Driver &real() { return current->simulated.table(); }

bool isChanged(Kind kind) {
  return current->settings.change.kind == kind && current->settings.change.node == current->nodes;
}

/// The edges of the next node, with the change. Who came after a dropped node comes after what that came after.
std::vector<GraphNode> edgesOf(const GraphNode *after, size_t count) {
  current->edges.push_back(count);
  std::vector<GraphNode> edges(after, after + count);
  if (isChanged(Kind::DropEdge))
    edges.erase(edges.begin() + current->settings.change.index);
  auto dropped = std::find(edges.begin(), edges.end(), current->dropped);
  if (!current->dropped || dropped == edges.end())
    return edges;
  edges.erase(dropped);
  for (GraphNode node : current->beforeDropped)
    if (std::find(edges.begin(), edges.end(), node) == edges.end())
      edges.push_back(node);
  return edges;
}

Result dropNode(GraphNode *node, std::vector<GraphNode> edges) {
  static char place;
  current->dropped = *node = reinterpret_cast<GraphNode>(&place);
  current->beforeDropped = std::move(edges);
  ++current->nodes;
  return Result::Success;
}

Result addKernelNode(GraphNode *node, cuda::Graph graph, const GraphNode *after, size_t count,
                     const cuda::KernelNodeParameters *given) {
  const GraphChange &change = current->settings.change;
  std::vector<GraphNode> edges = edgesOf(after, count);
  if (isChanged(Kind::DropNode))
    return dropNode(node, std::move(edges));
  cuda::KernelNodeParameters parameters = *given;
  if (isChanged(Kind::ChangeBlocks))
    parameters.gridX += unsigned(change.delta);
  cuda::DevicePointer moved = 0;
  void *original = nullptr;
  if (isChanged(Kind::MoveArgument)) {
    original = std::exchange(parameters.parameters[change.index], &moved);
    moved = *static_cast<cuda::DevicePointer *>(original) + cuda::DevicePointer(change.delta);
  }
  Result result = real().cuGraphAddKernelNode(node, graph, edges.data(), edges.size(), &parameters);
  if (original)
    parameters.parameters[change.index] = original;
  ++current->nodes;
  return result;
}

Result addCopyNode(GraphNode *node, cuda::Graph graph, const GraphNode *after, size_t count,
                   const cuda::CopyNodeParameters *given, cuda::Context context) {
  std::vector<GraphNode> edges = edgesOf(after, count);
  if (isChanged(Kind::DropNode))
    return dropNode(node, std::move(edges));
  ++current->nodes;
  return real().cuGraphAddMemcpyNode(node, graph, edges.data(), edges.size(), given, context);
}

/// The calls of a library for one product.
Result addChildGraph(GraphNode *node, cuda::Graph graph, const GraphNode *after, size_t count, cuda::Graph child) {
  std::vector<GraphNode> edges = edgesOf(after, count);
  if (isChanged(Kind::DropNode))
    return dropNode(node, std::move(edges));
  ++current->nodes;
  return real().cuGraphAddChildGraphNode(node, graph, edges.data(), edges.size(), child);
}

/// What a library is given instead of an address, if that is to move. It is called before its node is added.
template <class Pointer> Pointer *moved(Pointer *pointer) {
  const GraphChange &change = current->settings.change;
  auto address = reinterpret_cast<uint64_t>(pointer);
  uint64_t offset = address - current->arena;
  bool isMoved = isChanged(Kind::MoveArgument) && offset >= change.offset && offset - change.offset < change.bytes;
  return isMoved ? reinterpret_cast<Pointer *>(address + uint64_t(change.delta)) : pointer;
}

cublas::Status multiply(cublas::Handle handle, cublas::Matmul matmul, const void *alpha, const void *a,
                        cublas::Layout layoutA, const void *b, cublas::Layout layoutB, const void *beta, const void *c,
                        cublas::Layout layoutC, void *d, cublas::Layout layoutD, const cublas::Algorithm *algorithm,
                        void *workspace, size_t workspaceBytes, cuda::Stream stream) {
  return current->library.table().cublasLtMatmul(handle, matmul, alpha, moved(a), layoutA, moved(b), layoutB, beta,
                                                 moved(c), layoutC, moved(d), layoutD, algorithm, workspace,
                                                 workspaceBytes, stream);
}

/// The backend's only allocation is the arena.
Result allocate(cuda::DevicePointer *address, size_t bytes) {
  Result result = real().cuMemAlloc(address, bytes);
  current->arena = *address;
  return result;
}

/// Far memory is what the backend allocates last of the host.
Result allocateHost(void **address, size_t bytes, unsigned flags) {
  Result result = real().cuMemHostAlloc(address, bytes, flags);
  current->far = static_cast<const char *>(*address);
  return result;
}

sim::DriverSettings simulatorSettings(const InterposerSettings &given) {
  sim::DriverSettings settings;
  settings.seed = given.seed;
  settings.device.architecture = 1000;
  settings.onReport = nullptr;
  settings.maxReports = given.judges ? 1 : std::numeric_limits<uint32_t>::max();
  return settings;
}

class Opened final : public runtime::OpenDriver {
public:
  const cuda::Driver &driver() const override { return current->table; }
};

class OpenedLibrary final : public runtime::OpenCublasLt {
public:
  const cublas::CublasLt &table() const override { return current->libraryTable; }
};

} // namespace

Interposer::Interposer(const InterposerSettings &given) : simulated(simulatorSettings(given)), settings(given) {
  current = this;
  table = simulated.table();
  table.cuMemAlloc = allocate;
  table.cuMemHostAlloc = allocateHost;
  table.cuGraphAddKernelNode = addKernelNode;
  table.cuGraphAddMemcpyNode = addCopyNode;
  table.cuGraphAddChildGraphNode = addChildGraph;
  libraryTable = library.table();
  libraryTable.cublasLtMatmul = multiply;
  if (given.judges)
    return;
  table.declareAccesses = nullptr;
  table.describeOperation = nullptr;
  table.poison = nullptr;
  table.poisonHost = nullptr;
}

Interposer::~Interposer() { current = nullptr; }

std::string Interposer::peek(const runtime::Operand &place) const {
  if (place.space == runtime::Space::Far)
    return {far + place.offset, place.bytes};
  std::string text(place.bytes, 0);
  simulated.peek(text.data(), arena + place.offset, place.bytes);
  return text;
}

} // namespace neap::test

namespace neap::runtime {

// In place of the runtime's own.
std::unique_ptr<OpenDriver> openDriver(const DeviceOptions &) { return std::make_unique<test::Opened>(); }
std::unique_ptr<OpenCublasLt> openCublasLt(const DeviceOptions &) { return std::make_unique<test::OpenedLibrary>(); }

} // namespace neap::runtime
