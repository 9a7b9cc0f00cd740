// The subcommands of `neap`. Each file of this folder defines one: its options, as globals, and the function that runs it.
#pragma once

#include "neap/compiler/driver/ExitCode.h"

#include "llvm/Support/CommandLine.h"

#include <string>
#include <vector>

namespace neap {

struct Command {
  llvm::cl::SubCommand *options;
  ExitCode (*run)();
};

Command calibrateCommand();
Command compileCommand();
Command exportWeightsCommand();
Command inspectCommand();
Command opsCommand();
Command planCommand();
Command rooflineCommand();

/// The arguments after the program's name.
const std::vector<std::string> &commandLine();

} // namespace neap
