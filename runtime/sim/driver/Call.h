// The frame of every function of the table: finds the current driver, locks it, and turns exceptions into codes.
#ifndef NEAP_RUNTIME_SIM_DRIVER_CALL_H
#define NEAP_RUNTIME_SIM_DRIVER_CALL_H

#include "neap/runtime/sim/driver/Core.h"

namespace neap::sim::driver {

/// The driver that the table's functions work on; null if there is none.
extern Core *current;
/// What this thread has made its context.
extern thread_local const void *currentContext;

/// Runs the body of a call that needs nothing but cuInit.
template <class Body> cuda::Result inDriver(const char *function, Body body) {
  if (!current)
    return cuda::Result::NotInitialized;
  std::lock_guard lock(current->mutex);
  try {
    if (!current->isInitialised)
      throw CallError{cuda::Result::NotInitialized, "called before cuInit"};
    body(*current);
    return cuda::Result::Success;
  } catch (const CallError &error) {
    if (!error.text.empty())
      current->errors.report(std::string(function) + ": " + error.text);
    return error.code;
  } catch (const OutOfMemory &) {
    return cuda::Result::OutOfMemory;
  } catch (const std::bad_alloc &) {
    // The simulated device has more memory than this machine.
    return cuda::Result::OutOfMemory;
  } catch (const MemoryError &error) {
    current->errors.report(std::string(function) + ": " + error.what());
    return cuda::Result::InvalidValue;
  }
}

/// Runs the body of a call that needs a context, and that answers with the device's error once that was seen.
template <class Body> cuda::Result inContext(const char *function, Body body) {
  return inDriver(function, [&](Core &core) {
    if (!core.context || currentContext != core.context)
      throw CallError{cuda::Result::InvalidContext, "this thread has no current context"};
    if (core.errors.observed() != cuda::Result::Success)
      throw CallError{core.errors.observed(), {}};
    body(core);
  });
}

inline void require(bool condition, const std::string &otherwise) {
  if (!condition)
    throw CallError{cuda::Result::InvalidValue, otherwise};
}

// Each fills its part of the table.
void fillDeviceCalls(cuda::Driver &table);
void fillMemoryCalls(cuda::Driver &table);
void fillStreamCalls(cuda::Driver &table);
void fillModuleCalls(cuda::Driver &table);
void fillGraphCalls(cuda::Driver &table);

/// The work of a launch. Throws CallError if the device would refuse it on the spot.
Operation makeLaunch(Core &core, cuda::Function function, Dim3 grid, Dim3 block, unsigned sharedBytes,
                     void **parameters, void **extra);
/// The work of a copy between places that exist. Memory of the host must be the driver's.
Operation makeCopy(Core &core, Place target, Place source, uint64_t bytes);

} // namespace neap::sim::driver

#endif
