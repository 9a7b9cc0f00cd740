// Makes one system call of a training binary fail: call number NEAP_FAULT_CALL (from 0, counted over the functions
// below) in the manner of NEAP_FAULT_KIND: full, broken, interrupted, short or kill. Stands in front of libc's
// functions.
//
// The file for far memory has faults of its own: NEAP_FAR_FAULT names the calls that fail (read, write, direct or unnamed), and each
// transfer takes NEAP_FAR_DELAY milliseconds.
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

/// The kind of fault that this call is to suffer; empty for none.
std::string_view nextFault() {
  static int calls = 0;
  const char *faulty = std::getenv("NEAP_FAULT_CALL"), *kind = std::getenv("NEAP_FAULT_KIND");
  if (!faulty || !kind || std::atoi(faulty) != calls++)
    return "";
  std::fputs("fault injected\n", stderr);
  return kind;
}

/// Whether the call fails, with errno set. A short transfer halves `bytes` instead.
bool fails(std::string_view fault, size_t *bytes = nullptr) {
  if (fault == "kill")
    ::kill(::getpid(), SIGKILL);
  if (fault == "short" && bytes)
    *bytes = (*bytes + 1) / 2;
  errno = fault == "full" ? ENOSPC : fault == "broken" ? EIO : fault == "interrupted" ? EINTR : 0;
  return errno != 0;
}

/// The only file that is open without a name.
bool isFarMemory(int file) {
  char target[512];
  ssize_t length = ::readlink(("/proc/self/fd/" + std::to_string(file)).c_str(), target, sizeof target);
  return length > 0 && std::string_view(target, size_t(length)).ends_with(" (deleted)");
}

bool farCallFails(std::string_view call) {
  const char *failing = std::getenv("NEAP_FAR_FAULT");
  return failing && call == failing;
}

/// Whether a transfer of far memory fails, after its delay. Of other files, none does.
bool farTransferFails(std::string_view call, int file) {
  if (!isFarMemory(file))
    return false;
  if (const char *delay = std::getenv("NEAP_FAR_DELAY")) {
    timespec time{0, std::atol(delay) * 1'000'000};
    nanosleep(&time, nullptr);
  }
  return farCallFails(call);
}

int failWith(int code) {
  errno = code;
  return -1;
}

} // namespace

extern "C" {

int open(const char *path, int flags, ...) {
  if ((flags & O_TMPFILE) == O_TMPFILE && farCallFails("unnamed"))
    return failWith(EOPNOTSUPP);
  va_list rest;
  va_start(rest, flags);
  int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0;
  va_end(rest);
  return int(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

int fcntl(int file, int command, ...) {
  va_list rest;
  va_start(rest, command);
  long argument = va_arg(rest, long);
  va_end(rest);
  if (command == F_SETFL && (argument & O_DIRECT) && farCallFails("direct"))
    return failWith(EINVAL);
  return int(syscall(SYS_fcntl, file, command, argument));
}

ssize_t pread(int file, void *data, size_t bytes, off_t offset) {
  return farTransferFails("read", file) ? failWith(EIO) : syscall(SYS_pread64, file, data, bytes, offset);
}

ssize_t write(int file, const void *data, size_t bytes) {
  return fails(nextFault(), &bytes) ? -1 : syscall(SYS_write, file, data, bytes);
}

ssize_t pwrite(int file, const void *data, size_t bytes, off_t offset) {
  if (farTransferFails("write", file))
    return failWith(EIO);
  return fails(nextFault(), &bytes) ? -1 : syscall(SYS_pwrite64, file, data, bytes, offset);
}

int fsync(int file) { return fails(nextFault()) ? -1 : int(syscall(SYS_fsync, file)); }

int fallocate(int file, int mode, off_t offset, off_t bytes) {
  return fails(nextFault()) ? -1 : int(syscall(SYS_fallocate, file, mode, offset, bytes));
}

// The one call that POSIX does not let a signal interrupt.
int rename(const char *from, const char *to) noexcept {
  std::string_view fault = nextFault();
  return fault != "interrupted" && fails(fault) ? -1 : int(syscall(SYS_rename, from, to));
}
}
