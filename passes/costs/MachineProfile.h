// The file of `neap calibrate` for a CPU: what was measured of a machine. docs/reference/profile.md has the format.
#pragma once

#include "neap/passes/planning/CpuCosts.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace neap {

/// Reads a file. The error is a sentence with the file's name.
llvm::Expected<planning::CpuCosts> readMachineProfile(llvm::StringRef path);
/// The same of a file's text; `name` is the file's.
llvm::Expected<planning::CpuCosts> parseMachineProfile(llvm::StringRef text, llvm::StringRef name);

llvm::json::Object describeMachineProfile(const planning::CpuCosts &costs);

} // namespace neap
