// Runs ptxas between temporary files.
#include "neap/compiler/emit/Ptxas.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"

using namespace llvm;

namespace neap::emit {
namespace {

/// A file for a program to read or write, gone with this object.
class ScratchFile {
public:
  explicit ScratchFile(StringRef suffix)
      : code(sys::fs::createTemporaryFile("neap-ptxas", suffix, path)), remover(path) {}

  Error write(StringRef text) const {
    std::error_code opened = code;
    if (opened)
      return errorCodeToError(opened);
    raw_fd_ostream stream(path, opened);
    stream << text;
    stream.close();
    opened = stream.error();
    stream.clear_error();
    return errorCodeToError(opened);
  }
  std::string read() const {
    auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    return buffer ? (*buffer)->getBuffer().str() : std::string();
  }
  StringRef name() const { return path; }

private:
  SmallString<128> path;
  std::error_code code;
  FileRemover remover;
};

/// The number that stands before `unit` in a line; 0 if it is not there.
int64_t countBefore(StringRef line, StringRef unit) {
  size_t at = line.find((" " + unit).str());
  int64_t count = 0;
  if (at != StringRef::npos)
    line.take_front(at).rsplit(' ').second.getAsInteger(10, count);
  return count;
}

} // namespace

std::string findPtxas() {
  if (auto found = sys::findProgramByName("ptxas"))
    return *found;
  SmallVector<std::string> folders{"/usr/local/cuda/bin"};
  if (auto home = sys::Process::GetEnv("CUDA_HOME"))
    folders.insert(folders.begin(), *home + "/bin");
  for (const std::string &folder : folders)
    if (auto found = sys::findProgramByName("ptxas", {folder}))
      return *found;
  return {};
}

StringMap<KernelResources> parsePtxasReport(StringRef report) {
  StringMap<KernelResources> kernels;
  SmallVector<StringRef> lines;
  report.split(lines, '\n');
  KernelResources *current = nullptr;
  for (StringRef line : lines) {
    if (line.contains("Compiling entry function '"))
      current = &kernels[line.split('\'').second.split('\'').first];
    if (!current)
      continue;
    current->spillBytes += countBefore(line, "bytes spill stores") + countBefore(line, "bytes spill loads");
    current->registers += countBefore(line, "registers");
    current->sharedBytes += countBefore(line, "bytes smem");
  }
  return kernels;
}

Expected<Assembly> assemblePtx(StringRef ptx, StringRef architecture, StringRef ptxas) {
  ScratchFile input("ptx"), output("cubin"), messages("txt");
  if (Error error = input.write(ptx))
    return std::move(error);
  std::string option = ("-arch=" + architecture).str();
  StringRef arguments[] = {ptxas, option, "-v", "-o", output.name(), input.name()};
  std::optional<StringRef> redirects[] = {std::nullopt, messages.name(), messages.name()};
  std::string failure;
  int status = sys::ExecuteAndWait(ptxas, arguments, std::nullopt, redirects, 0, 0, &failure);
  std::string said = messages.read();
  if (status != 0)
    return createStringError(failure.empty() ? StringRef(said).rtrim() : StringRef(failure));
  return Assembly{output.read(), parsePtxasReport(said)};
}

} // namespace neap::emit
