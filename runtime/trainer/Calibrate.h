// `--calibrate FILE`: times the choices that a device leaves to the compiler, and writes what `neap compile --profile` reads.
#ifndef NEAP_RUNTIME_TRAINER_CALIBRATE_H
#define NEAP_RUNTIME_TRAINER_CALIBRATE_H

#include "neap/runtime/program/Failure.h"
#include "neap/runtime/trainer/Options.h"

namespace neap::runtime {

/// Throws Failure, or files::Error; an older profile is then untouched. docs/reference/profile.md has the format.
ExitCode calibrate(const neap_program &program, const Manifest &manifest, const Options &options);

} // namespace neap::runtime

#endif
