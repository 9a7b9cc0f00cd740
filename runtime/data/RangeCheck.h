// Checks what indexes something: inputs before the step uses them, computed indices after it. Kernels do neither; the
// compiler clamps computed indices, so that a step that is wrong about them is wrong in numbers only.
#ifndef NEAP_RUNTIME_DATA_RANGECHECK_H
#define NEAP_RUNTIME_DATA_RANGECHECK_H

#include "neap/runtime/device/Device.h"

namespace neap::runtime {

/// Requires that every value of every index input is in its range or its ignored value. Throws Failure with
/// ExitCode::Data that names tensor, `step` (from 1), position, value and what is allowed.
void checkIndexInputs(const std::vector<Input> &inputs, const std::byte *arena, uint64_t step);

/// Requires the same of results that have a range, after the step. Throws Failure with ExitCode::Data that names the
/// result, `step`, its value and what is allowed.
void checkBoundedOutputs(const std::vector<BoundedOutput> &outputs, const Device &device, uint64_t step);

} // namespace neap::runtime

#endif
