// The subcommands of `neap`. Each file of this folder defines one: its options, as globals, and the function that runs it.
#pragma once

#include "neap/compiler/driver/ExitCode.h"

#include "llvm/Support/CommandLine.h"

namespace neap {

struct Command {
  llvm::cl::SubCommand *options;
  ExitCode (*run)();
};

Command exportWeightsCommand();
Command opsCommand();

} // namespace neap
