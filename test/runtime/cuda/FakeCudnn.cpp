// Stands in for libcudnn.so.9: has a version and functions that do nothing, or some of them.
#include <cstddef>

#define EXPORT extern "C" __attribute__((visibility("default")))

EXPORT size_t cudnnGetVersion() { return FAKE_VERSION; }
EXPORT int cudnnGetErrorString() { return 1; }
EXPORT int cudnnGetLastErrorString() { return 2; }
EXPORT int cudnnBackendCreateDescriptor() { return 3; }
EXPORT int cudnnBackendDestroyDescriptor() { return 4; }
EXPORT int cudnnBackendFinalize() { return 5; }
EXPORT int cudnnBackendSetAttribute() { return 6; }
#ifndef FAKE_PARTIAL
EXPORT int cudnnBackendGetAttribute() { return 7; }
#endif
