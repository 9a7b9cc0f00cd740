// The first error of the device is the one that stays.
#include "neap/runtime/sim/driver/Errors.h"

#include <cstdio>

namespace neap::sim {

void printReport(const std::string &report) { std::fprintf(stderr, "simulated device: %s\n", report.c_str()); }

namespace driver {

void Errors::report(const std::string &text) {
  reports_.push_back(text);
  if (settings_.onReport)
    settings_.onReport(text);
}

void Errors::fail(cuda::Result code, const std::string &text) {
  if (code_ == cuda::Result::Success)
    code_ = code;
  report(text);
  stopped_ |= ++failures_ >= settings_.maxReports;
}

void Errors::stop(cuda::Result code) {
  if (code_ == cuda::Result::Success)
    code_ = code;
  stopped_ = true;
}

void Errors::observe() {
  observed_ = code_;
  if (observed_ != cuda::Result::Success)
    throw CallError{observed_, {}};
}

} // namespace driver
} // namespace neap::sim
