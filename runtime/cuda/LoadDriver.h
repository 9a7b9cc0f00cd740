// The machine's own CUDA driver, loaded at run time: a binary needs none of it to start.
#ifndef NEAP_RUNTIME_CUDA_LOADDRIVER_H
#define NEAP_RUNTIME_CUDA_LOADDRIVER_H

#include "neap/runtime/cuda/Driver.h"

#include <stdexcept>
#include <string>

namespace neap::cuda {

/// The oldest version that will do, as cuDriverGetVersion counts: the first with all functions of the table.
constexpr int oldestDriver = 12000;

/// There is no driver that will do. what() says why, the note what would help.
class DriverUnavailable : public std::runtime_error {
public:
  DriverUnavailable(const std::string &message, std::string note)
      : std::runtime_error(message), note_(std::move(note)) {}
  const std::string &note() const { return note_; }

private:
  std::string note_;
};

/// Fills the table from a shared library, which stays loaded until the process ends. Throws DriverUnavailable.
Driver loadDriver(const char *library = "libcuda.so.1");

} // namespace neap::cuda

#endif
