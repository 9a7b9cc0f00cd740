// `neap calibrate MODEL.onnx ... -o PROFILE`.
#include "neap/compiler/driver/Diagnostics.h"
#include "neap/tools/neap/CalibrateProgram.h"
#include "neap/tools/neap/CommandLine.h"
#include "neap/tools/neap/Commands.h"

namespace cl = llvm::cl;
using namespace neap;

static cl::opt<std::string> device("device", cl::desc("Where to measure: cuda, or sim to try out the way"),
                                   cl::init("cuda"), cl::value_desc("cuda|sim"), cl::sub(calibrateCommandLine()));

/// Compiles a program that leaves to the library whatever that can do, and lets it measure itself.
static ExitCode calibrate() {
  CompileOptions options;
  if (llvm::Error error = readCommandLine(options)) {
    printError(llvm::toString(std::move(error)));
    return ExitCode::Usage;
  }
  const StageOptions &stages = options.stages;
  if (stages.lower.kernels.device != lower::Device::Cuda ||
      stages.fuse.operators.matrixProducts != MatrixProducts::Library) {
    printError("calibrate: expected --target cuda and products for a library: there is nothing else to choose");
    return ExitCode::Usage;
  }
  options.stages.fuse.operators.libraryDepth = 1;
  return calibrateProgram(options, options.output, device);
}

Command neap::calibrateCommand() { return {&calibrateCommandLine(), calibrate}; }
