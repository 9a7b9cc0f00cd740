// A CPU as the code generator wants it: a name and features.
#pragma once

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace neap::emit {

struct CpuTarget {
  std::string name;
  /// Features that are set or cleared; absent ones follow from the name.
  llvm::StringMap<bool> features;

  bool has(llvm::StringRef feature) const { return features.lookup(feature); }
  /// As in LLVM's "target-features", sorted.
  std::string featureString() const;
};

/// The CPU called `cpu`, or the machine's own for "native". Refuses CPUs without AVX2 and FMA.
llvm::Expected<CpuTarget> findCpu(llvm::StringRef cpu);

} // namespace neap::emit
