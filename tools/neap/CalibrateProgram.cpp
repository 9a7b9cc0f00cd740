// Compile, run, remove.
#include "neap/tools/neap/CalibrateProgram.h"

#include "neap/compiler/driver/Diagnostics.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Program.h"

using namespace neap;

namespace {
/// A folder that is gone at the end.
class TemporaryFolder {
public:
  TemporaryFolder() { error = llvm::sys::fs::createUniqueDirectory("neap-calibrate", path); }
  ~TemporaryFolder() {
    if (!error)
      llvm::sys::fs::remove_directories(path);
  }
  llvm::SmallString<128> path;
  std::error_code error;
};
} // namespace

ExitCode neap::calibrateProgram(CompileOptions options, llvm::StringRef profile, llvm::StringRef device) {
  TemporaryFolder folder;
  if (folder.error) {
    printError("cannot make a temporary folder: " + folder.error.message());
    return ExitCode::OutputUnwritable;
  }
  options.output = (folder.path + "/program").str();
  options.quiet = true;
  if (ExitCode code = compile(options); code != ExitCode::Ok)
    return code;
  std::string message;
  int code = llvm::sys::ExecuteAndWait(options.output, {options.output, "--calibrate", profile, "--device", device},
                                       std::nullopt, {}, 0, 0, &message);
  if (code < 0) {
    printError("the program that measures itself: " + message);
    return ExitCode::DeviceFault;
  }
  return static_cast<ExitCode>(code);
}
