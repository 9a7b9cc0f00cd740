// cuDNN's backend API as a table of functions, filled from libcudnn.so.9 on a machine that has one.
//
// Names, signatures and numbers are those of the library's binary interface, declared here once more because a user's machine has
// no cudnn.h. Where it is installed, a test compares every one of them. Only what is used is here: what it takes to describe a
// graph and to ask which engines would run it.
#ifndef NEAP_RUNTIME_CUDA_CUDNN_H
#define NEAP_RUNTIME_CUDA_CUDNN_H

#include <cstddef>
#include <cstdint>

namespace neap::cudnn {

/// A code of the library; 0 is success, those from 3000 to 3999 say that something is not supported.
enum class Status : int { Success = 0 };
constexpr bool isNotSupported(Status status) { return int(status) / 1000 == 3; }

enum class DescriptorType : int {
  Pointwise = 0,
  Engine = 2,
  EngineConfig = 3,
  EngineHeuristic = 4,
  OperationPointwise = 13,
  OperationGraph = 15,
  Tensor = 17,
  Matmul = 18,
  OperationMatmul = 19,
  Reduction = 21,
  OperationReduction = 22,
  OperationReshape = 31,
  DeviceProperties = 38,
};

enum class Attribute : int {
  PointwiseMode = 0,
  PointwisePrecision = 1,
  PointwiseAxis = 9,
  HeuristicMode = 200,
  HeuristicGraph = 201,
  HeuristicResults = 202,
  HeuristicDevice = 204,
  ConfigEngine = 300,
  ConfigWorkspaceBytes = 303,
  OperationPointwise = 750,
  OperationPointwiseX = 751,
  OperationPointwiseB = 752,
  OperationPointwiseY = 753,
  OperationPointwiseT = 758,
  GraphOperations = 801,
  TensorAlignment = 900,
  TensorType = 901,
  TensorDimensions = 902,
  TensorStrides = 903,
  TensorId = 906,
  TensorIsVirtual = 907,
  TensorIsByValue = 908,
  EngineGlobalIndex = 1301,
  EngineNumericalNotes = 1303,
  MatmulPrecision = 1500,
  OperationMatmulA = 1520,
  OperationMatmulB = 1521,
  OperationMatmulC = 1522,
  OperationMatmul = 1523,
  ReductionOperator = 1600,
  ReductionPrecision = 1601,
  OperationReductionX = 1610,
  OperationReductionY = 1611,
  OperationReduction = 1612,
  OperationReshapeX = 2200,
  OperationReshapeY = 2201,
  DeviceJson = 2702,
};

enum class AttributeType : int {
  DataType = 1,
  Boolean = 2,
  Int64 = 3,
  HeuristicMode = 8,
  NumericalNote = 11,
  PointwiseMode = 14,
  Descriptor = 15,
  ReductionOperator = 18,
  Char = 24,
};

enum class DataType : int { F32 = 0, F16 = 2, I32 = 4, BF16 = 9, Bool = 11 };
enum class PointwiseMode : int {
  Add = 0,
  Multiply = 1,
  Divide = 6,
  Subtract = 9,
  Exp = 13,
  Log = 15,
  Identity = 21,
  GreaterEqual = 303,
  GenerateIndex = 501,
  Select = 601,
};
enum class ReductionOperator : int { Add = 0, Maximum = 3 };
enum class HeuristicMode : int { A = 3 };
enum class NumericalNote : int { TensorCore = 0, Nondeterministic = 4 };

struct DescriptorObject;
using Descriptor = DescriptorObject *;

/// Every function in use, by the library's name.
struct Cudnn {
  size_t (*cudnnGetVersion)();
  const char *(*cudnnGetErrorString)(Status);
  /// What the last call of this thread that failed found wrong.
  void (*cudnnGetLastErrorString)(char *text, size_t bytes);
  Status (*cudnnBackendCreateDescriptor)(DescriptorType, Descriptor *);
  Status (*cudnnBackendDestroyDescriptor)(Descriptor);
  Status (*cudnnBackendFinalize)(Descriptor);
  Status (*cudnnBackendSetAttribute)(Descriptor, Attribute, AttributeType, int64_t count, const void *values);
  Status (*cudnnBackendGetAttribute)(Descriptor, Attribute, AttributeType, int64_t room, int64_t *count, void *values);
};

} // namespace neap::cudnn

#endif
