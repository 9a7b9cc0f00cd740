// Generated matrix products against a triple loop, bit for bit: every shape, layout, tiling, CPU and split must give
// exactly the sum that one accumulator makes in k order by fused multiply-add.
#include "neap/passes/lower/gemm/Gemm.h"
#include "neap/compiler/emit/Object.h"
#include "neap/test/support/CompiledModule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <optional>
#include <random>

using namespace mlir;
using namespace neap::lower;
using neap::testing::CompiledModule;
using neap::testing::Scratch;

namespace {

/// A product, how to cut it, and where its result goes (as buffer 2).
struct Case {
  GemmProblem problem;
  OperandLayout result;
  std::optional<GemmTiling> tiling;
};

int64_t batchCount(const GemmProblem &problem) {
  int64_t count = 1;
  for (int64_t size : problem.batch)
    count *= size;
  return count;
}

/// Elements a buffer needs so that all of `layout` lies inside.
int64_t extent(const OperandLayout &layout, ArrayRef<int64_t> batch, int64_t rows, int64_t columns) {
  auto reach = [](int64_t size, int64_t stride) { return std::max<int64_t>(size - 1, 0) * std::max<int64_t>(stride, 0); };
  int64_t last = layout.offset + reach(rows, layout.rowStride) + reach(columns, layout.columnStride);
  for (auto [size, stride] : llvm::zip_equal(batch, layout.batchStrides))
    last += reach(size, stride);
  return last + 1;
}

int64_t batchOffset(const OperandLayout &layout, ArrayRef<int64_t> batch, int64_t element) {
  int64_t offset = layout.offset;
  for (size_t i = batch.size(); i-- > 0; element /= batch[i])
    offset += element % batch[i] * layout.batchStrides[i];
  return offset;
}

std::vector<float> randomValues(int64_t count, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float &value : values)
    value = normal(generator);
  return values;
}

/// The operands of a case and a result buffer that starts as a pattern, so that stray stores show.
struct Data {
  std::vector<float> lhs, rhs, result;

  explicit Data(const Case &test)
      : lhs(randomValues(extent(test.problem.lhs, test.problem.batch, test.problem.m, test.problem.k), 1)),
        rhs(randomValues(extent(test.problem.rhs, test.problem.batch, test.problem.k, test.problem.n), 2)),
        result(extent(test.result, test.problem.batch, test.problem.m, test.problem.n), 12345.0f) {}
};

/// The definition: one accumulator from +0, k in order, fused.
__attribute__((target("fma,avx2"))) void multiplyByDefinition(const Case &test, Data &data) {
  const GemmProblem &p = test.problem;
  for (int64_t b = 0; b < batchCount(p); ++b) {
    const float *lhs = data.lhs.data() + batchOffset(p.lhs, p.batch, b);
    const float *rhs = data.rhs.data() + batchOffset(p.rhs, p.batch, b);
    float *result = data.result.data() + batchOffset(test.result, p.batch, b);
    for (int64_t i = 0; i < p.m; ++i)
      for (int64_t j = 0; j < p.n; ++j) {
        float sum = 0.0f;
        for (int64_t k = 0; k < p.k; ++k)
          sum = std::fma(lhs[i * p.lhs.rowStride + k * p.lhs.columnStride],
                         rhs[k * p.rhs.rowStride + j * p.rhs.columnStride], sum);
        result[i * test.result.rowStride + j] = sum;
      }
  }
}

CpuDescription describe(const std::string &cpu) { return llvm::cantFail(neap::emit::describeCpu(cpu)); }

/// All cases as kernels g0, g1, ... of one module, compiled for `cpu`.
class Compiled {
public:
  Compiled(ArrayRef<Case> cases, const std::string &cpu) {
    neap::testing::loadKernelDialects(context);
    OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
    for (auto [i, test] : llvm::enumerate(cases)) {
      GemmTiling tiling = test.tiling ? *test.tiling : chooseGemmTiling(test.problem, describe(cpu));
      auto store = [&](OpBuilder &builder, Location location, const GemmSite &site) {
        emitStoreEpilogue(builder, location, site, test.result);
      };
      std::string name = "g" + std::to_string(i);
      kernels.push_back(buildGemm(*module, UnknownLoc::get(&context), name, test.problem, tiling, store));
      kernels.back().function = nullptr; // Lowering erases it.
    }
    compiled.emplace(*module, cpu);
  }

  /// Runs kernel `index`, its items cut at `cuts` (ascending), in pieces of their own scratch.
  void run(size_t index, Data &data, ArrayRef<int64_t> cuts = {}) const {
    void *buffers[] = {data.lhs.data(), data.rhs.data(), data.result.data()};
    int64_t begin = 0;
    SmallVector<int64_t> ends(cuts);
    ends.push_back(kernels[index].items);
    for (int64_t end : ends) {
      Scratch scratch(kernels[index].scratchBytes);
      compiled->kernel("g" + std::to_string(index))(buffers, begin, end, scratch.data());
      begin = end;
    }
  }

  const GemmKernel &operator[](size_t index) const { return kernels[index]; }

private:
  MLIRContext context;
  std::vector<GemmKernel> kernels;
  std::optional<CompiledModule> compiled;
};

bool sameBits(const std::vector<float> &a, const std::vector<float> &b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

std::string describe(const Case &test) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  const GemmProblem &p = test.problem;
  stream << "batch " << batchCount(p) << " m " << p.m << " n " << p.n << " k " << p.k << " lhs strides "
         << p.lhs.rowStride << "," << p.lhs.columnStride << " rhs strides " << p.rhs.rowStride << ","
         << p.rhs.columnStride;
  if (test.tiling)
    stream << " tile " << test.tiling->tileRows << "x" << test.tiling->tileColumns << " depth " << test.tiling->depth
           << " columns " << test.tiling->blockColumns << " rows " << test.tiling->itemRows << "/"
           << test.tiling->blockRows;
  return text;
}

void expectDefinition(ArrayRef<Case> cases, const std::string &cpu) {
  Compiled compiled(cases, cpu);
  for (auto [i, test] : llvm::enumerate(cases)) {
    Data expected(test), actual(test);
    multiplyByDefinition(test, expected);
    compiled.run(i, actual);
    EXPECT_TRUE(sameBits(expected.result, actual.result)) << cpu << ": " << describe(test);
  }
}

/// A product of contiguous matrices, either one transposed.
Case dense(int64_t m, int64_t n, int64_t k, bool lhsTransposed = false, bool rhsTransposed = false) {
  Case test;
  test.problem.m = m;
  test.problem.n = n;
  test.problem.k = k;
  test.problem.lhs = lhsTransposed ? OperandLayout{0, 0, {}, 1, m} : OperandLayout{0, 0, {}, k, 1};
  test.problem.rhs = rhsTransposed ? OperandLayout{1, 0, {}, 1, k} : OperandLayout{1, 0, {}, n, 1};
  test.result = {2, 0, {}, n, 1};
  return test;
}

/// An attention product, read and written inside rows of `heads` heads side by side.
Case headStrided(int64_t batch, int64_t heads, int64_t m, int64_t n, int64_t k) {
  Case test;
  test.problem.batch = {batch, heads};
  test.problem.m = m;
  test.problem.n = n;
  test.problem.k = k;
  test.problem.lhs = {0, 0, {m * heads * k * 3, k}, heads * k * 3, 1};
  test.problem.rhs = {1, heads * k, {n * heads * k * 3, k}, 1, heads * k * 3};
  test.result = {2, 0, {m * heads * n, n}, heads * n, 1};
  return test;
}

GemmTiling smallTiling(int64_t lanes, int64_t rows, int64_t depth, int64_t blockColumns, int64_t strips) {
  GemmTiling tiling;
  tiling.lanes = lanes;
  tiling.tileRows = rows;
  tiling.tileColumns = 2 * lanes;
  tiling.depth = depth;
  tiling.blockColumns = blockColumns;
  tiling.itemRows = 2 * rows;
  tiling.blockRows = strips * tiling.itemRows;
  return tiling;
}

const std::string cpus[] = {"x86-64-v3", "native"};

class Gemm : public ::testing::TestWithParam<std::string> {};

TEST_P(Gemm, AddsInOrderForRandomShapesAndLayouts) {
  std::mt19937 generator(7);
  std::uniform_int_distribution<int64_t> size(1, 70);
  std::vector<Case> cases;
  for (int i = 0; i < 32; ++i)
    cases.push_back(dense(size(generator), size(generator), size(generator), i & 1, i & 2));
  expectDefinition(cases, GetParam());
}

TEST_P(Gemm, AddsInOrderAtTheEdges) {
  std::vector<Case> cases;
  for (bool lhsTransposed : {false, true})
    for (bool rhsTransposed : {false, true})
      for (auto [m, n, k] : {std::tuple<int64_t, int64_t, int64_t>{1, 1, 1}, {1, 17, 300}, {13, 1, 33}, {6, 16, 8}})
        cases.push_back(dense(m, n, k, lhsTransposed, rhsTransposed));
  cases.push_back(dense(5, 7, 0));
  expectDefinition(cases, GetParam());
}

TEST_P(Gemm, AddsInOrderForLargeProducts) {
  expectDefinition({dense(300, 500, 1000), dense(300, 500, 1000, true, true), dense(97, 1601, 769, false, true),
                    dense(1100, 40, 800, true)},
                   GetParam());
}

TEST_P(Gemm, ReadsStridedBatches) {
  std::vector<Case> cases{headStrided(2, 3, 40, 24, 16), headStrided(1, 12, 64, 64, 64), headStrided(3, 2, 1, 9, 5)};
  Case strided = dense(20, 30, 40); // Neither stride is 1.
  strided.problem.lhs = {0, 3, {}, 2, 50};
  strided.problem.rhs = {1, 5, {}, 3, 200};
  cases.push_back(strided);
  Case shared = headStrided(2, 3, 20, 20, 20); // All heads read one rhs.
  shared.problem.rhs.batchStrides = {0, 0};
  cases.push_back(shared);
  expectDefinition(cases, GetParam());
}

TEST_P(Gemm, GivesTheSameBitsUnderAnyTiling) {
  int64_t lanes = describe(GetParam()).lanes;
  std::vector<Case> cases;
  for (int64_t width : {64, 768})
    for (const GemmTiling &tiling :
         {smallTiling(lanes, 6, 32, 64, 1), smallTiling(lanes, 4, 1000, 32, 3), smallTiling(8, 6, 17, 96, 2),
          smallTiling(8, 1, 64, 16, 9), smallTiling(lanes, 5, 100, 320, 4)}) {
      cases.push_back(dense(50, 150, width));
      cases.back().tiling = tiling;
      cases.push_back(dense(50, width, 90, true, true));
      cases.back().tiling = tiling;
      cases.push_back(dense(width, 70, 60, true));
      cases.back().tiling = tiling;
    }
  expectDefinition(cases, GetParam());
}

TEST_P(Gemm, ReadsLhsInPlace) {
  std::vector<Case> cases;
  for (bool lhsTransposed : {false, true})
    for (auto [m, n, k] : {std::tuple<int64_t, int64_t, int64_t>{48, 70, 130}, {6, 16, 5}, {12, 33, 64}}) {
      cases.push_back(dense(m, n, k, lhsTransposed));
      cases.back().tiling = smallTiling(describe(GetParam()).lanes, 6, 50, 64, 2);
      cases.back().tiling->lhs = lhsTransposed ? LhsForm::columns : LhsForm::rows;
    }
  expectDefinition(cases, GetParam());
}

/// Broadcasts have strides of 0, reversed slices negative ones, on either side and along either dimension.
TEST_P(Gemm, ReadsRepeatedAndReversedOperands) {
  constexpr int64_t m = 24, n = 40, k = 50;
  auto layouts = [](int64_t buffer, int64_t rows, int64_t columns) {
    return std::vector<OperandLayout>{{buffer, 3, {}, 0, 1},
                                      {buffer, 3, {}, 1, 0},
                                      {buffer, 3, {}, 0, 0},
                                      {buffer, rows * columns, {}, -columns, 1},
                                      {buffer, rows * columns, {}, 1, -rows},
                                      {buffer, columns, {}, columns, -1},
                                      {buffer, rows, {}, -1, rows}};
  };
  std::vector<Case> cases;
  for (const OperandLayout &lhs : layouts(0, m, k)) {
    cases.push_back(dense(m, n, k));
    cases.back().problem.lhs = lhs;
  }
  for (const OperandLayout &rhs : layouts(1, k, n)) {
    cases.push_back(dense(m, n, k));
    cases.back().problem.rhs = rhs;
  }
  expectDefinition(cases, GetParam());
}

TEST_P(Gemm, GivesTheSameBitsUnderAnySplit) {
  std::vector<Case> cases{dense(200, 300, 500), headStrided(2, 5, 30, 40, 16)};
  cases[0].tiling = smallTiling(8, 6, 64, 64, 3);
  Compiled compiled(cases, GetParam());
  std::mt19937 generator(3);
  for (auto [i, test] : llvm::enumerate(cases)) {
    Data expected(test);
    multiplyByDefinition(test, expected);
    for (int round = 0; round < 8; ++round) {
      std::uniform_int_distribution<int64_t> item(0, compiled[i].items);
      SmallVector<int64_t> cuts;
      for (int cut = 0; cut < round; ++cut)
        cuts.push_back(item(generator));
      llvm::sort(cuts);
      Data actual(test);
      compiled.run(i, actual, cuts);
      EXPECT_TRUE(sameBits(expected.result, actual.result)) << describe(test) << " cut " << round << " times";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cpus, Gemm, ::testing::ValuesIn(cpus), [](const auto &info) {
  return info.param == "native" ? std::string("Native") : std::string("Avx2");
});

} // namespace
