// What the compiler would emit for a tiny model: a table of numbers, looked up by token and fitted to label / 1000 +
// 0.5.
//
// Two frozen parameters steer tests through the weights file: every gradient is multiplied by `gradient_scale`, and a
// step takes at least `delay` milliseconds.
//
// With FAKE_FAR_BYTES the same numbers come about in another way: the mean of the gradients lives in far memory, and the gradient is
// there for a while. NEAP_FAKE_HASTE makes a step that does not wait for its copies, which is wrong.
#include "neap/runtime/abi/neap_runtime.h"

#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

// Pieces of the manifest; a macro's value as text.
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#ifndef FAKE_ARENA_BYTES
#define FAKE_ARENA_BYTES 524928
#endif
#ifndef FAKE_FAR_BYTES
#define FAKE_FAR_BYTES 0
#endif

/// Set after the first step; AllocationGuard.cpp reads it.
bool firstStepDone = false;

namespace {

constexpr int64_t rows = 32768, positions = 8, ignored = -100;
enum Offset : uint64_t {
  table = 0,
  gradient = 131072,
  mean = 262144,
  square = 393216,
  scale = 524288,
  delay = 524352,
  loss = 524416,
  norm = 524480,
  stepBlock = 524544,
  bias = 524672,
  tokens = 524736,
  labels = 524800,
  mask = 524864
};

constexpr float constants[] = {0.25f, 0.5f};

constexpr char manifest[] = R"({"format": 1, "name": "fake", "compiler": "neap test", "target": "cpu",
 "planned_bytes": 525952, "far_bytes": )" TEXT(FAKE_FAR_BYTES) R"(, "arena_bytes": )" TEXT(
    FAKE_ARENA_BYTES) R"(, "scratch_bytes_per_worker": 256, "max_workers": 4,
 "parts": {"parameters": 131080}, "step_block": 524544,
 "loss": {"offset": 524416, "type": "float32"}, "gradient_norm": {"offset": 524480, "type": "float32"},
 "bounded_outputs": [], "inputs": [
  {"name": "input_ids", "type": "int64", "shape": [2, 4], "offset": 524736, "bytes": 64, "minimum": 0, "limit": 32768, "role": "tokens"},
  {"name": "labels", "type": "int64", "shape": [2, 4], "offset": 524800, "bytes": 64, "minimum": 0, "limit": 32768, "ignore": -100, "role": "labels"},
  {"name": "attention_mask", "type": "float32", "shape": [2, 4], "offset": 524864, "bytes": 32, "role": "mask"}],
 "parameters": [
  {"name": "gradient_scale", "type": "float32", "shape": [], "offset": 524288, "bytes": 4, "trained": false},
  {"name": "table", "type": "float32", "shape": [128, 256], "offset": 0, "bytes": 131072, "trained": true},
  {"name": "delay", "type": "float32", "shape": [1], "offset": 524352, "bytes": 4, "trained": false}],
 "states": [{"name": "table.m", "parameter": "table", "bytes": 131072, )"
#if FAKE_FAR_BYTES
                      R"("offset": 0, "space": "far")"
#else
                      R"("offset": 262144)"
#endif
                      R"(}],
 "constants": [{"offset": 524672, "bytes": 4, "source": 4}],
 "items_per_step": 8, "item": "token",)"
#if FAKE_ADAMW
                      R"("optimizer": "adamw", "defaults": {"learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999,
  "epsilon": 1e-8, "weight_decay": 0.01, "clip_grad_norm": 1e6},)"
#else
                      R"("optimizer": "sgd", "defaults": {"learning_rate": null, "momentum": 0.9,
  "weight_decay": 0.0, "clip_grad_norm": 0.5},)"
#endif
                      R"("kernels": [], "options": [], "libraries": []})";

template <typename T> T *at(void *arena, Offset offset) {
  return reinterpret_cast<T *>(static_cast<char *>(arena) + offset);
}

/// How far the prediction at `position` is off; 0 where the position does not count.
float errorAt(void *arena, int64_t position) {
  int64_t label = at<int64_t>(arena, labels)[position];
  float weight = label == ignored ? 0.0f : at<float>(arena, mask)[position];
  float target = float(label) / 1000 + *at<float>(arena, bias);
  return weight * (at<float>(arena, table)[at<int64_t>(arena, tokens)[position]] - target);
}

float countedPositions(void *arena) {
  float count = 0;
  for (int64_t i = 0; i < positions; ++i)
    count += at<int64_t>(arena, labels)[i] != ignored;
  return count;
}

void gradientKernel(void *const *buffers, int64_t begin, int64_t end, void *scratch) {
  void *arena = buffers[0];
  // Passing the sum through scratch shows that workers do not share it.
  volatile float *sum = static_cast<float *>(scratch);
  for (int64_t row = begin; row < end; ++row) {
    *sum = 0;
    for (int64_t i = 0; i < positions; ++i)
      if (at<int64_t>(arena, tokens)[i] == row)
        *sum = *sum + errorAt(arena, i);
    at<float>(arena, gradient)[row] = *at<float>(arena, scale) * *sum / countedPositions(arena);
  }
}

/// Compiled kernels may index with what they read: none must see what no copy has brought.
void complainOnce() {
  static std::atomic<bool> complained = false;
  if (!complained.exchange(true))
    std::fputs("a kernel reads what no copy has brought\n", stderr);
}

void updateKernel(void *const *buffers, int64_t begin, int64_t end, void *) {
  void *arena = buffers[0];
  const auto &block = *at<neap_step_block>(arena, stepBlock);
  float clip = std::fmin(1.0f, block.clip_norm / (*at<float>(arena, norm) + 1e-6f));
  for (int64_t row = begin; row < end; ++row) {
    float &p = at<float>(arena, table)[row], &m = at<float>(arena, mean)[row], &v = at<float>(arena, square)[row];
    float g = at<float>(arena, gradient)[row] * clip;
    if (FAKE_FAR_BYTES > 0 && std::isnan(m + g))
      complainOnce();
#if FAKE_ADAMW
    m = block.beta1 * m + block.one_minus_beta1 * g;
    v = block.beta2 * v + block.one_minus_beta2 * g * g;
    p = p * block.decay_factor - block.step_size * m / (std::sqrt(v) * block.inverse_sqrt_correction2 + block.epsilon);
#else
    g += block.weight_decay * p;
    m = block.momentum * m + g;
    v = 0;
    p -= block.learning_rate * m;
#endif
  }
}

void sleepMilliseconds(float milliseconds) {
  timespec left{time_t(milliseconds / 1000), long(std::fmod(milliseconds, 1000.0f) * 1e6f)};
  while (nanosleep(&left, &left) != 0)
    ;
}

#if FAKE_FAR_BYTES
constexpr uint64_t farMean = 0, farGradient = 131072, tableBytes = 131072;

void waitForCopies(neap_context *context, uint64_t offloads, uint64_t reloads) {
  if (!std::getenv("NEAP_FAKE_HASTE"))
    neap_wait(context, offloads, reloads);
}

/// Reload 1, ahead of use. Until then there is nothing in the arena that is good for anything.
void fetchMean(neap_context *context, void *arena) {
  std::memset(at<char>(arena, mean), 0xff, tableBytes);
  neap_reload(context, at<char>(arena, mean), farMean, tableBytes, 0, 0);
}

/// Offload 1 and reload 2, between which others use the bytes.
void swapGradient(neap_context *context, void *arena) {
  neap_signal(context);
  neap_offload(context, at<char>(arena, gradient), farGradient, tableBytes, 1, 0);
  waitForCopies(context, 1, 0);
  std::memset(at<char>(arena, gradient), 0xff, tableBytes);
  neap_signal(context);
  neap_reload(context, at<char>(arena, gradient), farGradient, tableBytes, 2, 1);
  waitForCopies(context, 0, 2);
}

/// Offload 2, which the step does not wait for.
void putMean(neap_context *context, void *arena) {
  neap_signal(context);
  neap_offload(context, at<char>(arena, mean), farMean, tableBytes, 3, 0);
}
#else
void fetchMean(neap_context *, void *) {}
void swapGradient(neap_context *, void *) {}
void putMean(neap_context *, void *) {}
#endif

int32_t step(neap_context *context, void *arena) {
  fetchMean(context, arena);
  if (*at<float>(arena, scale) < 0)
    return 10;
  sleepMilliseconds(*at<float>(arena, delay));
  double total = 0;
  for (int64_t i = 0; i < positions; ++i)
    total += 0.5 * double(errorAt(arena, i)) * double(errorAt(arena, i));
  *at<float>(arena, loss) = float(total / double(countedPositions(arena)));
  void *buffers[] = {arena};
  neap_launch(context, gradientKernel, buffers, rows, 256);
  double squares = 0;
  for (int64_t row = 0; row < rows; ++row)
    squares += double(at<float>(arena, gradient)[row]) * double(at<float>(arena, gradient)[row]);
  *at<float>(arena, norm) = float(std::sqrt(squares));
  neap_observe_gradient(context, 1, at<float>(arena, gradient));
  swapGradient(context, arena);
  neap_launch(context, updateKernel, buffers, rows, 256);
  putMean(context, arena);
  // Input slots may be reused by the step: the runtime has to fill them again.
  std::memset(at<char>(arena, tokens), 0x7f, FAKE_ARENA_BYTES == 524928 ? 160 : 0);
  firstStepDone = true;
  return 0;
}

} // namespace

extern const neap_program neap_program_instance = {
    NEAP_ABI_VERSION,  0,    FAKE_ARENA_BYTES, 256,     4,       manifest,      sizeof(manifest) - 1, constants,
    sizeof(constants), step, &neap_cpu_device, nullptr, nullptr, FAKE_FAR_BYTES};
