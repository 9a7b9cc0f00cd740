// How fast a file takes what is moved to far memory, and gives it back.
#pragma once

#include "neap/passes/planning/CpuCosts.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace neap::calibrate {

/// Writes and reads a nameless file of `folder`, both at once, as a step does: a disk's two directions share one rate. Takes about
/// `seconds`. The error is a sentence for the user.
llvm::Error measureFarRates(llvm::StringRef folder, double seconds, planning::CpuCosts &costs);

} // namespace neap::calibrate
