// POSIX calls behind File and Replacement.
#include "neap/runtime/files/File.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace neap::files {

namespace {

/// The most one read or write call is asked for: Linux transfers at most 2 GiB - 4 KiB at a time.
constexpr uint64_t maxTransfer = uint64_t(1) << 30;

/// Names of temporary files alive, for removeTemporaryFiles(). More than these are not removed by a signal.
std::array<std::atomic<const char *>, 8> temporaryNames;

void registerTemporary(const char *name) {
  for (auto &entry : temporaryNames) {
    const char *expected = nullptr;
    if (entry.compare_exchange_strong(expected, name))
      return;
  }
}

void unregisterTemporary(const char *name) {
  for (auto &entry : temporaryNames) {
    const char *expected = name;
    if (entry.compare_exchange_strong(expected, nullptr))
      return;
  }
}

std::string parentFolder(const std::string &path) {
  size_t slash = path.rfind('/');
  if (slash == std::string::npos)
    return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

void syncFolder(const std::string &folder) {
  int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    throw Error(folder, "open folder", errno);
  int result;
  do
    result = ::fsync(descriptor);
  while (result != 0 && errno == EINTR);
  int code = errno;
  ::close(descriptor);
  // Some file systems cannot sync a folder; the rename is as safe there as it gets.
  if (result != 0 && code != EINVAL)
    throw Error(folder, "sync folder", code);
}

/// Opens the temporary file of `path`; one left by a killed process of the same id is replaced.
File createTemporary(const std::string &path) {
  struct stat status;
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    throw Error(path + ": cannot replace: not a regular file");
  std::string name = path + ".partial-" + std::to_string(::getpid());
  ::unlink(name.c_str());
  return File::createNew(name);
}

} // namespace

Error::Error(const std::string &path, const std::string &operation, int code)
    : std::runtime_error(path + ": cannot " + operation + ": " + std::strerror(code)) {}

File File::open(const std::string &path, int flags, const char *operation) {
  int descriptor;
  do
    descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0)
    throw Error(path, operation, errno);
  return File(path, descriptor);
}

File File::openForReading(const std::string &path) {
  // Without O_NONBLOCK, opening a pipe waits for a writer.
  File file = open(path, O_RDONLY | O_NONBLOCK, "open");
  struct stat status;
  if (::fstat(file.descriptor_, &status) != 0)
    throw Error(path, "open", errno);
  if (!S_ISREG(status.st_mode))
    throw Error(path + ": cannot open: not a regular file");
  return file;
}

File File::openForWriting(const std::string &path) { return open(path, O_WRONLY | O_CREAT | O_TRUNC, "write"); }

File File::createNew(const std::string &path) { return open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, "create"); }

File::File(File &&other) noexcept : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

File::~File() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

uint64_t File::size() const {
  struct stat status;
  if (::fstat(descriptor_, &status) != 0)
    throw Error(path_, "read size", errno);
  return uint64_t(status.st_size);
}

void File::readAt(uint64_t offset, void *buffer, uint64_t bytes) const {
  auto *at = static_cast<std::byte *>(buffer);
  while (bytes > 0) {
    ssize_t got = ::pread(descriptor_, at, std::min(bytes, maxTransfer), off_t(offset));
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      throw Error(path_, "read", errno);
    if (got == 0)
      throw Error(path_ + ": cannot read: the file ends at byte " + std::to_string(offset));
    at += got, offset += uint64_t(got), bytes -= uint64_t(got);
  }
}

void File::writeAt(uint64_t offset, const void *data, uint64_t bytes) {
  auto *at = static_cast<const std::byte *>(data);
  while (bytes > 0) {
    ssize_t put = ::pwrite(descriptor_, at, std::min(bytes, maxTransfer), off_t(offset));
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      throw Error(path_, "write", errno);
    at += put, offset += uint64_t(put), bytes -= uint64_t(put);
  }
}

void File::append(const void *data, uint64_t bytes) {
  auto *at = static_cast<const std::byte *>(data);
  while (bytes > 0) {
    ssize_t put = ::write(descriptor_, at, std::min(bytes, maxTransfer));
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      throw Error(path_, "write", errno);
    at += put, bytes -= uint64_t(put);
  }
}

void File::truncate(uint64_t bytes) {
  if (::ftruncate(descriptor_, off_t(bytes)) != 0)
    throw Error(path_, "truncate", errno);
}

void File::reserve(uint64_t bytes) {
  int result = bytes == 0 ? 0 : ::fallocate(descriptor_, 0, 0, off_t(bytes));
  if (result != 0 && errno != EOPNOTSUPP && errno != ENOSYS && errno != EINTR)
    throw Error(path_, "reserve " + std::to_string(bytes) + " bytes", errno);
}

void File::sync() {
  int result;
  do
    result = ::fsync(descriptor_);
  while (result != 0 && errno == EINTR);
  if (result != 0)
    throw Error(path_, "sync", errno);
}

Replacement::Replacement(std::string path) : path_(std::move(path)), file_(createTemporary(path_)) {
  registerTemporary(file_.path().c_str());
}

Replacement::~Replacement() {
  unregisterTemporary(file_.path().c_str());
  if (!committed_)
    ::unlink(file_.path().c_str());
}

void Replacement::commit() {
  file_.sync();
  if (::rename(file_.path().c_str(), path_.c_str()) != 0)
    throw Error(path_, "replace", errno);
  committed_ = true;
  syncFolder(parentFolder(path_));
}

void removeTemporaryFiles() noexcept {
  for (auto &entry : temporaryNames)
    if (const char *name = entry.load())
      ::unlink(name);
}

} // namespace neap::files
