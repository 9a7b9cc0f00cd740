// Cudnn.h against NVIDIA's header: numbers and types of functions. If this compiles, it has passed.
#include "neap/runtime/cuda/CudnnSymbols.h"

#include "CalledAlike.h"

#include <cudnn.h>

#include <iterator>
#include <string_view>

namespace neap::cudnn {
namespace {

#define EXPECT_VALUE(ours, theirs) static_assert(int(ours) == int(theirs))

EXPECT_VALUE(Status::Success, CUDNN_STATUS_SUCCESS);
static_assert(isNotSupported(Status(CUDNN_STATUS_NOT_SUPPORTED)) &&
              isNotSupported(Status(CUDNN_STATUS_NOT_SUPPORTED_INVALID_DYNAMIC_SHAPE)) &&
              !isNotSupported(Status(CUDNN_STATUS_BAD_PARAM_DESCRIPTOR_TYPE)) &&
              !isNotSupported(Status(CUDNN_STATUS_INTERNAL_ERROR)));

EXPECT_VALUE(DescriptorType::Pointwise, CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
EXPECT_VALUE(DescriptorType::Engine, CUDNN_BACKEND_ENGINE_DESCRIPTOR);
EXPECT_VALUE(DescriptorType::EngineConfig, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
EXPECT_VALUE(DescriptorType::EngineHeuristic, CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
EXPECT_VALUE(DescriptorType::OperationPointwise, CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
EXPECT_VALUE(DescriptorType::OperationGraph, CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
EXPECT_VALUE(DescriptorType::Tensor, CUDNN_BACKEND_TENSOR_DESCRIPTOR);
EXPECT_VALUE(DescriptorType::Matmul, CUDNN_BACKEND_MATMUL_DESCRIPTOR);
EXPECT_VALUE(DescriptorType::OperationMatmul, CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR);
EXPECT_VALUE(DescriptorType::Reduction, CUDNN_BACKEND_REDUCTION_DESCRIPTOR);
EXPECT_VALUE(DescriptorType::OperationReduction, CUDNN_BACKEND_OPERATION_REDUCTION_DESCRIPTOR);
EXPECT_VALUE(DescriptorType::OperationReshape, CUDNN_BACKEND_OPERATION_RESHAPE_DESCRIPTOR);
EXPECT_VALUE(DescriptorType::DeviceProperties, CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);

EXPECT_VALUE(Attribute::PointwiseMode, CUDNN_ATTR_POINTWISE_MODE);
EXPECT_VALUE(Attribute::PointwisePrecision, CUDNN_ATTR_POINTWISE_MATH_PREC);
EXPECT_VALUE(Attribute::PointwiseAxis, CUDNN_ATTR_POINTWISE_AXIS);
EXPECT_VALUE(Attribute::HeuristicMode, CUDNN_ATTR_ENGINEHEUR_MODE);
EXPECT_VALUE(Attribute::HeuristicGraph, CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH);
EXPECT_VALUE(Attribute::HeuristicResults, CUDNN_ATTR_ENGINEHEUR_RESULTS);
EXPECT_VALUE(Attribute::HeuristicDevice, CUDNN_ATTR_ENGINEHEUR_DEVICEPROP);
EXPECT_VALUE(Attribute::ConfigEngine, CUDNN_ATTR_ENGINECFG_ENGINE);
EXPECT_VALUE(Attribute::ConfigWorkspaceBytes, CUDNN_ATTR_ENGINECFG_WORKSPACE_SIZE);
EXPECT_VALUE(Attribute::OperationPointwise, CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR);
EXPECT_VALUE(Attribute::OperationPointwiseX, CUDNN_ATTR_OPERATION_POINTWISE_XDESC);
EXPECT_VALUE(Attribute::OperationPointwiseB, CUDNN_ATTR_OPERATION_POINTWISE_BDESC);
EXPECT_VALUE(Attribute::OperationPointwiseY, CUDNN_ATTR_OPERATION_POINTWISE_YDESC);
EXPECT_VALUE(Attribute::OperationPointwiseT, CUDNN_ATTR_OPERATION_POINTWISE_TDESC);
EXPECT_VALUE(Attribute::GraphOperations, CUDNN_ATTR_OPERATIONGRAPH_OPS);
EXPECT_VALUE(Attribute::TensorAlignment, CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT);
EXPECT_VALUE(Attribute::TensorType, CUDNN_ATTR_TENSOR_DATA_TYPE);
EXPECT_VALUE(Attribute::TensorDimensions, CUDNN_ATTR_TENSOR_DIMENSIONS);
EXPECT_VALUE(Attribute::TensorStrides, CUDNN_ATTR_TENSOR_STRIDES);
EXPECT_VALUE(Attribute::TensorId, CUDNN_ATTR_TENSOR_UNIQUE_ID);
EXPECT_VALUE(Attribute::TensorIsVirtual, CUDNN_ATTR_TENSOR_IS_VIRTUAL);
EXPECT_VALUE(Attribute::TensorIsByValue, CUDNN_ATTR_TENSOR_IS_BY_VALUE);
EXPECT_VALUE(Attribute::EngineGlobalIndex, CUDNN_ATTR_ENGINE_GLOBAL_INDEX);
EXPECT_VALUE(Attribute::EngineNumericalNotes, CUDNN_ATTR_ENGINE_NUMERICAL_NOTE);
EXPECT_VALUE(Attribute::MatmulPrecision, CUDNN_ATTR_MATMUL_COMP_TYPE);
EXPECT_VALUE(Attribute::OperationMatmulA, CUDNN_ATTR_OPERATION_MATMUL_ADESC);
EXPECT_VALUE(Attribute::OperationMatmulB, CUDNN_ATTR_OPERATION_MATMUL_BDESC);
EXPECT_VALUE(Attribute::OperationMatmulC, CUDNN_ATTR_OPERATION_MATMUL_CDESC);
EXPECT_VALUE(Attribute::OperationMatmul, CUDNN_ATTR_OPERATION_MATMUL_DESC);
EXPECT_VALUE(Attribute::ReductionOperator, CUDNN_ATTR_REDUCTION_OPERATOR);
EXPECT_VALUE(Attribute::ReductionPrecision, CUDNN_ATTR_REDUCTION_COMP_TYPE);
EXPECT_VALUE(Attribute::OperationReductionX, CUDNN_ATTR_OPERATION_REDUCTION_XDESC);
EXPECT_VALUE(Attribute::OperationReductionY, CUDNN_ATTR_OPERATION_REDUCTION_YDESC);
EXPECT_VALUE(Attribute::OperationReduction, CUDNN_ATTR_OPERATION_REDUCTION_DESC);
EXPECT_VALUE(Attribute::OperationReshapeX, CUDNN_ATTR_OPERATION_RESHAPE_XDESC);
EXPECT_VALUE(Attribute::OperationReshapeY, CUDNN_ATTR_OPERATION_RESHAPE_YDESC);
EXPECT_VALUE(Attribute::DeviceJson, CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION);

EXPECT_VALUE(AttributeType::DataType, CUDNN_TYPE_DATA_TYPE);
EXPECT_VALUE(AttributeType::Boolean, CUDNN_TYPE_BOOLEAN);
EXPECT_VALUE(AttributeType::Int64, CUDNN_TYPE_INT64);
EXPECT_VALUE(AttributeType::HeuristicMode, CUDNN_TYPE_HEUR_MODE);
EXPECT_VALUE(AttributeType::NumericalNote, CUDNN_TYPE_NUMERICAL_NOTE);
EXPECT_VALUE(AttributeType::PointwiseMode, CUDNN_TYPE_POINTWISE_MODE);
EXPECT_VALUE(AttributeType::Descriptor, CUDNN_TYPE_BACKEND_DESCRIPTOR);
EXPECT_VALUE(AttributeType::ReductionOperator, CUDNN_TYPE_REDUCTION_OPERATOR_TYPE);
EXPECT_VALUE(AttributeType::Char, CUDNN_TYPE_CHAR);

EXPECT_VALUE(DataType::F32, CUDNN_DATA_FLOAT);
EXPECT_VALUE(DataType::F16, CUDNN_DATA_HALF);
EXPECT_VALUE(DataType::I32, CUDNN_DATA_INT32);
EXPECT_VALUE(DataType::BF16, CUDNN_DATA_BFLOAT16);
EXPECT_VALUE(DataType::Bool, CUDNN_DATA_BOOLEAN);
EXPECT_VALUE(PointwiseMode::Add, CUDNN_POINTWISE_ADD);
EXPECT_VALUE(PointwiseMode::Multiply, CUDNN_POINTWISE_MUL);
EXPECT_VALUE(PointwiseMode::Divide, CUDNN_POINTWISE_DIV);
EXPECT_VALUE(PointwiseMode::Subtract, CUDNN_POINTWISE_SUB);
EXPECT_VALUE(PointwiseMode::Exp, CUDNN_POINTWISE_EXP);
EXPECT_VALUE(PointwiseMode::Log, CUDNN_POINTWISE_LOG);
EXPECT_VALUE(PointwiseMode::Identity, CUDNN_POINTWISE_IDENTITY);
EXPECT_VALUE(PointwiseMode::GreaterEqual, CUDNN_POINTWISE_CMP_GE);
EXPECT_VALUE(PointwiseMode::GenerateIndex, CUDNN_POINTWISE_GEN_INDEX);
EXPECT_VALUE(PointwiseMode::Select, CUDNN_POINTWISE_BINARY_SELECT);
EXPECT_VALUE(ReductionOperator::Add, CUDNN_REDUCE_TENSOR_ADD);
EXPECT_VALUE(ReductionOperator::Maximum, CUDNN_REDUCE_TENSOR_MAX);
EXPECT_VALUE(HeuristicMode::A, CUDNN_HEUR_MODE_A);
EXPECT_VALUE(NumericalNote::TensorCore, CUDNN_NUMERICAL_NOTE_TENSOR_CORE);
EXPECT_VALUE(NumericalNote::Nondeterministic, CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC);

constexpr std::string_view symbolAt(size_t offset) {
  for (const cuda::LibrarySymbol &symbol : cudnnSymbols)
    if (symbol.offset == offset)
      return symbol.name;
  return {};
}

#define EACH_FUNCTION(X)                                                                                               \
  X(cudnnGetVersion)                                                                                                   \
  X(cudnnGetErrorString) X(cudnnGetLastErrorString) X(cudnnBackendCreateDescriptor) X(cudnnBackendDestroyDescriptor)   \
      X(cudnnBackendFinalize) X(cudnnBackendSetAttribute) X(cudnnBackendGetAttribute)

#define EXPECT_FUNCTION(name)                                                                                          \
  static_assert(test::IsCalledAlike<decltype(Cudnn::name), decltype(&::name)>());                                      \
  static_assert(symbolAt(offsetof(Cudnn, name)) == #name);
EACH_FUNCTION(EXPECT_FUNCTION)

#define COUNT(name) +1
static_assert(0 EACH_FUNCTION(COUNT) == std::size(cudnnSymbols), "each function is compared");

} // namespace
} // namespace neap::cudnn
