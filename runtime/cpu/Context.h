// What compiled code reaches through neap_context. Exceptions must not cross compiled code, so a failure in a callback
// is kept here and thrown again when the step has returned.
#ifndef NEAP_RUNTIME_CPU_CONTEXT_H
#define NEAP_RUNTIME_CPU_CONTEXT_H

#include "neap/runtime/cpu/CopyStreams.h"
#include "neap/runtime/device/Device.h"
#include "neap/runtime/threads/Pool.h"

#include <exception>

struct neap_context {
  neap::runtime::Pool &pool;
  /// Null in a program without far memory, which begins no copies.
  neap::runtime::CopyStreams *copies = nullptr;
  /// Empty when nobody wants the gradients of this step.
  neap::runtime::ShowGradient show = {};
  std::exception_ptr failure = nullptr;
};

#endif
