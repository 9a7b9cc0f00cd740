// CublasLt.h against NVIDIA's header: numbers, layouts, types of functions. If this compiles, it has passed.
#include "neap/runtime/cuda/CublasLtSymbols.h"

#include "CalledAlike.h"

#include <cublasLt.h>

#include <iterator>
#include <string_view>

namespace neap::cublas {
namespace {

#define EXPECT_VALUE(ours, theirs) static_assert(int(ours) == int(theirs))

EXPECT_VALUE(Status::Success, CUBLAS_STATUS_SUCCESS);
EXPECT_VALUE(Status::NotInitialized, CUBLAS_STATUS_NOT_INITIALIZED);
EXPECT_VALUE(Status::InvalidValue, CUBLAS_STATUS_INVALID_VALUE);
EXPECT_VALUE(Status::ExecutionFailed, CUBLAS_STATUS_EXECUTION_FAILED);
EXPECT_VALUE(Status::NotSupported, CUBLAS_STATUS_NOT_SUPPORTED);
EXPECT_VALUE(DataType::F32, CUDA_R_32F);
EXPECT_VALUE(DataType::F16, CUDA_R_16F);
EXPECT_VALUE(DataType::BF16, CUDA_R_16BF);
EXPECT_VALUE(ComputeType::F32, CUBLAS_COMPUTE_32F);
EXPECT_VALUE(ComputeType::F32FastTf32, CUBLAS_COMPUTE_32F_FAST_TF32);
EXPECT_VALUE(Operation::None, CUBLAS_OP_N);
EXPECT_VALUE(Operation::Transposed, CUBLAS_OP_T);
EXPECT_VALUE(Epilogue::Default, CUBLASLT_EPILOGUE_DEFAULT);
EXPECT_VALUE(Epilogue::Bias, CUBLASLT_EPILOGUE_BIAS);
EXPECT_VALUE(reductionNone, CUBLASLT_REDUCTION_SCHEME_NONE);
EXPECT_VALUE(reductionInPlace, CUBLASLT_REDUCTION_SCHEME_INPLACE);
EXPECT_VALUE(reductionComputeType, CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE);
EXPECT_VALUE(reductionOutputType, CUBLASLT_REDUCTION_SCHEME_OUTPUT_TYPE);
EXPECT_VALUE(LayoutAttribute::BatchCount, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT);
EXPECT_VALUE(LayoutAttribute::BatchStride, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET);
EXPECT_VALUE(MatmulAttribute::TransposeA, CUBLASLT_MATMUL_DESC_TRANSA);
EXPECT_VALUE(MatmulAttribute::TransposeB, CUBLASLT_MATMUL_DESC_TRANSB);
EXPECT_VALUE(MatmulAttribute::Epilogue, CUBLASLT_MATMUL_DESC_EPILOGUE);
EXPECT_VALUE(MatmulAttribute::BiasPointer, CUBLASLT_MATMUL_DESC_BIAS_POINTER);
EXPECT_VALUE(MatmulAttribute::BiasType, CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE);
EXPECT_VALUE(PreferenceAttribute::MaxWorkspaceBytes, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES);
EXPECT_VALUE(PreferenceAttribute::ReductionSchemes, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK);
EXPECT_VALUE(PreferenceAttribute::AlignmentA, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES);
EXPECT_VALUE(PreferenceAttribute::AlignmentB, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES);
EXPECT_VALUE(PreferenceAttribute::AlignmentC, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES);
EXPECT_VALUE(PreferenceAttribute::AlignmentD, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES);
EXPECT_VALUE(AlgorithmCapability::AlignmentA, CUBLASLT_ALGO_CAP_MIN_ALIGNMENT_A_BYTES);
EXPECT_VALUE(AlgorithmCapability::AlignmentB, CUBLASLT_ALGO_CAP_MIN_ALIGNMENT_B_BYTES);
EXPECT_VALUE(AlgorithmCapability::AlignmentC, CUBLASLT_ALGO_CAP_MIN_ALIGNMENT_C_BYTES);
EXPECT_VALUE(AlgorithmCapability::AlignmentD, CUBLASLT_ALGO_CAP_MIN_ALIGNMENT_D_BYTES);

static_assert(sizeof(Algorithm) == sizeof(cublasLtMatmulAlgo_t) && alignof(Algorithm) == alignof(cublasLtMatmulAlgo_t));

#define EXPECT_MEMBER(ours, theirs)                                                                                    \
  static_assert(offsetof(HeuristicResult, ours) == offsetof(cublasLtMatmulHeuristicResult_t, theirs) &&                \
                sizeof(HeuristicResult::ours) == sizeof(cublasLtMatmulHeuristicResult_t::theirs))
static_assert(sizeof(HeuristicResult) == sizeof(cublasLtMatmulHeuristicResult_t));
EXPECT_MEMBER(algorithm, algo);
EXPECT_MEMBER(workspaceBytes, workspaceSize);
EXPECT_MEMBER(state, state);
EXPECT_MEMBER(waves, wavesCount);
EXPECT_MEMBER(reserved, reserved);

constexpr std::string_view symbolAt(size_t offset) {
  for (const cuda::LibrarySymbol &symbol : cublasLtSymbols)
    if (symbol.offset == offset)
      return symbol.name;
  return {};
}

#define EACH_FUNCTION(X)                                                                                               \
  X(cublasLtCreate)                                                                                                    \
  X(cublasLtDestroy) X(cublasLtGetVersion) X(cublasLtGetStatusName) X(cublasLtMatmulDescCreate)                        \
      X(cublasLtMatmulDescDestroy) X(cublasLtMatmulDescSetAttribute) X(cublasLtMatrixLayoutCreate)                     \
          X(cublasLtMatrixLayoutDestroy) X(cublasLtMatrixLayoutSetAttribute) X(cublasLtMatmulPreferenceCreate)         \
              X(cublasLtMatmulPreferenceDestroy) X(cublasLtMatmulPreferenceSetAttribute)                               \
                  X(cublasLtMatmulAlgoGetHeuristic) X(cublasLtMatmulAlgoCheck) X(cublasLtMatmulAlgoCapGetAttribute)    \
                      X(cublasLtMatmul)

#define EXPECT_FUNCTION(name)                                                                                          \
  static_assert(test::IsCalledAlike<decltype(CublasLt::name), decltype(&::name)>());                                   \
  static_assert(symbolAt(offsetof(CublasLt, name)) == #name);
EACH_FUNCTION(EXPECT_FUNCTION)

#define COUNT(name) +1
static_assert(0 EACH_FUNCTION(COUNT) == std::size(cublasLtSymbols), "each function is compared");

} // namespace
} // namespace neap::cublas
