// cuBLASLt as a table of functions: filled from libcublasLt.so on a machine that has one, or from the simulated library.
//
// Names, signatures, numbers and layouts are those of the library's binary interface, declared here once more because a user's
// machine has no cublasLt.h. Where it is installed, a test compares every one of them. Only what the backend uses is here.
#ifndef NEAP_RUNTIME_CUDA_CUBLASLT_H
#define NEAP_RUNTIME_CUDA_CUBLASLT_H

#include "neap/runtime/cuda/Driver.h"

namespace neap::cublas {

/// A code of the library; 0 is success. The named ones are those that the simulated library answers with.
enum class Status : int {
  Success = 0,
  NotInitialized = 1,
  InvalidValue = 7,
  ExecutionFailed = 13,
  NotSupported = 15,
};

enum class DataType : int { F32 = 0, F16 = 2, BF16 = 14 };
/// How products and sums are computed: TF32 rounds the factors to 10 bits of mantissa.
enum class ComputeType : int { F32 = 68, F32FastTf32 = 77 };
enum class Operation : int { None = 0, Transposed = 1 };
enum class Epilogue : unsigned { Default = 1, Bias = 4 };
/// How the parts of a sum over k that is split are added. In place: into the result, in whatever order they come.
enum ReductionScheme : unsigned {
  reductionNone = 0,
  reductionInPlace = 1,
  reductionComputeType = 2,
  reductionOutputType = 4
};

enum class LayoutAttribute : int { BatchCount = 5, BatchStride = 6 };
enum class MatmulAttribute : int {
  TransposeA = 3,
  TransposeB = 4,
  Epilogue = 7,
  BiasPointer = 8,
  BiasType = 26,
};
enum class PreferenceAttribute : int {
  MaxWorkspaceBytes = 1,
  ReductionSchemes = 3,
  AlignmentA = 5,
  AlignmentB = 6,
  AlignmentC = 7,
  AlignmentD = 8,
};

/// Bytes that pointers, leading dimensions and strides must be multiples of for an algorithm.
enum class AlgorithmCapability : int { AlignmentA = 16, AlignmentB = 17, AlignmentC = 18, AlignmentD = 19 };

struct HandleObject;
struct MatmulObject;
struct LayoutObject;
struct PreferenceObject;
using Handle = HandleObject *;
using Matmul = MatmulObject *;
using Layout = LayoutObject *;
using Preference = PreferenceObject *;

/// A configured algorithm: bytes that can be stored, and restored for the same version of the library.
struct Algorithm {
  uint64_t data[8];
};

struct HeuristicResult {
  Algorithm algorithm;
  size_t workspaceBytes;
  Status state;
  float waves;
  int reserved[4];
};

/// Every function that the backend calls, by the library's name; CublasLtSymbols.h has their places.
struct CublasLt {
  Status (*cublasLtCreate)(Handle *);
  Status (*cublasLtDestroy)(Handle);
  size_t (*cublasLtGetVersion)();
  const char *(*cublasLtGetStatusName)(Status);

  Status (*cublasLtMatmulDescCreate)(Matmul *, ComputeType, DataType scale);
  Status (*cublasLtMatmulDescDestroy)(Matmul);
  Status (*cublasLtMatmulDescSetAttribute)(Matmul, MatmulAttribute, const void *value, size_t bytes);
  /// Matrices are column-major: `leading` elements from one column to the next.
  Status (*cublasLtMatrixLayoutCreate)(Layout *, DataType, uint64_t rows, uint64_t columns, int64_t leading);
  Status (*cublasLtMatrixLayoutDestroy)(Layout);
  Status (*cublasLtMatrixLayoutSetAttribute)(Layout, LayoutAttribute, const void *value, size_t bytes);
  Status (*cublasLtMatmulPreferenceCreate)(Preference *);
  Status (*cublasLtMatmulPreferenceDestroy)(Preference);
  Status (*cublasLtMatmulPreferenceSetAttribute)(Preference, PreferenceAttribute, const void *value, size_t bytes);

  Status (*cublasLtMatmulAlgoGetHeuristic)(Handle, Matmul, Layout a, Layout b, Layout c, Layout d, Preference,
                                           int wanted, HeuristicResult *results, int *found);
  Status (*cublasLtMatmulAlgoCheck)(Handle, Matmul, Layout a, Layout b, Layout c, Layout d, const Algorithm *,
                                    HeuristicResult *result);
  Status (*cublasLtMatmulAlgoCapGetAttribute)(const Algorithm *, AlgorithmCapability, void *value, size_t bytes,
                                              size_t *written);
  /// D = alpha op(A) op(B) + beta C, and the epilogue; alpha and beta lie on the host and are read during the call.
  Status (*cublasLtMatmul)(Handle, Matmul, const void *alpha, const void *a, Layout, const void *b, Layout,
                           const void *beta, const void *c, Layout, void *d, Layout, const Algorithm *, void *workspace,
                           size_t workspaceBytes, cuda::Stream);
};

/// The workspace of a call must start at a multiple of so many bytes.
inline constexpr uint64_t workspaceAlignment = 256;

} // namespace neap::cublas

#endif
