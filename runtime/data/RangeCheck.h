// Checks inputs that index something before the step uses them: kernels do not.
#ifndef NEAP_RUNTIME_DATA_RANGECHECK_H
#define NEAP_RUNTIME_DATA_RANGECHECK_H

#include "neap/runtime/program/Manifest.h"

namespace neap::runtime {

/// Requires that every value of every index input is in its range or its ignored value. Throws Failure with
/// ExitCode::Data that names tensor, `step` (from 1), position, value and what is allowed.
void checkIndexInputs(const std::vector<Input> &inputs, const std::byte *arena, uint64_t step);

} // namespace neap::runtime

#endif
