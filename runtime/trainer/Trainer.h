// A training run from its options to its exit code.
#ifndef NEAP_RUNTIME_TRAINER_TRAINER_H
#define NEAP_RUNTIME_TRAINER_TRAINER_H

#include "neap/runtime/program/Failure.h"
#include "neap/runtime/trainer/Options.h"

namespace neap::runtime {

/// Trains `program`. Everything that can be wrong with files and options is found before the first step.
/// Returns Ok, or Stopped after a signal; throws Failure, files::Error, safetensors::Error or std::system_error.
ExitCode train(const neap_program &program, const Manifest &manifest, const Options &options);

} // namespace neap::runtime

#endif
