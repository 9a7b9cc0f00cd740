// Descriptors of tensors, operations, graphs and engines.
#include "neap/runtime/cuda/CudnnGraph.h"

#include <algorithm>
#include <utility>

namespace neap::cudnn {

//===- Objects ------------------------------------------------------------------------------------------------------===//

Object::Object(const Cudnn &library, DescriptorType type) : library_(library) {
  require(library.cudnnBackendCreateDescriptor(type, &descriptor_), "cudnnBackendCreateDescriptor");
}

Object::Object(Object &&other) noexcept
    : library_(other.library_), descriptor_(std::exchange(other.descriptor_, nullptr)) {}

Object::~Object() {
  if (descriptor_)
    library_.cudnnBackendDestroyDescriptor(descriptor_);
}

void Object::require(Status status, const char *function) const {
  if (status == Status::Success)
    return;
  char reason[512] = "";
  library_.cudnnGetLastErrorString(reason, sizeof reason);
  throw CallFailed(std::string(function) + ": " + library_.cudnnGetErrorString(status) + ": " + reason, status);
}

void Object::finalize() { require(library_.cudnnBackendFinalize(descriptor_), "cudnnBackendFinalize"); }

void Object::set(Attribute attribute, AttributeType type, int64_t count, const void *values) {
  require(library_.cudnnBackendSetAttribute(descriptor_, attribute, type, count, values), "cudnnBackendSetAttribute");
}

int64_t Object::get(Attribute attribute, AttributeType type, int64_t room, void *values) const {
  int64_t count = 0;
  require(library_.cudnnBackendGetAttribute(descriptor_, attribute, type, room, &count, values),
          "cudnnBackendGetAttribute");
  return count;
}

/// The members that the library insists on. What all devices from sm_80 on have in common is filled in.
static std::string writeJson(const DeviceProperties &properties) {
  const std::pair<const char *, int64_t> numbers[] = {{"deviceVer", properties.version},
                                                      {"driverVer", properties.driver},
                                                      {"cudaDeviceId", 0},
                                                      {"totalGlobalMem", properties.memoryBytes},
                                                      {"regsPerBlock", 65536},
                                                      {"multiProcessorCount", properties.multiprocessors},
                                                      {"warpSize", 32},
                                                      {"maxSharedMemoryPerBlock", properties.sharedBytes},
                                                      {"maxSharedMemoryPerBlockOptin", properties.sharedBytesAtMost},
                                                      {"reservedSharedMemoryPerBlock", 1024},
                                                      {"maxRegistersPerSM", 65536},
                                                      {"maxCtasPerSM", properties.blocksOfMultiprocessor},
                                                      {"maxThreadsPerBlock", 1024},
                                                      {"maxThreadsPerSM", properties.threadsOfMultiprocessor},
                                                      {"pciDeviceId", 0},
                                                      {"isTccDriver", 0},
                                                      {"supportCoopLaunch", 1},
                                                      {"smClockRateKHz", properties.clock},
                                                      {"memClockRateKHz", properties.memoryClock},
                                                      {"l2CacheSize", properties.l2Bytes}};
  std::string json = "{\"deviceName\":\"" + properties.name + "\"";
  for (auto [name, value] : numbers)
    json += std::string(",\"") + name + "\":" + std::to_string(value);
  return json + ",\"maxGridSize\":[2147483647,65535,65535],\"maxBlockSize\":[1024,1024,64]}";
}

Object describeDevice(const Cudnn &library, const DeviceProperties &properties) {
  std::string json = writeJson(properties);
  Object device(library, DescriptorType::DeviceProperties);
  device.set(Attribute::DeviceJson, AttributeType::Char, int64_t(json.size()), json.data());
  device.finalize();
  return device;
}

Shape denseStrides(const Shape &shape) {
  Shape strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  return strides;
}

//===- Tensors ------------------------------------------------------------------------------------------------------===//

Graph::Tensor Graph::makeTensor(const Shape &shape, const Shape &strides, DataType type, bool isVirtual,
                                bool isByValue) {
  Object tensor(library_, DescriptorType::Tensor);
  constexpr int64_t alignment = 16;
  tensor.set(Attribute::TensorType, AttributeType::DataType, type);
  tensor.set(Attribute::TensorDimensions, shape);
  tensor.set(Attribute::TensorStrides, strides);
  tensor.set(Attribute::TensorAlignment, AttributeType::Int64, alignment);
  tensor.set(Attribute::TensorId, AttributeType::Int64, int64_t(tensors_.size() + 1));
  tensor.set(Attribute::TensorIsVirtual, AttributeType::Boolean, isVirtual);
  tensor.set(Attribute::TensorIsByValue, AttributeType::Boolean, isByValue);
  tensor.finalize();
  tensors_.push_back({std::move(tensor), shape, strides});
  return tensors_.size() - 1;
}

Graph::Tensor Graph::addTensor(const Shape &shape, const Shape &strides, DataType type) {
  return makeTensor(shape, strides, type, /*isVirtual=*/false, /*isByValue=*/false);
}

Graph::Tensor Graph::addScalar(DataType type) {
  return makeTensor({1, 1, 1, 1}, {1, 1, 1, 1}, type, /*isVirtual=*/false, /*isByValue=*/true);
}

Graph::Tensor Graph::addResult(const Shape &shape, const Shape &strides, DataType type) {
  if (kept_ != none)
    return std::exchange(kept_, none);
  return makeTensor(shape, strides, type, /*isVirtual=*/true, /*isByValue=*/false);
}

//===- Operations ---------------------------------------------------------------------------------------------------===//

Graph::Tensor Graph::matmul(Tensor a, Tensor b, DataType type) {
  Shape shape = tensors_[a].shape;
  shape.back() = tensors_[b].shape.back();
  Tensor result = addResult(shape, denseStrides(shape), type);
  Object &descriptor = addPart(DescriptorType::Matmul);
  descriptor.set(Attribute::MatmulPrecision, AttributeType::DataType, DataType::F32);
  descriptor.finalize();
  Object &operation = addOperation(DescriptorType::OperationMatmul);
  operation.set(Attribute::OperationMatmulA, tensors_[a].object);
  operation.set(Attribute::OperationMatmulB, tensors_[b].object);
  operation.set(Attribute::OperationMatmulC, tensors_[result].object);
  operation.set(Attribute::OperationMatmul, descriptor);
  operation.finalize();
  return result;
}

Object &Graph::addPointwise(PointwiseMode mode, int64_t axis) {
  Object &descriptor = addPart(DescriptorType::Pointwise);
  descriptor.set(Attribute::PointwiseMode, AttributeType::PointwiseMode, mode);
  descriptor.set(Attribute::PointwisePrecision, AttributeType::DataType, DataType::F32);
  if (axis >= 0)
    descriptor.set(Attribute::PointwiseAxis, AttributeType::Int64, axis);
  descriptor.finalize();
  Object &operation = addOperation(DescriptorType::OperationPointwise);
  operation.set(Attribute::OperationPointwise, descriptor);
  return operation;
}

Graph::Tensor Graph::pointwise(PointwiseMode mode, Tensor x, DataType type) {
  Tensor result = addResult(tensors_[x].shape, denseStrides(tensors_[x].shape), type);
  Object &operation = addPointwise(mode);
  operation.set(Attribute::OperationPointwiseX, tensors_[x].object);
  operation.set(Attribute::OperationPointwiseY, tensors_[result].object);
  operation.finalize();
  return result;
}

Graph::Tensor Graph::pointwise(PointwiseMode mode, Tensor x, Tensor b, DataType type) {
  Tensor result = addResult(tensors_[x].shape, denseStrides(tensors_[x].shape), type);
  Object &operation = addPointwise(mode);
  operation.set(Attribute::OperationPointwiseX, tensors_[x].object);
  operation.set(Attribute::OperationPointwiseB, tensors_[b].object);
  operation.set(Attribute::OperationPointwiseY, tensors_[result].object);
  operation.finalize();
  return result;
}

Graph::Tensor Graph::select(Tensor mask, Tensor x, Tensor b, DataType type) {
  Tensor result = addResult(tensors_[x].shape, denseStrides(tensors_[x].shape), type);
  Object &operation = addPointwise(PointwiseMode::Select);
  operation.set(Attribute::OperationPointwiseX, tensors_[x].object);
  operation.set(Attribute::OperationPointwiseB, tensors_[b].object);
  operation.set(Attribute::OperationPointwiseT, tensors_[mask].object);
  operation.set(Attribute::OperationPointwiseY, tensors_[result].object);
  operation.finalize();
  return result;
}

Graph::Tensor Graph::indexAlong(int64_t axis, Tensor x) {
  Tensor result = addResult(tensors_[x].shape, denseStrides(tensors_[x].shape), DataType::I32);
  Object &operation = addPointwise(PointwiseMode::GenerateIndex, axis);
  operation.set(Attribute::OperationPointwiseX, tensors_[x].object);
  operation.set(Attribute::OperationPointwiseY, tensors_[result].object);
  operation.finalize();
  return result;
}

Graph::Tensor Graph::reduce(ReductionOperator reduction, Tensor x, DataType type) {
  Shape shape = tensors_[x].shape;
  shape.back() = 1;
  Tensor result = addResult(shape, denseStrides(shape), type);
  Object &descriptor = addPart(DescriptorType::Reduction);
  descriptor.set(Attribute::ReductionOperator, AttributeType::ReductionOperator, reduction);
  descriptor.set(Attribute::ReductionPrecision, AttributeType::DataType, DataType::F32);
  descriptor.finalize();
  Object &operation = addOperation(DescriptorType::OperationReduction);
  operation.set(Attribute::OperationReductionX, tensors_[x].object);
  operation.set(Attribute::OperationReductionY, tensors_[result].object);
  operation.set(Attribute::OperationReduction, descriptor);
  operation.finalize();
  return result;
}

Graph::Tensor Graph::transpose(Tensor x, DataType type) {
  Shape shape = tensors_[x].shape, strides = tensors_[x].strides;
  std::swap(shape[shape.size() - 1], shape[shape.size() - 2]);
  std::swap(strides[shape.size() - 1], strides[shape.size() - 2]);
  Tensor result = addResult(shape, strides, type);
  Object &operation = addOperation(DescriptorType::OperationReshape);
  operation.set(Attribute::OperationReshapeX, tensors_[x].object);
  operation.set(Attribute::OperationReshapeY, tensors_[result].object);
  operation.finalize();
  return result;
}

//===- Engines ------------------------------------------------------------------------------------------------------===//

EngineChoice Graph::describe(const Object &config) const {
  EngineChoice choice;
  config.get(Attribute::ConfigWorkspaceBytes, AttributeType::Int64, 1, &choice.workspaceBytes);
  Object engine(library_, DescriptorType::Engine);
  Descriptor descriptor = engine.get();
  config.get(Attribute::ConfigEngine, AttributeType::Descriptor, 1, &descriptor);
  engine.get(Attribute::EngineGlobalIndex, AttributeType::Int64, 1, &choice.engine);
  constexpr int64_t mostNotes = 16;
  NumericalNote notes[mostNotes];
  int64_t count = engine.get(Attribute::EngineNumericalNotes, AttributeType::NumericalNote, mostNotes, notes);
  auto has = [&](NumericalNote note) { return std::find(notes, notes + count, note) != notes + count; };
  choice.isNondeterministic = has(NumericalNote::Nondeterministic);
  choice.usesTensorCores = has(NumericalNote::TensorCore);
  return choice;
}

std::vector<EngineChoice> Graph::findEngines(const Object &device) {
  std::vector<Descriptor> operations;
  for (const Object &operation : operations_)
    operations.push_back(operation.get());
  Object graph(library_, DescriptorType::OperationGraph);
  graph.set(Attribute::GraphOperations, AttributeType::Descriptor, int64_t(operations.size()), operations.data());
  graph.finalize();
  Object heuristic(library_, DescriptorType::EngineHeuristic);
  heuristic.set(Attribute::HeuristicGraph, graph);
  heuristic.set(Attribute::HeuristicMode, AttributeType::HeuristicMode, HeuristicMode::A);
  heuristic.set(Attribute::HeuristicDevice, device);
  heuristic.finalize();

  int64_t room = heuristic.get(Attribute::HeuristicResults, AttributeType::Descriptor, 0, nullptr);
  std::vector<Object> configs;
  std::vector<Descriptor> descriptors;
  for (int64_t i = 0; i < room; ++i)
    descriptors.push_back(configs.emplace_back(library_, DescriptorType::EngineConfig).get());
  int64_t found = heuristic.get(Attribute::HeuristicResults, AttributeType::Descriptor, room, descriptors.data());
  std::vector<EngineChoice> choices;
  for (int64_t i = 0; i < found; ++i)
    choices.push_back(describe(configs[size_t(i)]));
  return choices;
}

} // namespace neap::cudnn
