// The options of all commands that compile a model: compile, calibrate, plan.
#pragma once

#include "neap/compiler/driver/Compile.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Error.h"

namespace neap {

/// The subcommands that these options belong to. Functions, because options of other files register with them before main.
llvm::cl::SubCommand &compileCommandLine();
llvm::cl::SubCommand &calibrateCommandLine();
llvm::cl::SubCommand &planCommandLine();

/// `neap compile --print-stages`, which needs nothing else.
extern llvm::cl::opt<bool> printStages;

/// Fills the options from what was typed; an error is a sentence for the user. Of a plan, nothing is written (`output` is
/// empty), and the memory stage is the last.
llvm::Error readCommandLine(CompileOptions &options);

/// Of `neap calibrate`: whether it is for the CPU, and the file of -o, if it was named.
bool isForCpu();
std::string getOutputName();
/// Whether everything that was typed after `calibrate` goes with its target; an error is a sentence for the user.
llvm::Error checkCalibration();

} // namespace neap
