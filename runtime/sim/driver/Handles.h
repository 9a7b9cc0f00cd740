// What the program holds of the driver's objects: numbers that are never given out twice, each checked at every use.
#ifndef NEAP_RUNTIME_SIM_DRIVER_HANDLES_H
#define NEAP_RUNTIME_SIM_DRIVER_HANDLES_H

#include "neap/runtime/sim/driver/Errors.h"

#include <map>
#include <memory>

namespace neap::sim::driver {

/// Objects have a type-wide `kind`, as in "event".
class Handles {
public:
  template <class Object> void *add(std::shared_ptr<Object> object) {
    return addEntry(Object::kind, std::move(object));
  }
  /// The object of a handle. Throws CallError with InvalidHandle if it is none, not of this kind, or destroyed.
  template <class Object> std::shared_ptr<Object> get(const void *handle) const {
    return std::static_pointer_cast<Object>(find(handle, Object::kind));
  }
  /// From now on the handle is that of a destroyed object.
  template <class Object> std::shared_ptr<Object> remove(const void *handle) {
    return std::static_pointer_cast<Object>(removeEntry(handle, Object::kind));
  }
  /// "event 2"
  std::string nameOf(const void *handle) const;

private:
  struct Entry {
    const char *kind;
    uint64_t number;
    /// Null when destroyed.
    std::shared_ptr<void> object;
  };
  void *addEntry(const char *kind, std::shared_ptr<void> object);
  std::shared_ptr<void> find(const void *handle, const char *kind) const;
  std::shared_ptr<void> removeEntry(const void *handle, const char *kind);

  std::map<const void *, Entry> entries_;
  std::map<std::string, uint64_t> counts_;
};

} // namespace neap::sim::driver

#endif
