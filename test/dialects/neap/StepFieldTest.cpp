// The runtime writes the step block as a C struct, compiled code reads it by StepField: both must mean the same bytes.
#include "neap/dialects/neap/Neap.h"
#include "neap/runtime/abi/neap_runtime.h"

#include <gtest/gtest.h>

#include <cstddef>

using mlir::MLIRContext;

namespace neap {
namespace {

struct Field {
  const char *name;
  size_t offset;
};
// clang-format off
#define FIELD(name) {#name, offsetof(neap_step_block, name)}
constexpr Field fields[] = {
    FIELD(learning_rate),   FIELD(beta1),     FIELD(beta2),                    FIELD(one_minus_beta1),
    FIELD(one_minus_beta2), FIELD(epsilon),   FIELD(decay_factor),             FIELD(weight_decay),
    FIELD(momentum),        FIELD(step_size), FIELD(inverse_sqrt_correction2), FIELD(clip_norm),
    FIELD(loss_scale),      FIELD(step),      FIELD(micro_step),               FIELD(seed_low),
    FIELD(seed_high)};
// clang-format on

TEST(StepField, NamesTheSameBytesAsTheRuntime) {
  for (const Field &field : fields) {
    std::optional<StepField> symbol = symbolizeStepField(field.name);
    ASSERT_TRUE(symbol) << field.name;
    EXPECT_EQ(static_cast<size_t>(*symbol) * sizeof(float), field.offset) << field.name;
  }
}

TEST(StepField, CoversTheWholeBlock) {
  EXPECT_EQ(getMaxEnumValForStepField() + 1, std::size(fields));
  EXPECT_EQ(sizeof(neap_step_block), std::size(fields) * sizeof(float));
}

TEST(StepField, HasTheTypeThatTheRuntimeWrites) {
  MLIRContext context;
  for (const Field &field : fields)
    EXPECT_EQ(getFieldType(*symbolizeStepField(field.name), &context).isF32(),
              field.offset < offsetof(neap_step_block, step))
        << field.name;
}

} // namespace
} // namespace neap
