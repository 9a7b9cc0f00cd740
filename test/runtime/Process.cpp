// fork, exec and wait.
#include "Process.h"

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace neap::test {

namespace {

void redirect(int descriptor, const std::string &path) {
  int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  dup2(file, descriptor);
  close(file);
}

[[noreturn]] void becomeCommand(const std::vector<std::string> &command, const std::string &folder,
                                std::optional<uint64_t> fileLimit) {
  redirect(STDOUT_FILENO, folder + "/stdout");
  redirect(STDERR_FILENO, folder + "/stderr");
  if (fileLimit) {
    rlimit limit{*fileLimit, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  std::vector<char *> arguments;
  for (const std::string &word : command)
    arguments.push_back(const_cast<char *>(word.c_str()));
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  _exit(127);
}

} // namespace

Process::Process(const std::vector<std::string> &command, std::string folder, std::optional<uint64_t> fileLimit)
    : folder_(std::move(folder)) {
  // An earlier run's output must not be taken for this one's.
  writeFile(folder_ + "/stderr", "");
  id_ = fork();
  if (id_ == 0)
    becomeCommand(command, folder_, fileLimit);
}

Process::~Process() {
  if (id_ < 0)
    return;
  kill(id_, SIGKILL);
  waitpid(id_, nullptr, 0);
}

void Process::signal(int number) const { kill(id_, number); }

void Process::limitFiles(uint64_t bytes) const {
  rlimit limit{bytes, RLIM_INFINITY};
  prlimit(id_, RLIMIT_FSIZE, &limit, nullptr);
}

bool Process::waitForError(const std::string &text) const {
  for (int i = 0; i < 1000; ++i) {
    if (readFile(folder_ + "/stderr").find(text) != std::string::npos)
      return true;
    usleep(10'000);
  }
  return false;
}

Result Process::wait() {
  int status = 0;
  waitpid(id_, &status, 0);
  id_ = -1;
  int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return {code, readFile(folder_ + "/stdout"), readFile(folder_ + "/stderr")};
}

std::string readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void writeFile(const std::string &path, const std::string &bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

} // namespace neap::test
