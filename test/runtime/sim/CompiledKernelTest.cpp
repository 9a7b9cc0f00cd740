// Kernels from LLVM IR, compiled for each architecture: right to the bit, for every order, and not accused.
#include "CompiledKernels.h"

namespace neap::test {
namespace {

class CompiledKernelTest : public testing::TestWithParam<std::string> {};

TEST_P(CompiledKernelTest, ComputesWhatPlainCodeComputes) {
  std::string text = compileKernels(GetParam());
  for (const Problem &problem : problems())
    for (uint64_t seed = 0; seed < 12; ++seed) {
      Problem::Outcome outcome = problem.run(text, seed);
      ASSERT_TRUE(outcome.result.ok()) << outcome.result.message();
      for (size_t i = 0; i < problem.expected.size(); ++i)
        ASSERT_EQ(outcome.output[i], std::bit_cast<uint32_t>(problem.expected[i]))
            << problem.kernel << " element " << i << " seed " << seed;
    }
}

TEST_P(CompiledKernelTest, WritesTheOutputAndReadsTheInputs) {
  std::string text = compileKernels(GetParam());
  for (const Problem &problem : problems()) {
    Problem::Outcome outcome = problem.run(text, 0);
    uint64_t read = 0;
    for (const std::vector<float> &input : problem.inputs)
      read += input.size() * 4;
    EXPECT_EQ(outcome.result.reads.bytes(), read) << problem.kernel;
    EXPECT_EQ(outcome.result.writes.bytes(), problem.outputCount * 4) << problem.kernel;
  }
}

INSTANTIATE_TEST_SUITE_P(Architectures, CompiledKernelTest, testing::Values("sm_80", "sm_90", "sm_100"));

} // namespace
} // namespace neap::test
