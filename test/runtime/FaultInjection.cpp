// Makes one system call of a training binary fail: call number NEAP_FAULT_CALL (from 0, counted over the functions
// below) in the manner of NEAP_FAULT_KIND: full, broken, interrupted, short or kill. Stands in front of libc's
// functions.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
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

} // namespace

extern "C" {

ssize_t write(int file, const void *data, size_t bytes) {
  return fails(nextFault(), &bytes) ? -1 : syscall(SYS_write, file, data, bytes);
}

ssize_t pwrite(int file, const void *data, size_t bytes, off_t offset) {
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
