// Under which symbol the library exports each function of the table.
#ifndef NEAP_RUNTIME_CUDA_CUBLASLTSYMBOLS_H
#define NEAP_RUNTIME_CUDA_CUBLASLTSYMBOLS_H

#include "neap/runtime/cuda/CublasLt.h"
#include "neap/runtime/cuda/SharedLibrary.h"

namespace neap::cublas {

inline constexpr cuda::LibrarySymbol cublasLtSymbols[] = {
    {"cublasLtCreate", offsetof(CublasLt, cublasLtCreate)},
    {"cublasLtDestroy", offsetof(CublasLt, cublasLtDestroy)},
    {"cublasLtGetVersion", offsetof(CublasLt, cublasLtGetVersion)},
    {"cublasLtGetStatusName", offsetof(CublasLt, cublasLtGetStatusName)},
    {"cublasLtMatmulDescCreate", offsetof(CublasLt, cublasLtMatmulDescCreate)},
    {"cublasLtMatmulDescDestroy", offsetof(CublasLt, cublasLtMatmulDescDestroy)},
    {"cublasLtMatmulDescSetAttribute", offsetof(CublasLt, cublasLtMatmulDescSetAttribute)},
    {"cublasLtMatrixLayoutCreate", offsetof(CublasLt, cublasLtMatrixLayoutCreate)},
    {"cublasLtMatrixLayoutDestroy", offsetof(CublasLt, cublasLtMatrixLayoutDestroy)},
    {"cublasLtMatrixLayoutSetAttribute", offsetof(CublasLt, cublasLtMatrixLayoutSetAttribute)},
    {"cublasLtMatmulPreferenceCreate", offsetof(CublasLt, cublasLtMatmulPreferenceCreate)},
    {"cublasLtMatmulPreferenceDestroy", offsetof(CublasLt, cublasLtMatmulPreferenceDestroy)},
    {"cublasLtMatmulPreferenceSetAttribute", offsetof(CublasLt, cublasLtMatmulPreferenceSetAttribute)},
    {"cublasLtMatmulAlgoGetHeuristic", offsetof(CublasLt, cublasLtMatmulAlgoGetHeuristic)},
    {"cublasLtMatmulAlgoCheck", offsetof(CublasLt, cublasLtMatmulAlgoCheck)},
    {"cublasLtMatmulAlgoCapGetAttribute", offsetof(CublasLt, cublasLtMatmulAlgoCapGetAttribute)},
    {"cublasLtMatmul", offsetof(CublasLt, cublasLtMatmul)},
};

static_assert(sizeof cublasLtSymbols / sizeof *cublasLtSymbols * sizeof(void *) == sizeof(CublasLt),
              "each function of the library has a symbol");

} // namespace neap::cublas

#endif
