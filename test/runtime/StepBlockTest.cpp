// Schedules at their corners, and the step block against torch's formulas.
#include "neap/runtime/trainer/StepBlock.h"

#include <cmath>
#include <gtest/gtest.h>

namespace neap::test {
namespace {

using namespace runtime;

TEST(ScheduleTest, WarmupRisesToThePeak) {
  Schedule schedule{ScheduleKind::Constant, 1.0, 0, 4, 10};
  EXPECT_DOUBLE_EQ(schedule.learningRate(1), 0.25);
  EXPECT_DOUBLE_EQ(schedule.learningRate(4), 1.0);
  EXPECT_DOUBLE_EQ(schedule.learningRate(10), 1.0);
}

TEST(ScheduleTest, LinearFallsTowardsTheMinimum) {
  Schedule schedule{ScheduleKind::Linear, 1.0, 0.2, 2, 10};
  EXPECT_DOUBLE_EQ(schedule.learningRate(3), 1.0);
  EXPECT_DOUBLE_EQ(schedule.learningRate(7), 0.6);
  EXPECT_DOUBLE_EQ(schedule.learningRate(10), 0.2 + 0.8 / 8);
}

TEST(ScheduleTest, CosineIsHalfWayInTheMiddle) {
  Schedule schedule{ScheduleKind::Cosine, 1.0, 0.5, 0, 10};
  EXPECT_DOUBLE_EQ(schedule.learningRate(1), 1.0);
  EXPECT_DOUBLE_EQ(schedule.learningRate(6), 0.75);
}

TEST(StepBlockTest, AdamWCorrectsItsBias) {
  Hyperparameters parameters;
  parameters.beta2 = 0.95;
  parameters.weightDecay = 0.1;
  neap_step_block block = makeStepBlock(Optimizer::AdamW, parameters, 1e-3, 3, (uint64_t(5) << 32) | 7);
  EXPECT_EQ(block.decay_factor, float(1 - 1e-3 * 0.1));
  EXPECT_EQ(block.step_size, float(1e-3 / (1 - std::pow(0.9, 3.0))));
  EXPECT_EQ(block.inverse_sqrt_correction2, float(1 / std::sqrt(1 - std::pow(0.95, 3.0))));
  EXPECT_EQ(block.one_minus_beta2, float(1 - 0.95));
  EXPECT_TRUE(std::isinf(block.clip_norm));
  EXPECT_EQ(block.loss_scale, 1);
  EXPECT_EQ(block.step, 3u);
  EXPECT_EQ(block.seed_low, 7u);
  EXPECT_EQ(block.seed_high, 5u);
}

TEST(StepBlockTest, SgdDecaysThroughTheGradient) {
  Hyperparameters parameters;
  parameters.weightDecay = 0.1;
  parameters.momentum = 0.9;
  parameters.clipGradNorm = 0.5;
  neap_step_block block = makeStepBlock(Optimizer::Sgd, parameters, 0.05, 1, 0);
  EXPECT_EQ(block.decay_factor, 1);
  EXPECT_EQ(block.weight_decay, 0.1f);
  EXPECT_EQ(block.momentum, 0.9f);
  EXPECT_EQ(block.clip_norm, 0.5f);
}

} // namespace
} // namespace neap::test
