// How a training binary fails: one exception type that carries the exit code of the process and what to print.
#ifndef NEAP_RUNTIME_PROGRAM_FAILURE_H
#define NEAP_RUNTIME_PROGRAM_FAILURE_H

#include <stdexcept>
#include <string>

namespace neap::runtime {

/// Exit codes that a training binary uses; scripts rely on the numbers.
enum class ExitCode : int {
  Ok = 0,
  Usage = 2,
  OutOfMemory = 6,
  Data = 7,
  Storage = 8,
  NonFinite = 9,
  DeviceFault = 10,
  Internal = 12,
  Stopped = 75,
};

/// Ends the run. what() is printed after `error: `, the note (what would work; may be empty) after `note: `.
class Failure : public std::runtime_error {
public:
  Failure(ExitCode code, const std::string &message, std::string note = "")
      : std::runtime_error(message), code_(code), note_(std::move(note)) {}
  ExitCode code() const { return code_; }
  const std::string &note() const { return note_; }

private:
  ExitCode code_;
  std::string note_;
};

} // namespace neap::runtime

#endif
