// Where the profile of this machine's CPU is kept, and whether it is one of this machine.
#pragma once

#include "neap/compiler/emit/Object.h"
#include "neap/passes/lower/CpuDescription.h"

#include <string>

namespace neap {

/// The user's own: neap/machine.json in $XDG_CONFIG_HOME or ~/.config. Empty where neither is known.
std::string findDefaultProfilePath();

/// A profile to price programs with.
struct FoundProfile {
  std::string path; ///< empty: built-in rates
  std::string note; ///< for the user; empty if there is nothing to say
};

/// What `--machine-profile` asks for: a file, `none`, or (empty) the user's own, if there is one that was measured on this machine for
/// such a target. The error is a sentence for the user.
llvm::Expected<FoundProfile> findMachineProfile(llvm::StringRef option, const emit::TargetOptions &target,
                                                const lower::CpuDescription &cpu, int64_t threads);

} // namespace neap
