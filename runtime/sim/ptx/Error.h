// What the front end throws when it refuses a text.
#ifndef NEAP_RUNTIME_SIM_PTX_ERROR_H
#define NEAP_RUNTIME_SIM_PTX_ERROR_H

#include <cstdint>
#include <stdexcept>
#include <string>

namespace neap::sim::ptx {

/// A text was refused. what() reads "line N: REASON"; the reason names what is not supported or not right.
class Error : public std::runtime_error {
public:
  Error(uint32_t line, const std::string &reason)
      : std::runtime_error("line " + std::to_string(line) + ": " + reason), line(line) {}
  /// Counts from 1.
  uint32_t line;
};

} // namespace neap::sim::ptx

#endif
