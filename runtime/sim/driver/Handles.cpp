// One table for objects of all kinds, so that a handle of the wrong kind can be told from one of none.
#include "neap/runtime/sim/driver/Handles.h"

namespace neap::sim::driver {

void *Handles::addEntry(const char *kind, std::shared_ptr<void> object) {
  // Counted over all drivers of the process: a handle of an earlier one is not valid in the next.
  static uintptr_t last = 0x51'0000'0000;
  last += 16;
  void *handle = reinterpret_cast<void *>(last);
  entries_[handle] = {kind, ++counts_[kind], std::move(object)};
  return handle;
}

std::string Handles::nameOf(const void *handle) const {
  auto entry = entries_.find(handle);
  if (entry == entries_.end())
    return handle ? "something that is no handle" : "null";
  return std::string(entry->second.kind) + " " + std::to_string(entry->second.number);
}

std::shared_ptr<void> Handles::find(const void *handle, const char *kind) const {
  auto entry = entries_.find(handle);
  bool isRight = entry != entries_.end() && std::string(entry->second.kind) == kind;
  if (!isRight)
    throw CallError{cuda::Result::InvalidHandle,
                    "expected a handle of kind '" + std::string(kind) + "', got " + nameOf(handle)};
  if (!entry->second.object)
    throw CallError{cuda::Result::InvalidHandle,
                    "expected a live handle, got " + nameOf(handle) + ", which was destroyed"};
  return entry->second.object;
}

std::shared_ptr<void> Handles::removeEntry(const void *handle, const char *kind) {
  std::shared_ptr<void> object = find(handle, kind);
  entries_[handle].object = nullptr;
  return object;
}

} // namespace neap::sim::driver
