// What is known of a step's time before it runs.
#pragma once

#include "neap/passes/planning/CpuCosts.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace neap {

/// Attribute of a scheduled program, where it is known how long a step will take: a dictionary of `seconds` with so many `threads`, and
/// `costs`, which says where that is known from.
inline constexpr llvm::StringLiteral expectationAttribute = "neap.expectation";

/// The rates of a file of `neap calibrate`; without one, of a typical CPU of so many fp32 lanes and cores. Rates of far memory are
/// typical where the file has none. The error is a sentence with
/// the file's name.
llvm::Expected<planning::CpuCosts> findCpuCosts(llvm::StringRef machineProfile, int64_t lanes, int64_t cores);

/// Where rates are from, for people and manifests: built-in, or when and on what they were measured.
std::string describeSource(const planning::CpuCosts &costs);

} // namespace neap
