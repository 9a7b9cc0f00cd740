// Trains a program, changed or not, for a few steps, and says what came out.
#ifndef NEAP_TEST_E2E_CUDA_MUTANTS_PROGRAMRUN_H
#define NEAP_TEST_E2E_CUDA_MUTANTS_PROGRAMRUN_H

#include "CompiledProgram.h"
#include "Interposer.h"

namespace neap::test {

struct Variant {
  runtime::Manifest manifest;
  std::string ptx;
  GraphChange change;
};

struct Outcome {
  /// After each step that was run: loss, gradient norm, parameters and states, byte by byte.
  std::vector<std::string> steps;
  /// What the device said; only where it judges.
  std::vector<std::string> reports;
  /// Whether the program could not be loaded, or a launch was refused on the spot: nothing ran.
  bool isRefused = false;
  /// By node of the graph, how many it waits for.
  std::vector<size_t> edges;
};

/// Inputs are drawn anew for each step, the same ones for every variant.
Outcome runProgram(const CompiledProgram &program, const Variant &variant, uint64_t seed, bool judges);

} // namespace neap::test

#endif
