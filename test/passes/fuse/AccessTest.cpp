// Accesses against counting: a form must name the element that walking the views one by one finds.
#include "neap/dialects/neap/HostTensor.h"
#include "neap/passes/fuse/Access.h"

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

#include <random>

using namespace mlir;
using namespace neap;

namespace {

int64_t valueAt(const LinearForm &form, ArrayRef<int64_t> indices) {
  int64_t value = form.constant;
  for (auto [coefficient, index] : llvm::zip_equal(form.coefficients, indices))
    value += coefficient * index;
  return value;
}

/// Whether an access names element `expected(indices)` of a dense tensor everywhere.
void expectPositions(const Access &access, ArrayRef<int64_t> shape, ArrayRef<int64_t> loops,
                     llvm::function_ref<int64_t(ArrayRef<int64_t>)> expected) {
  LinearForm position = linearPosition(access, shape, loops.size());
  forEachIndex(loops, [&](ArrayRef<int64_t> indices) { ASSERT_EQ(valueAt(position, indices), expected(indices)); });
}

TEST(AccessTest, ReshapeKeepsTheRowMajorPosition) {
  SmallVector<int64_t> loops = {4, 6, 10};
  auto access = reshapeAccess(identityAccess(loops), loops, {24, 2, 5}, loops);
  // The last loop runs over two dimensions of the result, so it cannot be linear in it.
  EXPECT_TRUE(failed(access));
  access = reshapeAccess(identityAccess(loops), loops, {24, 10}, loops);
  ASSERT_TRUE(succeeded(access));
  expectPositions(*access, {24, 10}, loops, [&](ArrayRef<int64_t> i) { return (i[0] * 6 + i[1]) * 10 + i[2]; });
}

TEST(AccessTest, ReshapeSplitsWhatLoopsSplit) {
  SmallVector<int64_t> loops = {3, 4, 16};
  auto access = reshapeAccess(identityAccess(loops), loops, {3, 64}, loops);
  ASSERT_TRUE(succeeded(access));
  auto back = reshapeAccess(*access, {3, 64}, {3, 4, 16}, loops);
  ASSERT_TRUE(succeeded(back));
  EXPECT_EQ(*back, identityAccess(loops));
}

TEST(AccessTest, AReshapeAcrossASliceIsNotLinear) {
  // Loops over the first 5 of 8 columns: in the tensor of 8 columns the rows are 8 apart, so 20 elements in one
  // dimension do not follow one another.
  SmallVector<int64_t> loops = {20};
  EXPECT_TRUE(failed(reshapeAccess(identityAccess(loops), {20}, {4, 5}, loops)));
}

TEST(AccessTest, LoopsOfOneIterationDoNotMatter) {
  SmallVector<int64_t> loops = {1, 7, 1};
  auto access = reshapeAccess(identityAccess(loops), {1, 7, 1}, {7}, loops);
  ASSERT_TRUE(succeeded(access));
  EXPECT_TRUE(isBijective(*access, {7}, loops));
}

TEST(AccessTest, BijectiveMeansEveryElementOnce) {
  SmallVector<int64_t> loops = {4, 5};
  Access identity = identityAccess(loops);
  EXPECT_TRUE(isBijective(identity, {4, 5}, loops));
  EXPECT_TRUE(isBijective({identity[1], identity[0]}, {5, 4}, loops)) << "transposed";
  EXPECT_TRUE(isBijective({identity[1]}, {5}, loops)) << "a row vector, the same in every row";
  EXPECT_FALSE(isBijective(identity, {8, 5}, loops)) << "half of the rows";
  EXPECT_FALSE(isBijective({identity[0] * 2, identity[1]}, {8, 5}, loops)) << "every other row";
  EXPECT_FALSE(isBijective({identity[0] * -1, identity[1]}, {4, 5}, loops)) << "backwards is refused";
}

/// Chains of random transposes, slices and reshapes: where all links compose, the element is the one that indexing through
/// the chain finds.
TEST(AccessTest, RandomChainsOfViews) {
  MLIRContext context;
  std::mt19937 random(11);
  auto pick = [&](int64_t from, int64_t to) { return std::uniform_int_distribution<int64_t>(from, to)(random); };
  int composed = 0;
  for (int round = 0; round < 500; ++round) {
    SmallVector<int64_t> loops = {pick(1, 4), pick(1, 4), pick(1, 6)};
    SmallVector<int64_t> shape(loops);
    Access access = identityAccess(loops);
    std::vector<std::function<SmallVector<int64_t>(SmallVector<int64_t>)>> steps;
    bool linear = true;
    for (int link = 0; link < 3 && linear; ++link) {
      if (pick(0, 2) == 0) { // a reshape to two dimensions
        SmallVector<int64_t> from(shape), to = {shape[0], ShapedType::getNumElements(ArrayRef(shape).drop_front())};
        auto next = reshapeAccess(access, from, to, loops);
        linear = succeeded(next);
        if (!linear)
          break;
        access = *next;
        steps.push_back([from, to](SmallVector<int64_t> index) {
          int64_t position = linearize(index, rowMajorStrides(from));
          return SmallVector<int64_t>{position / to[1], position % to[1]};
        });
        shape = to;
      } else { // operand index = permuted, stretched and shifted result index
        SmallVector<unsigned> permutation = llvm::to_vector(llvm::seq<unsigned>(0, shape.size()));
        std::shuffle(permutation.begin(), permutation.end(), random);
        SmallVector<int64_t> start, stride, operandShape;
        SmallVector<AffineExpr> expressions;
        for (unsigned dimension : permutation) {
          start.push_back(pick(0, 2));
          stride.push_back(pick(1, 2));
          expressions.push_back(getAffineDimExpr(dimension, &context) * stride.back() + start.back());
          operandShape.push_back(start.back() + stride.back() * (shape[dimension] - 1) + 1 + pick(0, 1));
        }
        auto next = composeAccess(AffineMap::get(shape.size(), 0, expressions, &context), access, loops);
        ASSERT_TRUE(succeeded(next));
        access = *next;
        steps.push_back([permutation, start, stride](SmallVector<int64_t> index) {
          SmallVector<int64_t> operand;
          for (size_t i = 0; i < permutation.size(); ++i)
            operand.push_back(index[permutation[i]] * stride[i] + start[i]);
          return operand;
        });
        shape = operandShape;
      }
    }
    if (!linear)
      continue;
    ++composed;
    expectPositions(access, shape, loops, [&](ArrayRef<int64_t> indices) {
      SmallVector<int64_t> index(indices);
      for (auto &step : steps)
        index = step(index);
      return linearize(index, rowMajorStrides(shape));
    });
  }
  EXPECT_GT(composed, 200);
}

} // namespace
