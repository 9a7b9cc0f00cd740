// Products through the simulated cuBLASLt: every layout that the manifest can say gives the bits of a plain loop.
#include "SimulatedArena.h"

#include "neap/runtime/cuda/MatrixProducts.h"

#include <cmath>
#include <cstring>

namespace neap::test {
namespace {

using namespace runtime;

/// The element of a matrix at an index of the batch.
uint64_t elementOf(const ProductMatrix &matrix, const std::vector<uint64_t> &batch, uint64_t row, uint64_t column) {
  uint64_t element =
      matrix.offset + (matrix.transposed ? column * matrix.leading + row : row * matrix.leading + column);
  for (size_t i = 0; i < batch.size(); ++i)
    element += batch[i] * matrix.batchStrides[i];
  return element;
}

/// Computes it in place in an arena, as the generated kernels do.
void computePlainly(const MatrixProduct &product, std::vector<float> &arena) {
  std::vector<float> before = arena;
  std::vector<uint64_t> index(product.batch.size());
  uint64_t count = 1;
  for (uint64_t size : product.batch)
    count *= size;
  for (uint64_t number = 0; number < count; ++number) {
    uint64_t rest = number;
    for (size_t i = index.size(); i-- > 0; rest /= product.batch[i])
      index[i] = rest % product.batch[i];
    for (uint64_t row = 0; row < product.m; ++row)
      for (uint64_t column = 0; column < product.n; ++column) {
        float sum = 0;
        for (uint64_t k = 0; k < product.k; ++k)
          sum = std::fma(before[elementOf(product.lhs, index, row, k)],
                         before[elementOf(product.rhs, index, k, column)], sum);
        if (product.bias)
          sum += before[product.bias->offset + column];
        if (product.addend)
          sum += before[elementOf(*product.addend, index, row, column)];
        arena[elementOf(product.result, index, row, column)] = sum;
      }
  }
}

/// Runs it on the device. All operands lie in one arena, the argument of number 0.
std::vector<float> computeByLibrary(SimulatedArena &device, const MatrixProduct &product) {
  MatrixProducts products(device.library.table());
  std::unique_ptr<PlannedProduct> plan = products.plan(product, {device.arena}, device.workspace);
  EXPECT_TRUE(plan);
  if (plan)
    plan->enqueue(device.stream, {});
  return device.read();
}

void expectPlainBits(const MatrixProduct &product) {
  for (uint64_t seed = 0; seed < 3; ++seed) {
    SimulatedArena device({}, seed);
    std::vector<float> expected = device.host;
    computePlainly(product, expected);
    std::vector<float> got = computeByLibrary(device, product);
    EXPECT_TRUE(device.driver.reports().empty()) << device.driver.reports().front();
    EXPECT_EQ(std::memcmp(got.data(), expected.data(), got.size() * sizeof(float)), 0) << product.text();
    EXPECT_EQ(device.library.liveObjects(), 0u);
  }
}

/// 6 x 10 x 9, dense.
MatrixProduct makeProduct() {
  MatrixProduct product;
  product.m = 6;
  product.n = 10;
  product.k = 9;
  product.lhs = {0, 16, 9, false, {}};
  product.rhs = {0, 128, 10, false, {}};
  product.result = {0, 512, 10, false, {}};
  return product;
}

TEST(MatrixProductsTest, EveryLayoutGivesTheBitsOfAPlainLoop) {
  for (bool lhsTransposed : {false, true})
    for (bool rhsTransposed : {false, true})
      for (int epilogue = 0; epilogue < 3; ++epilogue)
        for (uint64_t padding : {0, 3}) {
          MatrixProduct product = makeProduct();
          product.lhs.transposed = lhsTransposed;
          product.lhs.leading = (lhsTransposed ? product.m : product.k) + padding;
          product.rhs.transposed = rhsTransposed;
          product.rhs.leading = (rhsTransposed ? product.k : product.n) + padding;
          product.result.leading += padding;
          if (epilogue == 1)
            product.bias = {0, 7};
          if (epilogue == 2)
            product.addend = {0, 1024, product.n + padding, false, {}};
          expectPlainBits(product);
        }
}

TEST(MatrixProductsTest, BatchesStrideAndRepeat) {
  MatrixProduct product = makeProduct();
  product.batch = {3, 4};
  product.lhs.batchStrides = {400, 54};
  product.rhs = {0, 2048, 10, false, {0, 90}};      // one for all of the outer batch
  product.result = {0, 4096, 40, false, {240, 10}}; // heads side by side
  expectPlainBits(product);
  product.addend = {0, 8192, 40, false, {240, 10}};
  expectPlainBits(product);
}

TEST(MatrixProductsTest, OneRowAndOneColumn) {
  for (auto [m, n, k] : {std::tuple<uint64_t, uint64_t, uint64_t>(1, 10, 9), {6, 1, 9}, {6, 10, 1}, {1, 1, 1}}) {
    MatrixProduct product = makeProduct();
    product.m = m;
    product.n = n;
    product.k = k;
    expectPlainBits(product);
  }
}

/// Rows of a multiple of 16 bytes invite an algorithm that wants all addresses to be one; one of them is not.
TEST(MatrixProductsTest, EachOperandIsPromisedNoMoreAlignmentThanItHas) {
  MatrixProduct aligned = makeProduct();
  aligned.lhs.leading = aligned.rhs.leading = aligned.result.leading = 12;
  aligned.batch = {2, 2};
  for (ProductMatrix *matrix : {&aligned.lhs, &aligned.rhs, &aligned.result})
    matrix->batchStrides = {240, 120};
  aligned.lhs.offset = 0;
  aligned.rhs.offset = 1024;
  aligned.result.offset = 2048;
  aligned.addend = aligned.result;
  aligned.addend->offset = 4096;
  expectPlainBits(aligned);
  for (ProductMatrix MatrixProduct::*matrix : {&MatrixProduct::lhs, &MatrixProduct::rhs, &MatrixProduct::result}) {
    MatrixProduct product = aligned;
    ++(product.*matrix).offset;
    expectPlainBits(product);
    product = aligned;
    ++(product.*matrix).batchStrides[0];
    expectPlainBits(product);
  }
  ++aligned.addend->offset;
  expectPlainBits(aligned);
}

TEST(MatrixProductsTest, TheAddendMayBeTheResult) {
  MatrixProduct product = makeProduct();
  product.addend = product.result;
  expectPlainBits(product);
}

TEST(MatrixProductsTest, TheCallSaysWhatTheManifestSays) {
  SimulatedArena device;
  MatrixProduct product = makeProduct();
  product.allowsTf32 = true;
  product.lhs.transposed = true;
  product.lhs.leading = 6;
  product.batch = {5, 2};
  product.lhs.batchStrides = product.rhs.batchStrides = {200, 100};
  product.result.batchStrides = {200, 60};
  product.bias = {0, 7};
  computeByLibrary(device, product);
  ASSERT_EQ(device.library.products().size(), 5u);
  sim::RecordedProduct call = device.library.products().front();
  EXPECT_EQ(std::tuple(call.m, call.n, call.k, call.batch), std::tuple(10u, 6u, 9u, 2));
  EXPECT_FALSE(call.transposesA) << "A is rhs";
  EXPECT_TRUE(call.transposesB) << "B is lhs";
  EXPECT_TRUE(call.hasBias);
  EXPECT_EQ(call.beta, 0);
  EXPECT_EQ(call.compute, cublas::ComputeType::F32FastTf32);
}

/// The library's first offer splits k and needs a workspace where k is long.
MatrixProduct makeDeepProduct() {
  MatrixProduct product = makeProduct();
  product.k = 64;
  product.lhs.leading = 64;
  product.rhs.offset = 1024;
  product.result.offset = 4096;
  return product;
}

TEST(MatrixProductsTest, TheWorkspaceBoundsTheAlgorithm) {
  SimulatedArena device;
  MatrixProducts products(device.library.table());
  uint64_t needed = products.plan(makeDeepProduct(), {device.arena}, device.workspace)->workspaceBytes();
  EXPECT_EQ(needed, 6 * 10 * 4u);
  EXPECT_EQ(products.plan(makeDeepProduct(), {device.arena}, {device.workspace.address, needed - 1})->workspaceBytes(),
            0u);
  EXPECT_EQ(products.planAll(makeDeepProduct(), {device.arena}, device.workspace, 8).size(), 2u);
  EXPECT_EQ(products.planAll(makeDeepProduct(), {device.arena}, device.workspace, 1).size(), 1u);
}

MatrixProduct withAlgorithm(MatrixProduct product, const MatrixProducts &library, const PlannedProduct &plan) {
  product.algorithm = {
      library.version(), plan.workspaceBytes(), {std::begin(plan.algorithm().data), std::end(plan.algorithm().data)}};
  return product;
}

TEST(MatrixProductsTest, AStoredAlgorithmIsTakenWhereItFits) {
  SimulatedArena device;
  MatrixProducts products(device.library.table());
  auto all = products.planAll(makeDeepProduct(), {device.arena}, device.workspace, 8);
  MatrixProduct product = withAlgorithm(makeDeepProduct(), products, *all[1]);
  EXPECT_EQ(products.plan(product, {device.arena}, device.workspace)->workspaceBytes(), 0u);

  MatrixProduct ofOtherLibrary = product;
  ++ofOtherLibrary.algorithm->library;
  EXPECT_EQ(products.plan(ofOtherLibrary, {device.arena}, device.workspace)->workspaceBytes(), 240u);
  MatrixProduct ofOtherProduct =
      withAlgorithm(makeDeepProduct(), products, *products.plan(makeProduct(), {device.arena}, {}));
  EXPECT_EQ(products.plan(ofOtherProduct, {device.arena}, device.workspace)->workspaceBytes(), 240u);
  MatrixProduct aligned = makeDeepProduct(), misaligned;
  aligned.m = 4; // rows of 16 bytes
  aligned.n = 4;
  aligned.rhs.leading = aligned.result.leading = 4;
  aligned = withAlgorithm(aligned, products, *products.plan(aligned, {device.arena}, {}));
  misaligned = aligned;
  ++misaligned.lhs.offset;
  EXPECT_EQ(products.plan(aligned, {device.arena}, device.workspace)->workspaceBytes(), 0u);
  EXPECT_NE(products.plan(misaligned, {device.arena}, device.workspace)->workspaceBytes(), 0u);
  MatrixProduct withLargeWorkspace = withAlgorithm(makeDeepProduct(), products, *all[0]);
  EXPECT_EQ(products.plan(withLargeWorkspace, {device.arena}, {})->workspaceBytes(), 0u);
  EXPECT_TRUE(device.driver.reports().empty()) << device.driver.reports().front();
}

TEST(MatrixProductsTest, AProductThatTheLibraryDoesNotOfferHasNoPlan) {
  SimulatedArena device({.version = 1, .isOffered = [](uint64_t, uint64_t, uint64_t k) { return k != 64; }});
  MatrixProducts products(device.library.table());
  EXPECT_FALSE(products.plan(makeDeepProduct(), {device.arena}, device.workspace));
  EXPECT_TRUE(products.plan(makeProduct(), {device.arena}, device.workspace));
  EXPECT_TRUE(device.driver.reports().empty()) << device.driver.reports().front();
}

std::string failureOf(const std::function<void()> &action) {
  try {
    action();
    return "none";
  } catch (const LibraryCallFailed &error) {
    return error.what();
  }
}

TEST(MatrixProductsTest, FailuresNameTheCallAndItsStatus) {
  SimulatedArena device;
  MatrixProduct wide = makeProduct();
  wide.result.leading = 9;
  EXPECT_EQ(failureOf([&] { computeByLibrary(device, wide); }),
            "cublasLtMatmulAlgoGetHeuristic: CUBLAS_STATUS_INVALID_VALUE");
  MatrixProduct overlapping = makeProduct();
  overlapping.result.offset = 20;
  EXPECT_EQ(failureOf([&] { computeByLibrary(device, overlapping); }), "cublasLtMatmul: CUBLAS_STATUS_INVALID_VALUE");
  MatrixProduct integers = makeProduct();
  integers.type = Type::I32;
  EXPECT_EQ(failureOf([&] { computeByLibrary(device, integers); }), "no product of int32");
  device.cuda.cuCtxSetCurrent(nullptr);
  EXPECT_EQ(failureOf([&] { MatrixProducts products(device.library.table()); }),
            "cublasLtCreate: CUBLAS_STATUS_NOT_INITIALIZED");
}

/// The place that bf16 will take: described like fp32, and refused by the simulated library only when it is to compute.
TEST(MatrixProductsTest, ProductsOfBF16AreDescribed) {
  SimulatedArena device;
  MatrixProducts products(device.library.table());
  MatrixProduct product = makeProduct();
  product.type = Type::BF16;
  std::unique_ptr<PlannedProduct> plan = products.plan(product, {device.arena}, device.workspace);
  ASSERT_TRUE(plan);
  EXPECT_EQ(failureOf([&] { plan->enqueue(device.stream, {}); }), "cublasLtMatmul: CUBLAS_STATUS_NOT_SUPPORTED");
}

} // namespace
} // namespace neap::test
