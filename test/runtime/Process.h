// Runs a program as a child process and collects how it ended and what it printed.
#ifndef NEAP_TEST_RUNTIME_PROCESS_H
#define NEAP_TEST_RUNTIME_PROCESS_H

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace neap::test {

struct Result {
  int exitCode = 0; // 128 + number if a signal ended it
  std::string out, err;
};

class Process {
public:
  /// Starts `command` with its output going to files in `folder`. `fileLimit` caps the bytes of any file it writes.
  Process(const std::vector<std::string> &command, std::string folder, std::optional<uint64_t> fileLimit = {});
  ~Process();

  void signal(int number) const;
  /// Caps the bytes of any file that the running process writes from now on.
  void limitFiles(uint64_t bytes) const;
  /// Waits until the process has printed `text` to stderr; false if it never does in ten seconds.
  bool waitForError(const std::string &text) const;
  Result wait();

private:
  std::string folder_;
  pid_t id_ = -1;
};

/// The bytes of a file; empty if there is none.
std::string readFile(const std::string &path);
void writeFile(const std::string &path, const std::string &bytes);

} // namespace neap::test

#endif
