// See NearestName.h.
#include "neap/passes/support/NearestName.h"

using namespace llvm;

StringRef neap::findNearestName(StringRef name, ArrayRef<StringRef> candidates) {
  StringRef nearest;
  unsigned smallest = std::max<size_t>(name.size() / 2, 1) + 1;
  for (StringRef candidate : candidates) {
    unsigned distance = name.edit_distance_insensitive(candidate);
    if (distance < smallest) {
      smallest = distance;
      nearest = candidate;
    }
  }
  return nearest;
}
