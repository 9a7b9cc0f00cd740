// The `neap` program: finds the subcommand and runs it. The commands themselves are in the files beside this one.
#include "neap/compiler/driver/Diagnostics.h"
#include "neap/tools/neap/Commands.h"

#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

using namespace neap;

static constexpr char overview[] = "Neap compiles an exported ONNX model into a training program.\n";

namespace {
/// Keeps what is written to stderr while it lives: llvm::cl reports wrong values there, whatever stream it was given.
class CapturedErrors {
public:
  CapturedErrors() : stderrCopy(dup(STDERR_FILENO)), file(memfd_create("errors", MFD_CLOEXEC)) {
    dup2(file, STDERR_FILENO);
  }
  ~CapturedErrors() {
    close(file);
    close(stderrCopy);
  }
  /// What was written; from now on stderr is itself again.
  std::string take() {
    dup2(stderrCopy, STDERR_FILENO);
    std::string text(std::max<off_t>(lseek(file, 0, SEEK_END), 0), '\0');
    text.resize(std::max<ssize_t>(pread(file, text.data(), text.size(), 0), 0));
    return text;
  }

private:
  int stderrCopy, file;
};
} // namespace

/// Parses the command line; llvm::cl's messages start with the program's name, ours with `error:`.
static bool parse(int argc, char **argv) {
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  CapturedErrors errors;
  bool isRight = llvm::cl::ParseCommandLineOptions(argc, argv, overview, &stream);
  messages += errors.take();
  if (isRight) {
    llvm::errs() << messages;
    return true;
  }
  llvm::StringRef text(messages);
  text.consume_front("neap: ");
  printError(text.rtrim());
  return false;
}

/// Where LLVM cannot go on and blames its input, it exits with a code of its own. Aborting is a crash like any other, which
/// leaves a reproducer.
static void giveUp(void *, const char *reason, bool) {
  printError("LLVM: " + llvm::StringRef(reason).rtrim().str());
  std::abort();
}

static std::vector<std::string> arguments;
const std::vector<std::string> &neap::commandLine() { return arguments; }

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  llvm::install_fatal_error_handler(giveUp);
  std::signal(SIGXFSZ, SIG_IGN); // a file that may not grow is an error of whoever writes it, like a full disk
  arguments.assign(argv + 1, argv + argc);
  const Command commands[] = {calibrateCommand(), compileCommand(), exportWeightsCommand(), inspectCommand(),
                              opsCommand(),       planCommand(),    rooflineCommand()};
  if (!parse(argc, argv))
    return static_cast<int>(ExitCode::Usage);
  for (const Command &command : commands)
    if (*command.options)
      return static_cast<int>(command.run());
  printError("expected a command; `neap --help` lists them");
  return static_cast<int>(ExitCode::Usage);
}
