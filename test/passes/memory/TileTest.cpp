// Regions of random programs, forward and backward, in tiles: the loop computes what the ops did, whatever the seed.
#include "neap/test/dialects/neap/RandomGraph.h"

#include "neap/passes/grad/Passes.h"
#include "neap/passes/memory/tile/LateCopies.h"
#include "neap/passes/memory/tile/TileRegion.h"
#include "neap/passes/support/Step.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace neap;
using namespace neap::test;

namespace {

// In fp64; sums of tiles are added in another order by the interpreter.
constexpr double tolerance = 1e-9;

/// Differentiated and in primitive ops, as the memory stage has it.
RandomGraph makeStep(uint64_t seed) {
  RandomGraph graph = makeRandomGraph(seed);
  PassManager passes(&getContext());
  passes.addPass(createBuildBackward());
  passes.addPass(createCanonicalizerPass());
  EXPECT_TRUE(succeeded(passes.run(*graph.module)));
  decomposeAll(graph);
  return graph;
}

Value findSeed(StepOp step, size_t number) {
  for (Operation &op : step.getBody().front())
    if (op.getNumResults() > 0 && number-- == 0)
      return op.getResult(0);
  return {};
}

void expectEqual(const StepOutcome &found, const StepOutcome &expected) {
  EXPECT_LE(distance(found.results[0], expected.results[0]), tolerance);
  for (auto &[parameter, gradient] : expected.observed)
    EXPECT_LE(distance(found.observed.lookup(parameter), gradient), tolerance) << parameter.str();
}

/// Whether a change of a step in tiles around a value is one, and leaves what it computes.
using Change = llvm::function_ref<bool(StepOp step, Value seed, int64_t count)>;

bool tileOnce(StepOp, Value seed, int64_t count) {
  std::optional<TileRegion> region = findTileRegion(seed, count);
  if (region)
    tileRegion(*region);
  return region.has_value();
}

bool copyOnly(StepOp step, Value seed, int64_t count) { return copyForBackward(step, seed, count).has_value(); }

/// Changes around every op in turn; returns how many there were.
int checkGraph(uint64_t seed, Change change) {
  SCOPED_TRACE("graph " + std::to_string(seed));
  int changes = 0;
  RandomGraph original = makeStep(seed);
  auto expected = evaluate(original.step, {}, original.context);
  llvm::DenseSet<Operation *> forward = collectForward(original.step);
  for (int64_t count : {2, 3, 4})
    for (size_t number = 0; Value at = findSeed(original.step, number); ++number) {
      if (isa<ReadOp, ConstantOp>(at.getDefiningOp()))
        continue;
      if (!findTileRegion(at, count) && !findForwardRegion(at, count, forward))
        continue; // nothing can be done here, which a copy of the step need not show
      SCOPED_TRACE("op " + std::to_string(number) + " in " + std::to_string(count) + " tiles");
      OwningOpRef<ModuleOp> tiled = original.module->clone();
      StepOp step = findStep(*tiled);
      if (!change(step, findSeed(step, number), count))
        continue;
      EXPECT_TRUE(succeeded(verify(*tiled)));
      auto outcome = evaluate(step, {}, original.context);
      EXPECT_TRUE(succeeded(outcome));
      if (testing::Test::HasFailure())
        return changes;
      expectEqual(*outcome, *expected);
      ++changes;
    }
  return changes;
}

int checkGraphs(Change change) {
  constexpr uint64_t numGraphs = 300;
  int changes = 0;
  for (uint64_t seed = 0; seed < numGraphs && !testing::Test::HasFailure(); ++seed)
    changes += checkGraph(seed, change);
  return changes;
}

TEST(Tile, LoopsComputeWhatTheirOpsDid) { EXPECT_GE(checkGraphs(tileOnce), 200) << "too few regions to say anything"; }

TEST(Tile, CopiesForTheBackwardPassChangeNothing) { EXPECT_GE(checkGraphs(copyOnly), 200); }

TEST(Tile, WhatIsMadeTwiceIsTheSame) { EXPECT_GE(checkGraphs(tileTwice), 40); }

} // namespace
