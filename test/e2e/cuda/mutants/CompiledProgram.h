// A training program for CUDA, read back from the file that `neap compile` wrote, in parts that a test can change.
#ifndef NEAP_TEST_E2E_CUDA_MUTANTS_COMPILEDPROGRAM_H
#define NEAP_TEST_E2E_CUDA_MUTANTS_COMPILEDPROGRAM_H

#include "neap/runtime/program/Manifest.h"
#include "neap/runtime/safetensors/Safetensors.h"

namespace neap::test {

struct CompiledProgram {
  /// Throws std::runtime_error if the file is no training program. Its weights lie beside it.
  explicit CompiledProgram(const std::string &path);

  runtime::Manifest manifest;
  std::string ptx;
  std::string constants;
  safetensors::Reader weights;
};

} // namespace neap::test

#endif
