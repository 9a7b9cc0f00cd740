// The text of kernels/kernels.ll for an architecture.
#ifndef NEAP_TEST_RUNTIME_SIM_COMPILEKERNELS_H
#define NEAP_TEST_RUNTIME_SIM_COMPILEKERNELS_H

#include <string>

namespace neap::test {

/// What llc makes of kernels/kernels.ll for an architecture such as "sm_90". Throws std::runtime_error if it fails.
std::string compileKernels(const std::string &architecture);

} // namespace neap::test

#endif
