// A program that measures itself.
#pragma once

#include "neap/compiler/driver/Compile.h"

namespace neap {

/// Compiles to a temporary folder, runs the program with `--calibrate profile` on `device` (cuda or sim), and removes it. The exit
/// code is that of whichever failed; messages are printed.
ExitCode calibrateProgram(CompileOptions options, llvm::StringRef profile, llvm::StringRef device);

} // namespace neap
