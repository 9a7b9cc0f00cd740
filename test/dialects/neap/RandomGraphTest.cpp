// Random programs: their gradients against central differences, and every rewrite of the dialect against the program
// before it.
#include "RandomGraph.h"

#include "neap/passes/grad/Passes.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace neap;
using namespace neap::test;

namespace {

constexpr uint64_t numGraphs = 300;
constexpr double step = 1e-5;
constexpr double gradientTolerance = 2e-6;
constexpr double rewriteTolerance = 1e-7;

double evaluateLoss(const RandomGraph &graph, const StepContext &context) {
  auto outcome = evaluate(graph.step, {}, context);
  EXPECT_TRUE(succeeded(outcome));
  return outcome->results[0].floats[0];
}

double differentiate(const RandomGraph &graph, StringRef parameter, size_t position) {
  StepContext context = graph.context;
  double &x = context.symbols[parameter].floats[position], at = x;
  x = at + step;
  double above = evaluateLoss(graph, context);
  x = at - step;
  return (above - evaluateLoss(graph, context)) / (2 * step);
}

void runPass(RandomGraph &graph, std::unique_ptr<Pass> pass) {
  PassManager passes(&getContext());
  passes.addPass(std::move(pass));
  ASSERT_TRUE(succeeded(passes.run(*graph.module)));
}

StepOutcome runBackward(RandomGraph &graph) {
  auto outcome = evaluate(graph.step, {}, graph.context);
  EXPECT_TRUE(succeeded(outcome));
  return succeeded(outcome) ? *outcome : StepOutcome();
}

void expectEqual(const StepOutcome &found, const StepOutcome &expected, const char *what) {
  EXPECT_LE(distance(found.results[0], expected.results[0]), rewriteTolerance) << what;
  for (auto &[parameter, gradient] : expected.observed)
    EXPECT_LE(distance(found.observed.lookup(parameter), gradient), rewriteTolerance) << what << parameter.str();
}

void checkGradients(const RandomGraph &forward, const StepOutcome &outcome) {
  for (auto &[parameter, value] : forward.context.symbols)
    for (size_t i = 0; i < value.floats.size(); ++i) {
      double expected = differentiate(forward, parameter, i);
      ASSERT_TRUE(outcome.observed.contains(parameter));
      EXPECT_NEAR(outcome.observed.lookup(parameter).floats[i], expected, gradientTolerance * (1 + std::abs(expected)))
          << parameter.str() << " element " << i;
    }
}

void checkGraph(uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomGraph forward = makeRandomGraph(seed), backward = makeRandomGraph(seed);
  ASSERT_TRUE(succeeded(verify(*forward.module)));
  runPass(backward, createBuildBackward());
  StepOutcome outcome = runBackward(backward);
  checkGradients(forward, outcome);
  runPass(backward, createCanonicalizerPass());
  expectEqual(runBackward(backward), outcome, "canonicalized");
  decomposeAll(backward);
  EXPECT_TRUE(succeeded(verify(*backward.module)));
  runPass(backward, createCanonicalizerPass());
  expectEqual(runBackward(backward), outcome, "decomposed");
}

TEST(RandomGraph, GradientsMatchCentralDifferencesAndRewritesKeepThem) {
  for (uint64_t seed = 0; seed < numGraphs; ++seed) {
    checkGraph(seed);
    if (HasFailure())
      return;
  }
}

} // namespace
