// What went wrong: reports for people, codes for the program.
//
// A device's error is as the real one's: unseen until a call waits for the device, and the answer to every call from then
// on. A call that is refused on the spot changes nothing.
#ifndef NEAP_RUNTIME_SIM_DRIVER_ERRORS_H
#define NEAP_RUNTIME_SIM_DRIVER_ERRORS_H

#include "neap/runtime/cuda/Driver.h"
#include "neap/runtime/sim/driver/Settings.h"

#include <string>
#include <vector>

namespace neap::sim::driver {

/// Thrown to leave a call with a code, and with a report unless `text` is empty.
struct CallError {
  cuda::Result code;
  std::string text;
};

class Errors {
public:
  explicit Errors(const DriverSettings &settings) : settings_(settings) {}

  /// A report that leaves the device as it is.
  void report(const std::string &text);
  /// A report about the device's work. It goes on until it has had enough of them.
  void fail(cuda::Result code, const std::string &text);
  /// The device stops with `code`, without a report.
  void stop(cuda::Result code);

  bool isStopped() const { return stopped_; }
  uint32_t failuresLeft() const { return settings_.maxReports - failures_; }
  const std::vector<std::string> &reports() const { return reports_; }

  /// Makes the device's error, if there is one, the answer to every call, and throws it.
  void observe();
  cuda::Result observed() const { return observed_; }

private:
  const DriverSettings &settings_;
  std::vector<std::string> reports_;
  uint32_t failures_ = 0;
  bool stopped_ = false;
  cuda::Result code_ = cuda::Result::Success, observed_ = cuda::Result::Success;
};

} // namespace neap::sim::driver

#endif
