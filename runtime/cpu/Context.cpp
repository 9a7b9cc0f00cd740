// The functions that compiled code calls.
#include "neap/runtime/cpu/Context.h"

using neap::runtime::CopyStreams;

void neap_launch(neap_context *context, neap_kernel kernel, void *const *buffers, int64_t items, int64_t grain) {
  // A kernel must not see what a failed copy has left: indices may be among it.
  if (context->failure)
    return;
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

// Copies and signals are counted after a failure too, or somebody would wait for them without end.

void neap_offload(neap_context *context, const void *source, uint64_t target_offset, uint64_t bytes, uint64_t signals,
                  uint64_t reloads) {
  auto *memory = static_cast<std::byte *>(const_cast<void *>(source)); // an offload only reads it
  context->copies->begin(CopyStreams::Offload, {memory, target_offset, bytes, signals, reloads});
}

void neap_reload(neap_context *context, void *target, uint64_t source_offset, uint64_t bytes, uint64_t signals,
                 uint64_t offloads) {
  auto *memory = static_cast<std::byte *>(target);
  context->copies->begin(CopyStreams::Reload, {memory, source_offset, bytes, signals, offloads});
}

void neap_signal(neap_context *context) { context->copies->signal(); }

void neap_wait(neap_context *context, uint64_t offloads, uint64_t reloads) {
  context->copies->wait(offloads, reloads);
  if (!context->failure)
    context->failure = context->copies->failure();
}
