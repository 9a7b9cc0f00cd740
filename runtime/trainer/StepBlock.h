// What changes from step to step: the learning-rate schedule, and the step block that compiled code reads.
#ifndef NEAP_RUNTIME_TRAINER_STEPBLOCK_H
#define NEAP_RUNTIME_TRAINER_STEPBLOCK_H

#include "neap/runtime/program/Manifest.h"

namespace neap::runtime {

enum class ScheduleKind { Constant, Linear, Cosine };

/// The learning rate as a function of the step s, counted from 0. While s < warmupSteps it is peak * (s + 1) /
/// warmupSteps. Then, with p = (s - warmupSteps) / (maxSteps - warmupSteps), it is peak (constant), or falls from peak
/// at p = 0 to minimum at p = 1 along a line (linear) or half a cosine wave (cosine).
struct Schedule {
  ScheduleKind kind = ScheduleKind::Constant;
  double peak = 0;
  double minimum = 0;
  uint64_t warmupSteps = 0;
  uint64_t maxSteps = 0;

  /// The learning rate of `step` (from 1).
  double learningRate(uint64_t step) const;
};

/// The step block of `step` (from 1), computed in double precision and rounded once. AdamW is torch.optim.AdamW, SGD is
/// torch.optim.SGD, whose momentum starts as the first gradient.
neap_step_block makeStepBlock(Optimizer optimizer, const Hyperparameters &parameters, double learningRate,
                              uint64_t step, uint64_t seed);

} // namespace neap::runtime

#endif
