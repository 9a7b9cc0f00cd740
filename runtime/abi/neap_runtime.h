/* The contract between a compiled training step and the runtime that it is linked with. Plain C; no exception crosses it.
 *
 * The compiler emits one constant, `neap_program`, and the functions it points to. The runtime owns the process: it reads
 * options and data, allocates the arena once, fills it, and calls `step` once per training step. */
#ifndef NEAP_RUNTIME_ABI_NEAP_RUNTIME_H
#define NEAP_RUNTIME_ABI_NEAP_RUNTIME_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NEAP_ABI_VERSION 4

/* Every slot of the arena, every constant and every scratch block begins at a multiple of so many bytes: a cache line, and the
 * widest vector. */
#define NEAP_ALIGNMENT 64

/* What is copied to or from far memory begins at a multiple of so many bytes, in the arena and in far memory: disks transfer
 * whole blocks. */
#define NEAP_FAR_ALIGNMENT 4096

/* The running trainer, opaque to compiled code. */
typedef struct neap_context neap_context;

/* A kernel works on the items [begin, end) of its iteration space. `buffers` are the addresses of its operands in the
 * order of the launch; `scratch` is this worker's private block of `neap_program.scratch_bytes_per_worker` bytes, aligned to
 * NEAP_ALIGNMENT, with undefined contents. Items may run in any order, on any worker: the bits of the result never depend on it. */
typedef void (*neap_kernel)(void *const *buffers, int64_t begin, int64_t end, void *scratch);

/* Runs a kernel over `items` items on the pool, handing out pieces of at least `grain`; returns when all are done. */
void neap_launch(neap_context *context, neap_kernel kernel, void *const *buffers, int64_t items, int64_t grain);

/* Tells the runtime that the gradient of parameter `index` (its position in the manifest's "parameters") is complete at
 * `data`, before clipping; the slot may be reused as soon as this returns. */
void neap_observe_gradient(neap_context *context, int64_t index, const void *data);

/* Far memory: `neap_program.far_bytes` bytes that are zeros before the first step and keep their contents from step to step.
 *
 * The thread that calls `step` is the compute stream. Beside it there are two streams of copies, which the runtime runs: offloads
 * and reloads. Each runs its copies one after the other, in the order in which they were begun. What must come before what is
 * said by counts from the beginning of the step: an event of the compute stream is the number of signals given, an event of a
 * stream of copies the number of its copies that are done; 0 is no condition. A step is over when all its copies are done.
 *
 * If a copy fails, the copies behind it and all further launches do nothing, and the run ends when `step` has returned. */

/* Begins a copy from the arena to far memory, behind the earlier offloads, `signals` signals and `reloads` reloads. Until it is
 * done, nobody may write what it reads. */
void neap_offload(neap_context *context, const void *source, uint64_t target_offset, uint64_t bytes, uint64_t signals,
                  uint64_t reloads);

/* Begins a copy from far memory to the arena, behind the earlier reloads, `signals` signals and `offloads` offloads. Until it is
 * done, nobody may touch what it writes. Bytes behind the copied ones are never touched. */
void neap_reload(neap_context *context, void *target, uint64_t source_offset, uint64_t bytes, uint64_t signals,
                 uint64_t offloads);

/* All that the step has done before is done: one signal more. */
void neap_signal(neap_context *context);

/* Returns when so many offloads and reloads are done. */
void neap_wait(neap_context *context, uint64_t offloads, uint64_t reloads);

/* What changes from step to step. It sits in the arena at the manifest's "step_block" offset and is written by the runtime
 * before every step; kernels read it through a pointer, so nothing of it is a constant of the code. Little-endian floats,
 * all derived in double precision and rounded once. */
typedef struct neap_step_block {
  float learning_rate;
  float beta1, beta2;            /* adamw */
  float one_minus_beta1, one_minus_beta2;
  float epsilon;
  float decay_factor;            /* adamw: 1 - learning_rate * weight_decay */
  float weight_decay;            /* sgd: added to the gradient */
  float momentum;                /* sgd */
  float step_size;               /* adamw: learning_rate / (1 - beta1^t) */
  float inverse_sqrt_correction2;/* adamw: 1 / sqrt(1 - beta2^t) */
  float clip_norm;               /* largest allowed gradient norm; infinity when off */
  float loss_scale;              /* 1 unless a precision pass asks for more */
  uint32_t step;                 /* from 1 */
  uint32_t micro_step;           /* from 0 */
  uint32_t seed_low, seed_high;
} neap_step_block;

/* What runs a program; the runtime has one for each target, and links only the one that a program names. */
typedef struct neap_device_class neap_device_class;
extern const neap_device_class neap_cpu_device, neap_cuda_device;

typedef struct neap_program {
  uint32_t abi_version;
  uint32_t reserved;
  uint64_t arena_bytes;              /* every tensor of the step, parameters and state included */
  uint64_t scratch_bytes_per_worker; /* for kernels; the runtime allocates max_workers of them behind the arena */
  uint64_t max_workers;              /* threads beyond this are refused: the budget counts their scratch */
  const char *manifest;              /* JSON, not terminated; docs/design/0001 lists the fields */
  uint64_t manifest_bytes;
  const void *constants;             /* initial bytes of the constants; the manifest says what goes where */
  uint64_t constants_bytes;
  /* One training step over the arena. Returns 0, or a nonzero code of INTERFACE's table. Null where the manifest's "program" says
   * what a step does. */
  int32_t (*step)(neap_context *context, void *arena);
  const neap_device_class *device;
  const char *ptx;                   /* the kernels of a CUDA program, as text ended by a zero; else null */
  const void *cubin;                 /* the same, assembled for the device that the manifest's "cubin" names; null if nobody did */
  uint64_t far_bytes; /* far memory, a multiple of NEAP_FAR_ALIGNMENT; not part of the arena */
} neap_program;

extern const neap_program neap_program_instance;

/* Entry point of every training binary; `main` of the runtime calls it. */
int neap_main(int argc, char **argv, const neap_program *program);

#ifdef __cplusplus
}
#endif
#endif
