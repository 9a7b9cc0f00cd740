// What to do where an operator of a file cannot be compiled. Whether it can is the conversion's knowledge: OpTable.h.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>

namespace neap {

/// For an operator that is not supported: what is missing and what the user can do.
std::string adviceFor(llvm::StringRef domain, llvm::StringRef opType, int64_t version);

} // namespace neap
