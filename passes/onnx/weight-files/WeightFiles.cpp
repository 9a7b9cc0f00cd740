// openat2 does the work; where the kernel lacks it, every component is opened with O_NOFOLLOW.
#include "neap/passes/onnx/weight-files/WeightFiles.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/Path.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

using namespace llvm;
using namespace neap::weights;

namespace {

// O_NONBLOCK keeps a fifo from stopping us before we have seen that it is one.
constexpr int readFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

struct Descriptor {
  int value;
  explicit Descriptor(int value) : value(value) {}
  Descriptor(const Descriptor &) = delete;
  ~Descriptor() {
    if (value >= 0)
      ::close(value);
  }
  int release() { return std::exchange(value, -1); }
};

Error failure(const Twine &message) { return createStringError(inconvertibleErrorCode(), message); }

Error systemFailure(StringRef path, int code) { return failure("cannot open '" + path + "': " + sys::StrError(code)); }

int openComponents(int folder, StringRef name) {
  SmallVector<StringRef> parts;
  name.split(parts, '/', -1, /*KeepEmpty=*/false);
  Descriptor current(::dup(folder));
  for (auto [index, part] : enumerate(parts)) {
    bool last = index + 1 == parts.size();
    int next = ::openat(current.value, part.str().c_str(), readFlags | O_NOFOLLOW | (last ? 0 : O_DIRECTORY));
    if (next < 0)
      return -1;
    ::close(current.release());
    current.value = next;
  }
  return current.release();
}

int openWithoutLinks(int folder, StringRef name) {
  open_how how = {};
  how.flags = readFlags;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  int result = static_cast<int>(::syscall(SYS_openat2, folder, name.str().c_str(), &how, sizeof how));
  if (result >= 0 || (errno != ENOSYS && errno != EPERM && errno != EINVAL))
    return result;
  return openComponents(folder, name);
}

Error checkName(StringRef name) {
  if (name.empty() || name.contains('\0'))
    return failure("expected the name of a file, got '" + name + "'");
  if (sys::path::is_absolute(name))
    return failure("expected a file in the model's folder, got the absolute path '" + name + "'");
  for (StringRef part : split(name, '/'))
    if (part == "..")
      return failure("expected a file in the model's folder, got '" + name + "', which leaves it");
  return Error::success();
}

Expected<File> adopt(Descriptor &descriptor, StringRef path, bool allowHardLinks) {
  struct stat status;
  if (::fstat(descriptor.value, &status) != 0)
    return systemFailure(path, errno);
  if (!S_ISREG(status.st_mode))
    return failure("expected a regular file, got '" + path + "', which is none");
  if (!allowHardLinks && status.st_nlink > 1)
    return failure("expected a file of the model's own, got '" + path +
                   "', which is a hard link; --trust-external-links accepts it");
  return File(descriptor.release(), static_cast<uint64_t>(status.st_size));
}

} // namespace

File::File(File &&other) noexcept : descriptor(std::exchange(other.descriptor, -1)), bytes(other.bytes) {}

File &File::operator=(File &&other) noexcept {
  std::swap(descriptor, other.descriptor);
  std::swap(bytes, other.bytes);
  return *this;
}

File::~File() {
  if (descriptor >= 0)
    ::close(descriptor);
}

Error File::read(uint64_t offset, MutableArrayRef<char> target) const {
  while (!target.empty()) {
    ssize_t got = ::pread(descriptor, target.data(), target.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return failure("cannot read: " + sys::StrError(errno));
    if (got == 0)
      return failure("expected " + Twine(target.size()) + " more bytes at " + Twine(offset) +
                     ", got the end of the file");
    target = target.drop_front(static_cast<size_t>(got));
    offset += static_cast<uint64_t>(got);
  }
  return Error::success();
}

Expected<File> neap::weights::openModel(StringRef path) {
  Descriptor descriptor(::open(path.str().c_str(), readFlags));
  if (descriptor.value < 0)
    return systemFailure(path, errno);
  return adopt(descriptor, path, /*allowHardLinks=*/true);
}

Expected<File> neap::weights::openBeneath(StringRef folder, StringRef name, bool trustLinks) {
  if (Error error = checkName(name))
    return std::move(error);
  Descriptor directory(::open(folder.empty() ? "." : folder.str().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.value < 0)
    return systemFailure(folder, errno);
  Descriptor descriptor(trustLinks ? ::openat(directory.value, name.str().c_str(), readFlags)
                                   : openWithoutLinks(directory.value, name));
  if (descriptor.value < 0 && (errno == ELOOP || errno == EXDEV))
    return failure("expected a file in the model's folder, got '" + name +
                   "', which is a symbolic link; --trust-external-links follows it");
  if (descriptor.value < 0)
    return systemFailure(name, errno);
  return adopt(descriptor, name, trustLinks);
}

std::string neap::weights::pathBeside(StringRef modelPath, StringRef name) {
  SmallString<128> path(sys::path::parent_path(modelPath));
  sys::path::append(path, name);
  return path.str().str();
}

Expected<const File *> Files::open(StringRef name) {
  if (auto found = files.find(name); found != files.end())
    return &found->second;
  Expected<File> file =
      name.empty() ? openModel(modelPath) : openBeneath(sys::path::parent_path(modelPath), name, trustLinks);
  if (!file)
    return file.takeError();
  return &files.try_emplace(name, std::move(*file)).first->second;
}
