// `neap compile MODEL.onnx ... -o NAME`.
#include "neap/compiler/driver/Diagnostics.h"
#include "neap/tools/neap/CommandLine.h"
#include "neap/tools/neap/Commands.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace neap;

static ExitCode run() {
  if (printStages) {
    for (const Stage &stage : getStages())
      llvm::outs() << llvm::left_justify(stage.name, 12) << stage.description << "\n";
    return ExitCode::Ok;
  }
  CompileOptions options;
  if (llvm::Error error = readCommandLine(options)) {
    printError(llvm::toString(std::move(error)));
    return ExitCode::Usage;
  }
  return compile(options);
}

Command neap::compileCommand() { return {&compileCommandLine(), run}; }
