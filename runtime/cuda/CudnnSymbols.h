// Under which symbol the library exports each function of the table.
#ifndef NEAP_RUNTIME_CUDA_CUDNNSYMBOLS_H
#define NEAP_RUNTIME_CUDA_CUDNNSYMBOLS_H

#include "neap/runtime/cuda/Cudnn.h"
#include "neap/runtime/cuda/SharedLibrary.h"

namespace neap::cudnn {

inline constexpr cuda::LibrarySymbol cudnnSymbols[] = {
    {"cudnnGetVersion", offsetof(Cudnn, cudnnGetVersion)},
    {"cudnnGetErrorString", offsetof(Cudnn, cudnnGetErrorString)},
    {"cudnnGetLastErrorString", offsetof(Cudnn, cudnnGetLastErrorString)},
    {"cudnnBackendCreateDescriptor", offsetof(Cudnn, cudnnBackendCreateDescriptor)},
    {"cudnnBackendDestroyDescriptor", offsetof(Cudnn, cudnnBackendDestroyDescriptor)},
    {"cudnnBackendFinalize", offsetof(Cudnn, cudnnBackendFinalize)},
    {"cudnnBackendSetAttribute", offsetof(Cudnn, cudnnBackendSetAttribute)},
    {"cudnnBackendGetAttribute", offsetof(Cudnn, cudnnBackendGetAttribute)},
};

static_assert(sizeof cudnnSymbols / sizeof *cudnnSymbols * sizeof(void *) == sizeof(Cudnn),
              "each function of the library has a symbol");

} // namespace neap::cudnn

#endif
