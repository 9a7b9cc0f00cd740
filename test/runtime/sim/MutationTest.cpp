// Correct kernels, slightly changed. What a change does is judged by what comes out and by a plain trace of addresses, never
// by the machine's own verdict:
//
//   strays            some thread accesses what it must not, or misaligned
//   order-dependent   the output differs between orders of execution
//   wrong             the output is the same in all orders, but not the right one
//   harmless          none of these
//
// The first two must be accused. A wrong computation that does nothing forbidden is for a comparison with a reference to
// find; a harmless mutant may break a rule without an effect, such as a race of equal values.
#include "CompiledKernels.h"
#include "Mutator.h"

#include "neap/runtime/sim/ptx/Error.h"

#include <cstdio>
#include <map>

namespace neap::test {
namespace {

constexpr size_t mutantsOfAKernel = 120;
constexpr uint64_t orders = 6;

struct Count {
  size_t accused = 0, passed = 0;
};

struct Judgement {
  std::string effect;
  bool accused = false;
};

Judgement judge(const Problem &problem, const std::string &text) {
  Judgement judgement;
  bool strays = false, orderDependent = false, wrong = false;
  std::vector<uint32_t> first;
  for (uint64_t seed = 0; seed < orders; ++seed) {
    // Many reports, so that the run goes on where it can.
    Problem::Outcome outcome = problem.run(text, seed, 1000);
    judgement.accused |= !outcome.result.ok();
    strays |= outcome.strays;
    if (seed == 0)
      first = outcome.output;
    orderDependent |= outcome.output != first;
    wrong |= std::memcmp(outcome.output.data(), problem.expected.data(), 4 * problem.expected.size()) != 0;
  }
  judgement.effect = strays ? "strays" : orderDependent ? "order-dependent" : wrong ? "wrong" : "harmless";
  return judgement;
}

TEST(MutationTest, WhatStraysOrDependsOnTheOrderIsAccused) {
  std::string text = compileKernels("sm_90");
  std::map<std::string, Count> counts;
  size_t refused = 0;
  for (const Problem &problem : problems()) {
    ASSERT_EQ(judge(problem, text).effect, "harmless") << problem.kernel;
    ASSERT_FALSE(judge(problem, text).accused) << problem.kernel;
    Mutator mutator(text, problem.kernel, 1);
    for (size_t i = 0; i < mutantsOfAKernel; ++i) {
      Mutant mutant = mutator.next();
      try {
        Judgement judgement = judge(problem, mutant.text);
        ++(judgement.accused ? counts[judgement.effect].accused : counts[judgement.effect].passed);
        if (judgement.effect == "strays" || judgement.effect == "order-dependent")
          EXPECT_TRUE(judgement.accused) << problem.kernel << ", " << mutant.description << ": " << judgement.effect;
      } catch (const sim::ptx::Error &) {
        ++refused;
      }
    }
  }
  std::printf("%-16s %8s %8s\n", "effect", "accused", "passed");
  for (auto &[effect, count] : counts)
    std::printf("%-16s %8zu %8zu\n", effect.c_str(), count.accused, count.passed);
  std::printf("refused by the front end: %zu\n", refused);
  EXPECT_GT(counts["strays"].accused, 30u);
  EXPECT_GT(counts["order-dependent"].accused, 10u);
}

} // namespace
} // namespace neap::test
