// Formulas of the schedules and of the step block.
#include "neap/runtime/trainer/StepBlock.h"

#include <cmath>
#include <limits>
#include <numbers>

namespace neap::runtime {

namespace {

/// How much of the way from minimum to peak is left at `progress` in [0, 1].
double remainingShare(ScheduleKind kind, double progress) {
  switch (kind) {
  case ScheduleKind::Linear:
    return 1 - progress;
  case ScheduleKind::Cosine:
    return (1 + std::cos(std::numbers::pi * progress)) / 2;
  default:
    return 1;
  }
}

} // namespace

double Schedule::learningRate(uint64_t step) const {
  uint64_t s = step - 1;
  if (s < warmupSteps)
    return peak * double(s + 1) / double(warmupSteps);
  if (kind == ScheduleKind::Constant)
    return peak;
  double progress = double(s - warmupSteps) / double(maxSteps - warmupSteps);
  return minimum + (peak - minimum) * remainingShare(kind, progress);
}

neap_step_block makeStepBlock(Optimizer optimizer, const Hyperparameters &parameters, double learningRate,
                              uint64_t step, uint64_t seed) {
  bool adamw = optimizer == Optimizer::AdamW;
  double t = double(step);
  double correction1 = 1 - std::pow(parameters.beta1, t);
  double correction2 = 1 - std::pow(parameters.beta2, t);
  neap_step_block block{};
  block.learning_rate = float(learningRate);
  block.beta1 = float(parameters.beta1);
  block.beta2 = float(parameters.beta2);
  block.one_minus_beta1 = float(1 - parameters.beta1);
  block.one_minus_beta2 = float(1 - parameters.beta2);
  block.epsilon = float(parameters.epsilon);
  block.decay_factor = float(adamw ? 1 - learningRate * parameters.weightDecay : 1);
  block.weight_decay = float(parameters.weightDecay);
  block.momentum = float(parameters.momentum);
  block.step_size = float(learningRate / correction1);
  block.inverse_sqrt_correction2 = float(1 / std::sqrt(correction2));
  block.clip_norm = float(parameters.clipGradNorm.value_or(std::numeric_limits<double>::infinity()));
  block.loss_scale = 1;
  block.step = uint32_t(step);
  block.seed_low = uint32_t(seed);
  block.seed_high = uint32_t(seed >> 32);
  return block;
}

} // namespace neap::runtime
