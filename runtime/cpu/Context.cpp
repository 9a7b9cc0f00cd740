// The functions that compiled code calls.
#include "neap/runtime/cpu/Context.h"

void neap_launch(neap_context *context, neap_kernel kernel, void *const *buffers, int64_t items, int64_t grain) {
  context->pool.launch(kernel, buffers, items, grain);
}

void neap_observe_gradient(neap_context *context, int64_t index, const void *data) {
  if (!context->show || context->failure)
    return;
  try {
    context->show(index, data);
  } catch (...) {
    context->failure = std::current_exception();
  }
}
