// Finds what a mistyped name was meant to be.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace neap {

/// The candidate with the smallest edit distance; empty if none is closer than half of the name's length.
llvm::StringRef findNearestName(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> candidates);

} // namespace neap
