// `neap calibrate`: measures this machine's CPU, or with --target cuda and a model what its products take on a card.
#include "neap/compiler/calibrate/CalibrateCpu.h"
#include "neap/compiler/driver/Diagnostics.h"
#include "neap/passes/costs/MachineProfile.h"
#include "neap/runtime/files/File.h"
#include "neap/tools/neap/CalibrateProgram.h"
#include "neap/tools/neap/CommandLine.h"
#include "neap/tools/neap/Commands.h"
#include "neap/tools/neap/MachineProfileFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

namespace cl = llvm::cl;
using namespace neap;

static cl::opt<std::string> device("device", cl::desc("cuda: where to measure: cuda, or sim to try out the way"),
                                   cl::init("cuda"), cl::value_desc("cuda|sim"), cl::sub(calibrateCommandLine()));
static cl::opt<std::string>
    offloadFolder("offload-dir", cl::desc("cpu: measure far memory too: the folder that programs will keep it in"),
                  cl::value_desc("DIR"), cl::sub(calibrateCommandLine()));
static cl::opt<double> seconds("seconds", cl::desc("cpu: time to measure for (20)"), cl::init(20),
                               cl::sub(calibrateCommandLine()));

static ExitCode fail(ExitCode code, const llvm::Twine &message) {
  printError(message.str());
  return code;
}

/// Shows how far things are: on a terminal one line that changes, else a line for each kind of thing.
class CalibrationProgress {
public:
  void show(llvm::StringRef what, double share) {
    bool isTerminal = llvm::sys::Process::StandardErrIsDisplayed();
    if (isTerminal)
      llvm::errs() << llvm::formatv("\r\033[K{0} {1:f0} %", what, 100 * share);
    else if (what != last)
      llvm::errs() << what << "\n";
    last = what.str();
  }
  ~CalibrationProgress() {
    if (llvm::sys::Process::StandardErrIsDisplayed() && !last.empty())
      llvm::errs() << "\r\033[K";
  }

private:
  std::string last;
};

static void printCosts(const planning::CpuCosts &costs, llvm::StringRef path) {
  auto giga = [](double rate) { return llvm::formatv("{0:f1}", rate / 1e9).str(); };
  llvm::outs() << costs.model << ", " << costs.threads << " threads, vectors of " << costs.lanes << "\n"
               << "matrix products  " << giga(2 / costs.multiplyAddSeconds) << " GFLOP/s in register tiles\n"
               << "memory           " << giga(costs.memory.back().bytesPerSecond) << " GB/s, "
               << giga(costs.memory.front().bytesPerSecond) << " in caches\n"
               << "launch           " << llvm::formatv("{0:f1}", costs.launchSeconds * 1e6) << " us\n";
  if (costs.spillWriteRate > 0)
    llvm::outs() << "far memory       " << giga(costs.spillWriteRate) << " GB/s out, " << giga(costs.spillReadRate)
                 << " in, both at once\n";
  llvm::outs() << "wrote " << path << "\n";
}

/// Writes the profile, whole or not at all.
static ExitCode writeProfile(const planning::CpuCosts &costs, const std::string &path) {
  std::string text = llvm::formatv("{0:2}\n", llvm::json::Value(describeMachineProfile(costs)));
  try {
    files::Replacement file(path);
    file.file().append(text.data(), text.size());
    file.commit();
  } catch (const files::Error &error) {
    return fail(ExitCode::OutputUnwritable, error.what());
  }
  printCosts(costs, path);
  return ExitCode::Ok;
}

static ExitCode calibrateMachine(std::string path) {
  if (!(seconds > 0 && seconds <= 3600))
    return fail(ExitCode::Usage, "--seconds: expected a number above 0 and up to 3600, got " +
                                     llvm::formatv("{0}", double(seconds)).str());
  if (path.empty())
    path = findDefaultProfilePath();
  if (path.empty())
    return fail(ExitCode::Usage, "expected -o FILE: there is no folder for a user's configuration here");
  llvm::StringRef folder = llvm::sys::path::parent_path(path);
  if (std::error_code code = folder.empty() ? std::error_code() : llvm::sys::fs::create_directories(folder))
    return fail(ExitCode::OutputUnwritable, "cannot make " + folder + ": " + code.message());
  llvm::Expected<planning::CpuCosts> costs = [&] {
    CalibrationProgress progress;
    return calibrate::calibrateCpu({offloadFolder, seconds},
                                   [&](llvm::StringRef what, double share) { progress.show(what, share); });
  }();
  if (!costs)
    return fail(ExitCode::Usage, llvm::toString(costs.takeError()));
  return writeProfile(*costs, path);
}

/// Compiles a program that leaves to the library whatever that can do, and lets it measure itself.
static ExitCode calibrateModel() {
  CompileOptions options;
  if (llvm::Error error = readCommandLine(options))
    return fail(ExitCode::Usage, llvm::toString(std::move(error)));
  const StageOptions &stages = options.stages;
  if (stages.fuse.operators.matrixProducts != MatrixProducts::Library)
    return fail(ExitCode::Usage,
                "calibrate: expected --target cuda and products for a library: there is nothing else to choose");
  options.stages.fuse.operators.libraryDepth = 1;
  return calibrateProgram(options, options.output, device);
}

static ExitCode run() {
  if (llvm::Error error = checkCalibration())
    return fail(ExitCode::Usage, llvm::toString(std::move(error)));
  return isForCpu() ? calibrateMachine(getOutputName()) : calibrateModel();
}

Command neap::calibrateCommand() { return {&calibrateCommandLine(), run}; }
