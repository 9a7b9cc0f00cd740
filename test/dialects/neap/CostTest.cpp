// Costs of fusion groups against figures worked out by hand: what is touched in memory, not what operands would hold.
#include "neap/dialects/neap/Cost.h"
#include "neap/dialects/neap/Neap.h"

#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace neap;

namespace {

struct Cost {
  int64_t flops, bytesRead, bytesWritten;
  bool operator==(const Cost &) const = default;
};

void PrintTo(const Cost &cost, std::ostream *os) {
  *os << cost.flops << " flops, " << cost.bytesRead << " read, " << cost.bytesWritten << " written";
}

/// The cost of the only fused op of a step with these arguments and body.
Cost costOf(const std::string &arguments, const std::string &body) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<NeapDialect>();
  auto module =
      parseSourceString<ModuleOp>("neap.step @s(" + arguments + ") {\n" + body + "\nneap.return\n}", &context);
  EXPECT_TRUE(module) << body;
  Cost cost{-1, -1, -1};
  if (module)
    module->walk([&](FusedOp fused) { cost = {fused.getFlops(), fused.getBytesRead(), fused.getBytesWritten()}; });
  return cost;
}

TEST(Cost, AnOpAloneReadsItsOperandsAndWritesItsResult) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<NeapDialect>();
  auto module = parseSourceString<ModuleOp>(R"(
    neap.step @s(%a: tensor<2x6x8xf32>, %b: tensor<2x8x4xf32>, %table: tensor<10x8xf32>, %small: tensor<2x8xf32>,
                   %i: tensor<3xi64>) {
      %c = neap.matmul %a, %b : tensor<2x6x8xf32>, tensor<2x8x4xf32>
      %g = neap.gather %table, %i : tensor<10x8xf32>, tensor<3xi64>
      %h = neap.gather %small, %i : tensor<2x8xf32>, tensor<3xi64>
      %s = neap.softmax %a : tensor<2x6x8xf32>
      neap.return
    })",
                                            &context);
  ASSERT_TRUE(module);
  std::vector<Cost> costs;
  module->walk([&](CostModel op) { costs.push_back({op.getFlops(), op.getBytesRead(), op.getBytesWritten()}); });
  std::vector<Cost> expected{
      {2 * 48 * 8, 4 * (96 + 64), 4 * 48}, {0, 3 * 32 + 24, 3 * 32}, {0, 2 * 32 + 24, 3 * 32}, {96, 384, 384}};
  EXPECT_EQ(costs, expected);
}

TEST(Cost, PointwiseReadsItsOperandsOnceAndKeepsWhatIsInBetween) {
  Cost cost = costOf("%x: tensor<8x64xf32>, %y: tensor<8x64xf32>", R"(
    %r = neap.fused pointwise (%x, %y) {
    ^bb0(%a: tensor<8x64xf32>, %b: tensor<8x64xf32>):
      %s = neap.add %a, %b : tensor<8x64xf32>
      %t = neap.mul %s, %a : tensor<8x64xf32>
      neap.yield %t : tensor<8x64xf32>
    } : (tensor<8x64xf32>, tensor<8x64xf32>) -> tensor<8x64xf32>)");
  EXPECT_EQ(cost, (Cost{2 * 512, 2 * 2048, 2048}));
}

TEST(Cost, AStretchedOperandIsReadAsItLies) {
  Cost cost = costOf("%x: tensor<8x64xf32>, %y: tensor<64xf32>", R"(
    %r = neap.fused pointwise (%x, %y) {
    ^bb0(%a: tensor<8x64xf32>, %b: tensor<64xf32>):
      %c = neap.broadcast %b : tensor<64xf32> -> tensor<8x64xf32>
      %s = neap.add %a, %c : tensor<8x64xf32>
      neap.yield %s : tensor<8x64xf32>
    } : (tensor<8x64xf32>, tensor<64xf32>) -> tensor<8x64xf32>)");
  EXPECT_EQ(cost, (Cost{512, 2048 + 256, 2048}));
}

TEST(Cost, OfASlicedOperandTheSliceIsRead) {
  Cost cost = costOf("%x: tensor<8x64xf32>", R"(
    %r = neap.fused pointwise (%x) {
    ^bb0(%a: tensor<8x64xf32>):
      %b = neap.slice %a starts [0, 16] sizes [8, 4] strides [1, 1] : tensor<8x64xf32>
      %c = neap.transpose %b [1, 0] : tensor<8x4xf32>
      %s = neap.exp %c : tensor<4x8xf32>
      neap.yield %s : tensor<4x8xf32>
    } : (tensor<8x64xf32>) -> tensor<4x8xf32>)");
  EXPECT_EQ(cost, (Cost{32, 128, 128}));
}

TEST(Cost, TwoSlicesAreReadApartAndNeverMoreThanThereIs) {
  std::string arguments = "%x: tensor<8xf32>", begin = R"(
    %r = neap.fused pointwise (%x) {
    ^bb0(%a: tensor<8xf32>):)",
              end = R"(
      %s = neap.add %b, %c : tensor<6xf32>
      neap.yield %s : tensor<6xf32>
    } : (tensor<8xf32>) -> tensor<6xf32>)";
  std::string low = "%b = neap.slice %a starts [0] sizes [6] strides [1] : tensor<8xf32>\n";
  std::string high = "%c = neap.slice %a starts [2] sizes [6] strides [1] : tensor<8xf32>\n";
  EXPECT_EQ(costOf(arguments, begin + low + high + end), (Cost{6, 32, 24}));
}

TEST(Cost, ASumHasOneOperationForEachElementAndReadsARowOnce) {
  // Softmax: max, subtraction, exp, sum, division.
  Cost cost = costOf("%x: tensor<8x64xf32>", R"(
    %r = neap.fused row (%x) {
    ^bb0(%a: tensor<8x64xf32>):
      %m = neap.reduce max %a axes [1] : tensor<8x64xf32>
      %m1 = neap.reshape %m : tensor<8xf32> -> tensor<8x1xf32>
      %mb = neap.broadcast %m1 : tensor<8x1xf32> -> tensor<8x64xf32>
      %d = neap.sub %a, %mb : tensor<8x64xf32>
      %e = neap.exp %d : tensor<8x64xf32>
      %s = neap.reduce sum %e axes [1] : tensor<8x64xf32>
      %s1 = neap.reshape %s : tensor<8xf32> -> tensor<8x1xf32>
      %sb = neap.broadcast %s1 : tensor<8x1xf32> -> tensor<8x64xf32>
      %q = neap.div %e, %sb : tensor<8x64xf32>
      neap.yield %q : tensor<8x64xf32>
    } : (tensor<8x64xf32>) -> tensor<8x64xf32>)");
  EXPECT_EQ(cost, (Cost{5 * 512, 2048, 2048}));
}

TEST(Cost, AProductReadsBothMatricesOnceThroughViewsAndWritesAfterItsEpilogue) {
  Cost cost = costOf("%x: tensor<16x32xf32>, %w: tensor<8x32xf32>, %bias: tensor<8xf32>", R"(
    %r = neap.fused gemm (%x, %w, %bias) {
    ^bb0(%a: tensor<16x32xf32>, %b: tensor<8x32xf32>, %c: tensor<8xf32>):
      %t = neap.transpose %b [1, 0] : tensor<8x32xf32>
      %p = neap.matmul %a, %t : tensor<16x32xf32>, tensor<32x8xf32>
      %s = neap.broadcast %c : tensor<8xf32> -> tensor<16x8xf32>
      %q = neap.add %p, %s : tensor<16x8xf32>
      neap.yield %q : tensor<16x8xf32>
    } : (tensor<16x32xf32>, tensor<8x32xf32>, tensor<8xf32>) -> tensor<16x8xf32>)");
  EXPECT_EQ(cost, (Cost{2 * 16 * 8 * 32 + 128, 4 * (512 + 256 + 8), 4 * 128}));
}

TEST(Cost, AGatherReadsRows) {
  Cost cost = costOf("%table: tensor<1000x64xf32>, %ids: tensor<8xi64>", R"(
    %r = neap.fused pointwise (%table, %ids) {
    ^bb0(%a: tensor<1000x64xf32>, %i: tensor<8xi64>):
      %g = neap.gather %a, %i : tensor<1000x64xf32>, tensor<8xi64>
      neap.yield %g : tensor<8x64xf32>
    } : (tensor<1000x64xf32>, tensor<8xi64>) -> tensor<8x64xf32>)");
  EXPECT_EQ(cost, (Cost{0, 8 * 256 + 64, 8 * 256}));
}

TEST(Cost, AGatherOfMoreRowsThanThereAreReadsTheTable) {
  Cost cost = costOf("%table: tensor<4x64xf32>, %ids: tensor<8xi64>", R"(
    %r = neap.fused pointwise (%table, %ids) {
    ^bb0(%a: tensor<4x64xf32>, %i: tensor<8xi64>):
      %g = neap.gather %a, %i : tensor<4x64xf32>, tensor<8xi64>
      neap.yield %g : tensor<8x64xf32>
    } : (tensor<4x64xf32>, tensor<8xi64>) -> tensor<8x64xf32>)");
  EXPECT_EQ(cost, (Cost{0, 4 * 256 + 64, 8 * 256}));
}

TEST(Cost, AScatterOnItsBaseTouchesTheRowsItAddsTo) {
  Cost cost = costOf("%base: tensor<1000x64xf32>, %ids: tensor<8xi64>, %u: tensor<8x64xf32>", R"(
    %r = neap.fused scatter (%base, %ids, %u) {
    ^bb0(%a: tensor<1000x64xf32>, %i: tensor<8xi64>, %b: tensor<8x64xf32>):
      %s = neap.scatter_add %a, %i, %b : tensor<1000x64xf32>, tensor<8xi64>, tensor<8x64xf32>
      neap.yield %s : tensor<1000x64xf32>
    } : (tensor<1000x64xf32>, tensor<8xi64>, tensor<8x64xf32>) -> tensor<1000x64xf32>)");
  EXPECT_EQ(cost, (Cost{512, 2 * 2048 + 64, 2048}));
}

TEST(Cost, AScatterFromZerosWritesAll) {
  Cost cost = costOf("%ids: tensor<8xi64>, %u: tensor<8x64xf32>", R"(
    %r = neap.fused scatter (%ids, %u) {
    ^bb0(%i: tensor<8xi64>, %b: tensor<8x64xf32>):
      %a = neap.constant dense<0.0> : tensor<1000x64xf32>
      %s = neap.scatter_add %a, %i, %b : tensor<1000x64xf32>, tensor<8xi64>, tensor<8x64xf32>
      neap.yield %s : tensor<1000x64xf32>
    } : (tensor<8xi64>, tensor<8x64xf32>) -> tensor<1000x64xf32>)");
  EXPECT_EQ(cost, (Cost{512, 2048 + 64, 256000}));
}

TEST(Cost, AConcatMovesAndComputesNothing) {
  Cost cost = costOf("%x: tensor<8x4xf32>, %y: tensor<8x2xf32>", R"(
    %r = neap.fused concat (%x, %y) {
    ^bb0(%a: tensor<8x4xf32>, %b: tensor<8x2xf32>):
      %c = neap.concat %a, %b axis 1 : tensor<8x4xf32>, tensor<8x2xf32>
      neap.yield %c : tensor<8x6xf32>
    } : (tensor<8x4xf32>, tensor<8x2xf32>) -> tensor<8x6xf32>)");
  EXPECT_EQ(cost, (Cost{0, 192, 192}));
}

TEST(Cost, IntegersAndComparisonsAreNoFloatingPointWork) {
  Cost cost = costOf("%x: tensor<16xf32>, %y: tensor<16xi64>", R"(
    %r:2 = neap.fused pointwise (%x, %y) {
    ^bb0(%a: tensor<16xf32>, %b: tensor<16xi64>):
      %c = neap.compare lt %a, %a : tensor<16xf32>
      %d = neap.add %b, %b : tensor<16xi64>
      neap.yield %c, %d : tensor<16xi1>, tensor<16xi64>
    } : (tensor<16xf32>, tensor<16xi64>) -> (tensor<16xi1>, tensor<16xi64>))");
  EXPECT_EQ(cost, (Cost{0, 64 + 128, 16 + 128})); // a bool takes a byte
}

TEST(Cost, AValueWrittenAndUsedIsComputedOnceAndWrittenOnce) {
  Cost cost = costOf("%x: tensor<16xf32>", R"(
    %r:2 = neap.fused pointwise (%x) {
    ^bb0(%a: tensor<16xf32>):
      %b = neap.tanh %a : tensor<16xf32>
      %c = neap.mul %b, %b : tensor<16xf32>
      neap.yield %b, %c : tensor<16xf32>, tensor<16xf32>
    } : (tensor<16xf32>) -> (tensor<16xf32>, tensor<16xf32>))");
  EXPECT_EQ(cost, (Cost{32, 64, 128}));
}

} // namespace
