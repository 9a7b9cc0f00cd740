// Whether an operator of a file can be compiled, and if not, why and what to do.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>

namespace neap {

bool isSupported(llvm::StringRef domain, llvm::StringRef opType, int64_t version);

/// For an operator that is not supported: what is missing and what the user can do.
std::string adviceFor(llvm::StringRef domain, llvm::StringRef opType, int64_t version);

} // namespace neap
