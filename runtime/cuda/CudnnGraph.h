// Graphs of operations for cuDNN, and what the library says of them. No card is needed: the device is described by its
// properties, and everything up to the choice of an engine happens on the host.
#ifndef NEAP_RUNTIME_CUDA_CUDNNGRAPH_H
#define NEAP_RUNTIME_CUDA_CUDNNGRAPH_H

#include "neap/runtime/cuda/Cudnn.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace neap::cudnn {

/// A call of the library failed: what() names it, its status, and what the library found wrong.
class CallFailed : public std::runtime_error {
public:
  CallFailed(const std::string &message, Status status) : std::runtime_error(message), status_(status) {}
  Status status() const { return status_; }

private:
  Status status_;
};

/// A descriptor of the library, destroyed with its owner. Members throw CallFailed.
class Object {
public:
  Object(const Cudnn &library, DescriptorType type);
  Object(Object &&other) noexcept;
  Object &operator=(Object &&) = delete;
  ~Object();

  Descriptor get() const { return descriptor_; }
  void finalize();
  void set(Attribute attribute, AttributeType type, int64_t count, const void *values);
  template <class Value> void set(Attribute attribute, AttributeType type, const Value &value) {
    set(attribute, type, 1, &value);
  }
  void set(Attribute attribute, const Object &value) { set(attribute, AttributeType::Descriptor, value.descriptor_); }
  void set(Attribute attribute, const std::vector<int64_t> &values) {
    set(attribute, AttributeType::Int64, int64_t(values.size()), values.data());
  }
  /// Fills up to `room` values. Returns how many there are.
  int64_t get(Attribute attribute, AttributeType type, int64_t room, void *values) const;

private:
  void require(Status status, const char *function) const;

  const Cudnn &library_;
  Descriptor descriptor_ = nullptr;
};

/// A device that need not be there. Bytes, kHz, counts.
struct DeviceProperties {
  std::string name;
  /// Compute capability times 100: 900 for 9.0.
  int64_t version = 0;
  /// As cuDriverGetVersion counts.
  int64_t driver = 0;
  int64_t memoryBytes = 0, l2Bytes = 0, multiprocessors = 0;
  /// Of a block: without asking for more, and at most.
  int64_t sharedBytes = 0, sharedBytesAtMost = 0;
  int64_t threadsOfMultiprocessor = 0, blocksOfMultiprocessor = 0;
  int64_t clock = 0, memoryClock = 0;
};

/// Throws CallFailed if the library does not take it.
Object describeDevice(const Cudnn &library, const DeviceProperties &properties);

/// An engine that would run a graph.
struct EngineChoice {
  int64_t engine = 0;
  int64_t workspaceBytes = 0;
  /// What the library notes of its numbers. It says nothing of sums that a graph lets it add in memory in any order.
  bool isNondeterministic = false, usesTensorCores = false;
};

using Shape = std::vector<int64_t>;
/// Of a dense tensor, in elements.
Shape denseStrides(const Shape &shape);

/// A graph in the making. Tensors are numbers of this graph; those that operations make are virtual, unless they are kept.
class Graph {
public:
  using Tensor = size_t;

  explicit Graph(const Cudnn &library) : library_(library) {}

  /// In memory.
  Tensor addTensor(const Shape &shape, const Shape &strides, DataType type);
  Tensor addScalar(DataType type);
  /// The next operation writes its result there instead of a virtual tensor.
  void keepNext(Tensor result) { kept_ = result; }

  Tensor matmul(Tensor a, Tensor b, DataType type);
  /// With one operand, or two that broadcast; the result has the shape of the first.
  Tensor pointwise(PointwiseMode mode, Tensor x, DataType type);
  Tensor pointwise(PointwiseMode mode, Tensor x, Tensor b, DataType type);
  /// `mask` ? x : b
  Tensor select(Tensor mask, Tensor x, Tensor b, DataType type);
  /// The index along an axis, of a tensor of x's shape.
  Tensor indexAlong(int64_t axis, Tensor x);
  /// Along the last axis, which becomes 1.
  Tensor reduce(ReductionOperator reduction, Tensor x, DataType type);
  /// The last two axes exchanged; the same elements at the same places.
  Tensor transpose(Tensor x, DataType type);

  /// The engines that the library's heuristic would try on a device, best first; none if it has none for the graph. Throws
  /// CallFailed, also where the library says that it does not support the graph.
  std::vector<EngineChoice> findEngines(const Object &device);

private:
  Tensor addResult(const Shape &shape, const Shape &strides, DataType type);
  Tensor makeTensor(const Shape &shape, const Shape &strides, DataType type, bool isVirtual, bool isByValue);
  Object &addOperation(DescriptorType type) { return operations_.emplace_back(library_, type); }
  Object &addPart(DescriptorType type) { return parts_.emplace_back(library_, type); }
  Object &addPointwise(PointwiseMode mode, int64_t axis = -1);
  EngineChoice describe(const Object &config) const;

  struct TensorInfo {
    Object object;
    Shape shape, strides;
  };
  const Cudnn &library_;
  std::vector<TensorInfo> tensors_;
  std::vector<Object> parts_, operations_;
  size_t kept_ = none;
  static constexpr size_t none = size_t(-1);
};

} // namespace neap::cudnn

#endif
