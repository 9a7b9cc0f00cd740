// System calls behind SpillFile. Lengths that are no multiple of a block end in a block of their own, which passes through the
// stack: memory behind the data belongs to others.
#include "neap/runtime/files/SpillFile.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace neap::files {

namespace {

/// The most that one call transfers. Larger ones are hardly faster; docs/design/0012 has the figures.
constexpr uint64_t callBytes = uint64_t(4) << 20;

constexpr uint64_t wholeBlocks(uint64_t bytes) { return bytes / SpillFile::blockBytes * SpillFile::blockBytes; }

struct alignas(SpillFile::blockBytes) Block {
  std::byte bytes[SpillFile::blockBytes];
};

/// Not every file system can create a file without a name; there, the name goes at once.
int openUnnamed(const std::string &folder) {
  int descriptor;
  do
    descriptor = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  while (descriptor < 0 && errno == EINTR);
  if (descriptor >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
    return descriptor;
  std::string name = folder + "/.neap-spill-XXXXXX";
  descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor >= 0)
    ::unlink(name.c_str());
  return descriptor;
}

/// Room as a user who is not root has it; nothing where the file system does not tell.
std::string describeRoom(int descriptor) {
  struct statvfs status;
  if (::fstatvfs(descriptor, &status) != 0)
    return "";
  return "; " + std::to_string(uint64_t(status.f_bavail) * status.f_frsize) + " bytes are free there";
}

std::string describeTransfer(const char *verb, uint64_t offset, uint64_t bytes) {
  return std::string(verb) + " " + std::to_string(bytes) + " bytes at byte " + std::to_string(offset) +
         " of the file for far memory";
}

/// Repeats `call(done)`, which transfers some of the bytes behind the first `done`, until all of `bytes` whole blocks are
/// transferred. Returns 0, or what errno says.
template <class Call> int transferAll(uint64_t bytes, Call call) {
  int empty = 0;
  for (uint64_t done = 0; done < bytes;) {
    ssize_t count = call(done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return errno;
    // Direct I/O cannot go on in the middle of a block; such a block is transferred once more. One that never comes through
    // is an error of the disk.
    uint64_t blocks = wholeBlocks(uint64_t(count));
    empty = blocks == 0 ? empty + 1 : 0;
    if (empty == 3)
      return EIO;
    done += blocks;
  }
  return 0;
}

} // namespace

SpillFile::SpillFile(std::string folder, uint64_t bytes)
    : folder_(std::move(folder)), descriptor_(openUnnamed(folder_)) {
  if (descriptor_ < 0)
    throw Error(folder_, "create a file for far memory", errno);
  try {
    reserve((bytes + blockBytes - 1) / blockBytes * blockBytes);
    isDirect_ = tryDirect();
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

SpillFile::~SpillFile() { ::close(descriptor_); }

/// Before direct I/O is on: where the file system cannot reserve, libc writes a byte of each block instead.
void SpillFile::reserve(uint64_t bytes) {
  int result;
  do
    result = bytes == 0 || ::fallocate(descriptor_, 0, 0, off_t(bytes)) == 0 ? 0 : errno;
  while (result == EINTR);
  if (result == EOPNOTSUPP || result == ENOSYS)
    result = ::posix_fallocate(descriptor_, 0, off_t(bytes));
  if (result == 0)
    return;
  std::string what =
      folder_ + ": cannot reserve " + std::to_string(bytes) + " bytes for far memory: " + std::strerror(result);
  if (result == ENOSPC || result == EDQUOT)
    throw NoRoom(what + describeRoom(descriptor_));
  if (result == EFBIG)
    throw NoRoom(what + " (for the file system, or by ulimit -f)");
  throw Error(what);
}

/// Some file systems take the flag and refuse every transfer, so one is tried: zeros, which are there already.
bool SpillFile::tryDirect() {
  int flags = ::fcntl(descriptor_, F_GETFL);
  if (flags < 0 || ::fcntl(descriptor_, F_SETFL, flags | O_DIRECT) != 0)
    return false;
  static const Block zeros{};
  auto writeOne = [&](uint64_t) { return ::pwrite(descriptor_, zeros.bytes, blockBytes, 0); };
  int result = transferAll(blockBytes, writeOne);
  if (result == 0)
    return true;
  if (result != EINVAL)
    throw Error(folder_, describeTransfer("write", 0, blockBytes), result);
  ::fcntl(descriptor_, F_SETFL, flags);
  return false;
}

void SpillFile::write(uint64_t offset, const std::byte *data, uint64_t bytes) {
  uint64_t whole = wholeBlocks(bytes);
  writeBlocks(offset, data, whole);
  if (whole == bytes)
    return;
  Block last{};
  std::memcpy(last.bytes, data + whole, bytes - whole);
  writeBlocks(offset + whole, last.bytes, blockBytes);
}

void SpillFile::read(uint64_t offset, std::byte *target, uint64_t bytes) const {
  uint64_t whole = wholeBlocks(bytes);
  readBlocks(offset, target, whole);
  if (whole == bytes)
    return;
  Block last;
  readBlocks(offset + whole, last.bytes, blockBytes);
  std::memcpy(target + whole, last.bytes, bytes - whole);
}

void SpillFile::writeBlocks(uint64_t offset, const std::byte *data, uint64_t bytes) {
  auto writeSome = [&](uint64_t done) {
    uint64_t count = std::min(bytes - done, callBytes);
    ssize_t written = ::pwrite(descriptor_, data + done, count, off_t(offset + done));
    if (written > 0 && !isDirect_)
      writeBack(offset + done, uint64_t(written));
    return written;
  };
  if (int result = transferAll(bytes, writeSome))
    throw Error(folder_, describeTransfer("write", offset, bytes), result);
}

void SpillFile::readBlocks(uint64_t offset, std::byte *target, uint64_t bytes) const {
  auto readSome = [&](uint64_t done) {
    uint64_t count = std::min(bytes - done, callBytes);
    ssize_t got = ::pread(descriptor_, target + done, count, off_t(offset + done));
    if (got > 0 && !isDirect_)
      dropCached(offset + done, uint64_t(got));
    return got;
  };
  if (int result = transferAll(bytes, readSome))
    throw Error(folder_, describeTransfer("read", offset, bytes), result);
}

/// Pages can be dropped once they are on the disk. An error of the disk shows here rather than in pwrite.
void SpillFile::writeBack(uint64_t offset, uint64_t bytes) const {
  constexpr unsigned all = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  int result = ::sync_file_range(descriptor_, off_t(offset), off_t(bytes), all);
  if (result != 0 && (errno == EIO || errno == ENOSPC))
    throw Error(folder_, describeTransfer("write", offset, bytes), errno);
  dropCached(offset, bytes);
}

/// Only advice.
void SpillFile::dropCached(uint64_t offset, uint64_t bytes) const {
  ::posix_fadvise(descriptor_, off_t(offset), off_t(bytes), POSIX_FADV_DONTNEED);
}

std::optional<std::string> SpillFile::weakness() const {
  struct statfs status;
  if (::fstatfs(descriptor_, &status) == 0 && (status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC))
    return folder_ + " lies in this machine's memory, and far memory with it";
  if (!isDirect_)
    return "the file system of " + folder_ + " has no direct I/O: far memory passes through the page cache";
  return std::nullopt;
}

} // namespace neap::files
