// Runs the C++ compiler driver found at configure time.
#include "neap/compiler/emit/Link.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

using namespace llvm;

static Error makeError(const Twine &message) { return createStringError(inconvertibleErrorCode(), message); }

/// BIN/../lib/NAME, BIN being where this program is.
static Expected<std::string> findArchive(StringRef name) {
  std::string self = sys::fs::getMainExecutable(nullptr, reinterpret_cast<void *>(&findArchive));
  SmallString<256> path(sys::path::parent_path(sys::path::parent_path(self)));
  sys::path::append(path, "lib", name);
  if (!sys::fs::exists(path))
    return makeError("cannot find the runtime library at " + path);
  return std::string(path);
}

/// What the linker says of errors, without the stack of a linker that crashed; everything if it says nothing of errors.
static std::string findErrors(StringRef messages) {
  SmallVector<StringRef> lines;
  messages.rtrim().split(lines, '\n');
  std::string errors = join(make_filter_range(lines, [](StringRef line) { return line.contains("error: "); }), "\n");
  // lld maps the file that it writes.
  if (StringRef(errors).contains("due to signal"))
    errors += "\nnote: a full disk does this to the linker";
  return errors.empty() ? messages.rtrim().str() : errors;
}

/// Runs the linker; its messages become the error.
static Error runLinker(ArrayRef<StringRef> options) {
  ErrorOr<std::string> linker = sys::findProgramByName(NEAP_LINKER);
  if (!linker)
    return makeError("cannot find " NEAP_LINKER ", which links training binaries");
  int descriptor;
  SmallString<128> messages;
  if (std::error_code code = sys::fs::createTemporaryFile("neap-link", "txt", descriptor, messages))
    return errorCodeToError(code);
  sys::fs::closeFile(descriptor);

  SmallVector<StringRef> arguments{*linker, "-fuse-ld=lld"};
  llvm::append_range(arguments, options);
  std::optional<StringRef> redirects[] = {std::nullopt, messages.str(), messages.str()};
  std::string failure;
  int status = sys::ExecuteAndWait(*linker, arguments, std::nullopt, redirects, 0, 0, &failure);
  auto text = MemoryBuffer::getFile(messages);
  sys::fs::remove(messages);
  if (status == 0)
    return Error::success();
  return makeError("linking failed: " + (failure.empty() && text ? findErrors((*text)->getBuffer()) : failure));
}

Error neap::emit::linkProgram(StringRef object, StringRef output) {
  Expected<std::string> runtime = findArchive("libneap_runtime.a");
  if (!runtime)
    return runtime.takeError();
  Expected<std::string> simulator = findArchive("libneap_sim.a");
  if (!simulator)
    return simulator.takeError();
  SmallVector<StringRef> options{"-static-libstdc++",
                                 "-static-libgcc",
                                 "-Wl,--gc-sections",
                                 object,
                                 *runtime,
                                 *simulator,
                                 "-lpthread",
                                 "-o",
                                 output};
  // The runtime of a sanitizer build needs the sanitizers' own.
  constexpr StringRef sanitize = "-fsanitize=" NEAP_SANITIZE;
  if (!sanitize.ends_with("="))
    options.push_back(sanitize);
  return runLinker(options);
}

Error neap::emit::linkLibrary(StringRef object, StringRef output) {
  return runLinker({"-shared", "-nostdlib", object, "-o", output});
}
