// One list of ops, attributes and shapes that every test of this folder goes through.
#pragma once

#include "Programs.h"

namespace neap::test {

/// Ops with a gradient, on fp64.
const std::vector<Case> &differentiableCases();
/// Everything else that can be evaluated: integers, bools, backward ops.
const std::vector<Case> &otherCases();

} // namespace neap::test
