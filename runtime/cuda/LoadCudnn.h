// cuDNN as this machine has it, loaded at run time: no binary needs it to start.
#ifndef NEAP_RUNTIME_CUDA_LOADCUDNN_H
#define NEAP_RUNTIME_CUDA_LOADCUDNN_H

#include "neap/runtime/cuda/Cudnn.h"

#include <stdexcept>

namespace neap::cudnn {

/// The oldest version that will do, as cudnnGetVersion counts: the first whose device properties can be given as text.
constexpr size_t oldestVersion = 90800;

/// There is no library that will do. what() says why.
class Unavailable : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Fills the table from a shared library. Throws Unavailable.
Cudnn loadCudnn(const char *name = "libcudnn.so.9");

} // namespace neap::cudnn

#endif
