// Graphs: nodes with edges, made executable once and launched as one piece of work.
#include "neap/runtime/sim/driver/Call.h"

#include <set>
#include <stdexcept>

namespace neap::sim::driver {

namespace {

using cuda::GraphNode;
using cuda::MemoryType;
using cuda::Result;

Result createGraph(cuda::Graph *graph, unsigned flags) {
  return inContext("cuGraphCreate", [&](Core &core) {
    require(flags == 0, "unknown flags");
    *graph = static_cast<cuda::Graph>(core.handles.add(std::make_shared<GraphState>()));
  });
}

Result destroyGraph(cuda::Graph graph) {
  return inContext("cuGraphDestroy", [&](Core &core) {
    auto state = core.handles.remove<GraphState>(graph); // alive until its nodes are gone
    for (const void *node : state->nodeHandles)
      core.handles.remove<GraphNodeState>(node);
  });
}

std::vector<uint32_t> findNodes(const Core &core, const GraphState &graph, const GraphNode *nodes, size_t count) {
  std::set<uint32_t> found;
  for (GraphNode node : std::span(nodes, count)) {
    auto state = core.handles.get<GraphNodeState>(node);
    require(state->graph == &graph, core.handles.nameOf(node) + " is of another graph");
    for (uint32_t last : state->last)
      require(found.insert(last).second, core.handles.nameOf(node) + " is given twice");
  }
  return {found.begin(), found.end()};
}

/// The handle of a node whose last operations are these.
GraphNode addHandle(Core &core, GraphState &graph, std::vector<uint32_t> last) {
  auto state = std::make_shared<GraphNodeState>();
  state->graph = &graph;
  state->last = std::move(last);
  graph.nodeHandles.push_back(core.handles.add(state));
  return static_cast<GraphNode>(const_cast<void *>(graph.nodeHandles.back()));
}

void addNode(Core &core, GraphNode *node, cuda::Graph handle, const GraphNode *after, size_t count,
             Operation operation) {
  auto graph = core.handles.get<GraphState>(handle);
  graph->add(std::move(operation), findNodes(core, *graph, after, count));
  *node = addHandle(core, *graph, {uint32_t(graph->operations.size() - 1)});
}

/// Operations that none of the others comes after.
std::vector<uint32_t> lastOf(const GraphState &graph) {
  std::vector<bool> isLast(graph.operations.size(), true);
  for (const std::vector<uint32_t> &before : graph.edges)
    for (uint32_t operation : before)
      isLast[operation] = false;
  std::vector<uint32_t> last;
  for (uint32_t operation = 0; operation < isLast.size(); ++operation)
    if (isLast[operation])
      last.push_back(operation);
  return last;
}

/// The child's operations become operations of the graph itself: what is first in the child comes after `after`.
Result addChildGraph(GraphNode *node, cuda::Graph handle, const GraphNode *after, size_t count,
                     cuda::Graph childHandle) {
  return inContext("cuGraphAddChildGraphNode", [&](Core &core) {
    auto graph = core.handles.get<GraphState>(handle), child = core.handles.get<GraphState>(childHandle);
    require(graph != child, "a graph cannot be its own child");
    require(!child->operations.empty(), core.handles.nameOf(childHandle) + " is empty");
    std::vector<uint32_t> before = findNodes(core, *graph, after, count);
    auto offset = uint32_t(graph->operations.size());
    for (size_t i = 0; i < child->operations.size(); ++i) {
      std::vector<uint32_t> edges = child->edges[i];
      for (uint32_t &edge : edges)
        edge += offset;
      graph->add(child->operations[i], edges.empty() ? before : edges);
    }
    std::vector<uint32_t> last = lastOf(*child);
    for (uint32_t &operation : last)
      operation += offset;
    *node = addHandle(core, *graph, std::move(last));
  });
}

/// The values of a kernel's parameters are taken here, as the real driver does.
Result addKernelNode(GraphNode *node, cuda::Graph graph, const GraphNode *after, size_t count,
                     const cuda::KernelNodeParameters *given) {
  return inContext("cuGraphAddKernelNode", [&](Core &core) {
    require(!given->kernel && (!given->context || given->context == core.context),
            "a kernel or context of another kind");
    Operation operation =
        makeLaunch(core, given->function, {given->gridX, given->gridY, given->gridZ},
                   {given->blockX, given->blockY, given->blockZ}, given->sharedBytes, given->parameters, given->extra);
    addNode(core, node, graph, after, count, std::move(operation));
  });
}

/// Of CUDA_MEMCPY3D only one row is simulated.
void requireOneRow(const cuda::CopyNodeParameters &given) {
  require(given.height == 1 && given.depth == 1, "height and depth of a copy must be 1");
  require(given.widthBytes > 0, "a copy of no bytes");
  require(given.sourceY + given.sourceZ + given.sourceLod == 0 && given.targetY + given.targetZ + given.targetLod == 0,
          "a copy of one row has no offset but X");
  require(!given.sourceArray && !given.targetArray, "arrays are not simulated");
}

Place placeOf(MemoryType type, const void *host, cuda::DevicePointer device, size_t offset) {
  require(type == MemoryType::Host || type == MemoryType::Device,
          "memory type " + std::to_string(int(type)) + " is not simulated");
  if (type == MemoryType::Device)
    return {nullptr, device + offset};
  require(host, "no address on the host");
  return {static_cast<std::byte *>(const_cast<void *>(host)) + offset, 0};
}

Result addCopyNode(GraphNode *node, cuda::Graph graph, const GraphNode *after, size_t count,
                   const cuda::CopyNodeParameters *given, cuda::Context context) {
  return inContext("cuGraphAddMemcpyNode", [&](Core &core) {
    core.handles.get<ContextState>(context);
    requireOneRow(*given);
    Place target = placeOf(given->targetType, given->targetHost, given->targetDevice, given->targetX);
    Place source = placeOf(given->sourceType, given->sourceHost, given->sourceDevice, given->sourceX);
    require(!target.host || !source.host, "a copy from host to host is not simulated");
    Operation operation = makeCopy(core, target, source, given->widthBytes);
    core.takeDeclarations(operation);
    addNode(core, node, graph, after, count, std::move(operation));
  });
}

/// What is added to the graph later does not change what was instantiated.
Result instantiate(cuda::GraphExec *exec, cuda::Graph handle, unsigned long long flags) {
  return inContext("cuGraphInstantiateWithFlags", [&](Core &core) {
    require(flags == 0, "unknown flags");
    auto graph = core.handles.get<GraphState>(handle);
    core.count(FaultPoint::Instantiate);
    auto state = std::make_shared<GraphExecState>();
    state->program = std::make_shared<const Program>(graph->operations, graph->edges);
    state->replay = std::make_shared<ReplayRecord>();
    state->replay->accesses.resize(graph->operations.size());
    *exec = static_cast<cuda::GraphExec>(core.handles.add(state));
  });
}

/// A launch that has not ended goes on.
Result destroyExec(cuda::GraphExec exec) {
  return inContext("cuGraphExecDestroy", [&](Core &core) {
    core.handles.remove<GraphExecState>(exec);
    core.scheduler.maybeRunSome();
  });
}

bool exists(const Core &core, const Place &place) {
  if (!place.host)
    return core.memory.find(place.device) != nullptr;
  const HostBlock *block = core.host.find(place.host);
  return block && !block->isFreed();
}

/// Modules and memory that nodes name must still be there. What kernels point to is checked when they run.
void requireLive(const Core &core, const Program &program) {
  for (uint32_t node = 0; node < program.size(); ++node) {
    const Operation &operation = program.operation(node);
    std::string where = "node " + std::to_string(node) + ", " + operation.text() + ", ";
    if (auto *kernel = std::get_if<KernelWork>(&operation.work))
      require(core.modules.contains(kernel->module.get()), where + "is of a module that was unloaded");
    else if (auto *copy = std::get_if<CopyWork>(&operation.work))
      require(exists(core, copy->target) && exists(core, copy->source), where + "uses memory that was freed");
  }
}

Result launchGraph(cuda::GraphExec exec, cuda::Stream handle) {
  return inContext("cuGraphLaunch", [&](Core &core) {
    std::shared_ptr<StreamState> stream = core.streamOutsideCapture(handle);
    auto state = core.handles.get<GraphExecState>(exec);
    core.count(FaultPoint::GraphLaunch);
    requireLive(core, *state->program);
    core.enqueue(*stream, *state, core.handles.nameOf(exec));
  });
}

} // namespace

void fillGraphCalls(cuda::Driver &table) {
  table.cuGraphCreate = createGraph;
  table.cuGraphDestroy = destroyGraph;
  table.cuGraphAddKernelNode = addKernelNode;
  table.cuGraphAddMemcpyNode = addCopyNode;
  table.cuGraphAddChildGraphNode = addChildGraph;
  table.cuGraphInstantiateWithFlags = instantiate;
  table.cuGraphExecDestroy = destroyExec;
  table.cuGraphLaunch = launchGraph;
}

} // namespace neap::sim::driver
