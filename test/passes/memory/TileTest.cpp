// Regions of random programs, forward and backward, in tiles: the loop computes what the ops did, whatever the seed.
#include "neap/test/dialects/neap/RandomGraph.h"

#include "neap/passes/grad/Passes.h"
#include "neap/passes/memory/tile/TileRegion.h"

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

/// Tiles around every op in turn; returns how many loops that made.
int checkGraph(uint64_t seed) {
  SCOPED_TRACE("graph " + std::to_string(seed));
  int loops = 0;
  RandomGraph original = makeStep(seed);
  auto expected = evaluate(original.step, {}, original.context);
  for (int64_t count : {2, 3, 4})
    for (size_t number = 0; Value at = findSeed(original.step, number); ++number) {
      if (isa<ReadOp, ConstantOp>(at.getDefiningOp()) || !findTileRegion(at, count))
        continue;
      SCOPED_TRACE("op " + std::to_string(number) + " in " + std::to_string(count) + " tiles");
      RandomGraph tiled = makeStep(seed);
      tileRegion(*findTileRegion(findSeed(tiled.step, number), count));
      EXPECT_TRUE(succeeded(verify(*tiled.module)));
      auto outcome = evaluate(tiled.step, {}, tiled.context);
      EXPECT_TRUE(succeeded(outcome));
      if (testing::Test::HasFailure())
        return loops;
      expectEqual(*outcome, *expected);
      ++loops;
    }
  return loops;
}

TEST(Tile, LoopsComputeWhatTheirOpsDid) {
  constexpr uint64_t numGraphs = 300;
  int loops = 0;
  for (uint64_t seed = 0; seed < numGraphs && !HasFailure(); ++seed)
    loops += checkGraph(seed);
  EXPECT_GE(loops, 200) << "too few regions to say anything";
}

} // namespace
