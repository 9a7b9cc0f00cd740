// Loops that apply one operation to arrays of numbers, for tests of what it computes.
#pragma once

#include <string>

namespace neap::testing {

/// The functions `vector` and `scalar`: (in..., out, count), which apply `op` to `count` fp32 numbers (a multiple of 16) of
/// `operands` arrays, sixteen at a time and one by one.
std::string elementwiseModule(const std::string &op, unsigned operands = 1);

} // namespace neap::testing
