// The `neap` program: finds the subcommand and runs it. The commands themselves are in the files beside this one.
#include "neap/compiler/driver/Diagnostics.h"
#include "neap/tools/neap/Commands.h"

#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

using namespace neap;

static constexpr char overview[] = "Neap compiles an exported ONNX model into a training program.\n";

/// Parses the command line; llvm::cl's messages start with the program's name, ours with `error:`.
static bool parse(int argc, char **argv) {
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  if (llvm::cl::ParseCommandLineOptions(argc, argv, overview, &stream))
    return true;
  llvm::StringRef text(messages);
  text.consume_front("neap: ");
  printError(text.rtrim());
  return false;
}

static std::vector<std::string> arguments;
const std::vector<std::string> &neap::commandLine() { return arguments; }

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  arguments.assign(argv + 1, argv + argc);
  const Command commands[] = {compileCommand(), exportWeightsCommand(), inspectCommand(), opsCommand()};
  if (!parse(argc, argv))
    return static_cast<int>(ExitCode::Usage);
  for (const Command &command : commands)
    if (*command.options)
      return static_cast<int>(command.run());
  printError("expected a command; `neap --help` lists them");
  return static_cast<int>(ExitCode::Usage);
}
