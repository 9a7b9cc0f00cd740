// cuBLASLt as this machine has it, loaded at run time: no binary needs it to start.
#ifndef NEAP_RUNTIME_CUDA_LOADCUBLASLT_H
#define NEAP_RUNTIME_CUDA_LOADCUBLASLT_H

#include "neap/runtime/cuda/CublasLt.h"

#include <span>
#include <stdexcept>

namespace neap::cublas {

/// Names of the library, newest first. Older ones lack functions or have other layouts.
inline constexpr const char *libraryNames[] = {"libcublasLt.so.13", "libcublasLt.so.12"};

/// There is no library that will do. what() says why.
class Unavailable : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Fills the table from the first of these libraries that can be loaded. Throws Unavailable.
CublasLt loadCublasLt(std::span<const char *const> names = libraryNames);

} // namespace neap::cublas

#endif
