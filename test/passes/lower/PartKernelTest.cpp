// Tensors that are computed part by part: sums, each part going on from where the one before stopped, and random words of rows. The
// same bits as the whole, on the CPU and on a simulated device, and over the bytes of what a sum goes on from.
#include "KernelFixture.h"

#include <sstream>

using namespace mlir;
using namespace neap;
using neap::testing::KernelTest;

namespace {

class PartKernelTest : public KernelTest {
protected:
  /// Runs a step on random numbers; its results come in pairs of equal bits.
  void expectEqualPairs(const std::string &text, int64_t indexLimit = 4) {
    OwningOpRef<ModuleOp> module = fuse(text);
    std::vector<HostTensor> inputs;
    for (Type type : (*module->getOps<StepOp>().begin()).getArgumentTypes())
      inputs.push_back(randomTensor(cast<RankedTensorType>(type), indexLimit));
    for (auto &results : {runStepOnCpu(*module, inputs), runStepOnCuda(*module, inputs)})
      for (size_t i = 0; i < results.size(); i += 2) {
        ASSERT_EQ(results[i].size(), results[i + 1].size());
        EXPECT_EQ(std::memcmp(results[i].data(), results[i + 1].data(), results[i].size() * sizeof(double)), 0)
            << "results " << i << " and " << i + 1 << " of " << text;
      }
  }

  /// The only group of a step may write its result over the operand that is the step's last argument.
  void expectInPlace(const std::string &text) {
    OwningOpRef<ModuleOp> module = fuse(text);
    StepOp step = *module->getOps<StepOp>().begin();
    FusedOp group = *step.getBody().front().getOps<FusedOp>().begin();
    Value last = step.getArguments().back();
    unsigned operand = llvm::find(group.getInputs(), last) - group.getInputs().begin();
    ASSERT_LT(operand, group.getInputs().size());
    EXPECT_TRUE(canRunInPlace(group.getBody().front(), group.getKind(), operand, 0)) << text;
  }
};

std::string matrix(int64_t rows, int64_t columns) {
  return "tensor<" + std::to_string(rows) + "x" + std::to_string(columns) + "xf32>";
}

/// Rows [begin, end) of a matrix.
std::string rowsOf(const std::string &name, const std::string &source, int64_t rows, int64_t columns, int64_t begin,
                   int64_t end) {
  return name + " = neap.slice " + source + " starts [" + std::to_string(begin) + ", 0] sizes [" +
         std::to_string(end - begin) + ", " + std::to_string(columns) + "] strides [1, 1] : " + matrix(rows, columns) +
         "\n";
}

/// X^T Y over `rows` rows, whole and cut, as the gradient of a weight is.
std::string splitProduct(int64_t m, int64_t n, int64_t rows, const std::vector<int64_t> &cuts) {
  std::string sum = matrix(m, n), body = "%t = neap.transpose %x [1, 0] : " + matrix(rows, m) +
                                         "\n%whole = neap.matmul %t, %y : " + matrix(m, rows) + ", " + matrix(rows, n) +
                                         "\n%s0 = neap.constant dense<0.0> : " + sum + "\n";
  int64_t begin = 0;
  for (size_t i = 0; i <= cuts.size(); ++i) {
    int64_t end = i < cuts.size() ? cuts[i] : rows;
    std::string number = std::to_string(i);
    body += rowsOf("%x" + number, "%x", rows, m, begin, end) + rowsOf("%y" + number, "%y", rows, n, begin, end) + "%t" +
            number + " = neap.transpose %x" + number + " [1, 0] : " + matrix(end - begin, m) + "\n%s" +
            std::to_string(i + 1) + " = neap.matmul %t" + number + ", %y" + number + " from %s" + number + " : " +
            matrix(m, end - begin) + ", " + matrix(end - begin, n) + " from " + sum + "\n";
    begin = end;
  }
  return "neap.step @s(%x: " + matrix(rows, m) + ", %y: " + matrix(rows, n) + ") -> (" + sum + ", " + sum + ") {\n" +
         body + "neap.return %whole, %s" + std::to_string(cuts.size() + 1) + " : " + sum + ", " + sum + "\n}";
}

TEST_F(PartKernelTest, ProductsOfPartsHaveTheBitsOfTheWhole) {
  expectEqualPairs(splitProduct(37, 50, 40, {16}));
  expectEqualPairs(splitProduct(5, 3, 7, {1, 2, 3}));
  expectEqualPairs(splitProduct(70, 130, 1100, {512, 700})); // several blocks of k, tiles that overhang
  for (int round = 0; round < 4; ++round) {
    auto size = [&](int64_t most) { return static_cast<int64_t>(1 + random() % most); };
    int64_t rows = 3 + size(90), first = size(rows - 2), second = first + size(rows - first - 1);
    expectEqualPairs(splitProduct(size(70), size(70), rows, {first, second}));
  }
}

/// Every tiling, edge and batch; the kernel fixture runs each over the bytes of what it goes on from.
TEST_F(PartKernelTest, ProductsGoOnInPlace) {
  for (std::string sizes : {"37 24 50", "6 300 16", "1 5 1", "64 16 64", "130 513 70"}) {
    int64_t m, k, n;
    std::istringstream(sizes) >> m >> k >> n;
    std::string text = "neap.step @s(%x: " + matrix(m, k) + ", %w: " + matrix(k, n) + ", %c: " + matrix(m, n) +
                       ") -> (" + matrix(m, n) + ") {\n%y = neap.matmul %x, %w from %c : " + matrix(m, k) + ", " +
                       matrix(k, n) + " from " + matrix(m, n) + "\nneap.return %y : " + matrix(m, n) + "\n}";
    EXPECT_EQ(check(text), "gemm");
    expectInPlace(text);
  }
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<2x3x20x9xf32>, %w: tensor<2x3x9x33xf32>, %c: tensor<2x3x20x33xf32>) -> (tensor<2x3x20x33xf32>) {
      %y = neap.matmul %x, %w from %c : tensor<2x3x20x9xf32>, tensor<2x3x9x33xf32> from tensor<2x3x20x33xf32>
      neap.return %y : tensor<2x3x20x33xf32>
    })"),
            "gemm");
}

/// What a product goes on from is read through views, as a number that is the same everywhere, and by its epilogue once more.
TEST_F(PartKernelTest, ProductsGoOnFromWhatIsReadInOtherWays) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<37x24xf32>, %w: tensor<24x50xf32>, %c: tensor<50x37xf32>, %r: tensor<50xf32>,
        %d: tensor<37x50xf32>) -> (tensor<37x50xf32>, tensor<37x50xf32>, tensor<37x50xf32>, tensor<37x50xf32>) {
      %t = neap.transpose %c [1, 0] : tensor<50x37xf32>
      %0 = neap.matmul %x, %w from %t : tensor<37x24xf32>, tensor<24x50xf32> from tensor<37x50xf32>
      %b = neap.broadcast %r : tensor<50xf32> -> tensor<37x50xf32>
      %1 = neap.matmul %x, %w from %b : tensor<37x24xf32>, tensor<24x50xf32> from tensor<37x50xf32>
      %n = neap.constant dense<-0.5> : tensor<37x50xf32>
      %2 = neap.matmul %x, %w from %n : tensor<37x24xf32>, tensor<24x50xf32> from tensor<37x50xf32>
      %3 = neap.matmul %x, %w from %d : tensor<37x24xf32>, tensor<24x50xf32> from tensor<37x50xf32>
      %e = neap.mul %3, %d : tensor<37x50xf32>
      neap.return %0, %1, %2, %e : tensor<37x50xf32>, tensor<37x50xf32>, tensor<37x50xf32>, tensor<37x50xf32>
    })"),
            "gemm gemm gemm gemm");
}

/// A square matrix may be a factor as well: then it is not written over.
TEST_F(PartKernelTest, AProductThatGoesOnFromItsFactor) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<40x40xf32>) -> (tensor<40x40xf32>) {
      %m = neap.matmul %x, %x from %x : tensor<40x40xf32>, tensor<40x40xf32> from tensor<40x40xf32>
      neap.return %m : tensor<40x40xf32>
    })"),
            "gemm");
}

/// The sum of the rows of a matrix, whole and cut after so many chunks.
std::string splitSum(int64_t rows, int64_t columns, int64_t chunk, const std::vector<int64_t> &cuts) {
  std::string sum = "tensor<" + std::to_string(columns) + "xf32>";
  std::string body = "%whole = neap.reduce sum %x axes [0] : " + matrix(rows, columns) +
                     "\n%s0 = neap.constant dense<0.0> : " + sum + "\n";
  int64_t begin = 0;
  for (size_t i = 0; i <= cuts.size(); ++i) {
    int64_t end = i < cuts.size() ? cuts[i] * chunk : rows;
    std::string number = std::to_string(i);
    body += rowsOf("%x" + number, "%x", rows, columns, begin, end) + "%s" + std::to_string(i + 1) +
            " = neap.reduce sum %x" + number + " axes [0] from %s" + number + " chunk " + std::to_string(chunk) +
            " : " + matrix(end - begin, columns) + " from " + sum + "\n";
    begin = end;
  }
  return "neap.step @s(%x: " + matrix(rows, columns) + ") -> (" + sum + ", " + sum + ") {\n" + body +
         "neap.return %whole, %s" + std::to_string(cuts.size() + 1) + " : " + sum + ", " + sum + "\n}";
}

TEST_F(PartKernelTest, SumsOfPartsOfWholeChunksHaveTheBitsOfTheWhole) {
  struct Shape {
    int64_t rows, columns;
    std::vector<int64_t> cuts;
  };
  for (const Shape &shape :
       {Shape{3001, 40, {10, 50}}, Shape{2100, 37, {1}}, Shape{96, 300, {1, 2}}, Shape{33, 8, {1}}}) {
    OwningOpRef<ModuleOp> module = fuse(splitSum(shape.rows, shape.columns, shape.rows, {}));
    int64_t chunk = 0;
    module->walk([&](ReduceOp op) { chunk = chunk ? chunk : op.getChunkRows(); });
    expectEqualPairs(splitSum(shape.rows, shape.columns, chunk, shape.cuts));
  }
}

TEST_F(PartKernelTest, SumsGoOnInPlace) {
  for (std::string sizes : {"3001 40 47", "20 37 32", "2100 300 1000", "64 8 1", "5 1 4"}) {
    int64_t rows, columns, chunk;
    std::istringstream(sizes) >> rows >> columns >> chunk;
    std::string sum = "tensor<" + std::to_string(columns) + "xf32>";
    std::string text = "neap.step @s(%x: " + matrix(rows, columns) + ", %a: " + sum + ") -> (" + sum +
                       ") {\n%s = neap.reduce sum %x axes [0] from %a chunk " + std::to_string(chunk) + " : " +
                       matrix(rows, columns) + " from " + sum + "\nneap.return %s : " + sum + "\n}";
    EXPECT_EQ(check(text), "column");
    expectInPlace(text);
  }
}

/// Sums of one sweep that go on from different tensors, one that does not, and integers along an axis in the middle.
TEST_F(PartKernelTest, SumsThatShareASweep) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<70x9x33xf32>, %a: tensor<33xf32>, %b: tensor<33xf32>)
        -> (tensor<33xf32>, tensor<33xf32>, tensor<33xf32>) {
      %q = neap.mul %x, %x : tensor<70x9x33xf32>
      %0 = neap.reduce sum %x axes [0, 1] from %a : tensor<70x9x33xf32> from tensor<33xf32>
      %1 = neap.reduce sum %q axes [0, 1] from %b : tensor<70x9x33xf32> from tensor<33xf32>
      %2 = neap.reduce max %x axes [0, 1] : tensor<70x9x33xf32>
      neap.return %0, %1, %2 : tensor<33xf32>, tensor<33xf32>, tensor<33xf32>
    })"),
            "column");
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<2x700x36xi32>, %a: tensor<2x36xi32>) -> (tensor<2x36xi32>) {
      %0 = neap.reduce sum %x axes [1] from %a chunk 100 : tensor<2x700x36xi32> from tensor<2x36xi32>
      neap.return %0 : tensor<2x36xi32>
    })",
                  1000),
            "column");
}

/// A constant of `count` row numbers below 11, from number `first` of a fixed list on.
std::string rowNumbers(const std::string &name, int64_t first, int64_t count) {
  std::string list;
  for (int64_t i = first; i < first + count; ++i)
    list += (list.empty() ? "" : ", ") + std::to_string((i * i + i / 7) % 11);
  return name + " = neap.constant dense<[" + list + "]> : tensor<" + std::to_string(count) + "xi64>\n";
}

/// Updates that go to equal rows come in their order, whichever part they are in.
TEST_F(PartKernelTest, ScattersOfPartsHaveTheBitsOfTheWhole) {
  for (int64_t columns : {130, 6}) {
    std::string base = matrix(11, columns), all = matrix(300, columns), first = matrix(170, columns),
                rest = matrix(130, columns);
    expectEqualPairs("neap.step @s(%u: " + all + ", %b: " + base + ") -> (" + base + ", " + base + ") {\n" +
                     rowNumbers("%i", 0, 300) + rowNumbers("%i0", 0, 170) + rowNumbers("%i1", 170, 130) +
                     rowsOf("%u0", "%u", 300, columns, 0, 170) + rowsOf("%u1", "%u", 300, columns, 170, 300) +
                     "%whole = neap.scatter_add %b, %i, %u : " + base + ", tensor<300xi64>, " + all +
                     "\n%s0 = neap.scatter_add %b, %i0, %u0 : " + base + ", tensor<170xi64>, " + first +
                     "\n%s1 = neap.scatter_add %s0, %i1, %u1 : " + base + ", tensor<130xi64>, " + rest +
                     "\nneap.return %whole, %s1 : " + base + ", " + base + "\n}");
    expectInPlace("neap.step @s(%i: tensor<300xi64>, %u: " + all + ", %b: " + base + ") -> (" + base +
                  ") {\n%s = neap.scatter_add %b, %i, %u : " + base + ", tensor<300xi64>, " + all +
                  "\nneap.return %s : " + base + "\n}");
  }
}

/// Rows of a dropout, alone, have the words that they have in the whole: rows of several dimensions, of whole counters and of parts
/// of one, and numbers without rows.
TEST_F(PartKernelTest, DropoutOfRowsHasTheWordsOfTheWhole) {
  std::string words = ", %l: tensor<ui32>, %h: tensor<ui32>, %s: tensor<ui32>, %i: tensor<ui32>";
  struct Part {
    std::string whole, part, starts, sizes, strides;
    int64_t skip;
  };
  for (const Part &part : {Part{"24x37x", "12x37x", "8, 0", "12, 37", "1, 1", 8 * 10},
                           Part{"6x4x8x", "2x4x8x", "3, 0, 0", "2, 4, 8", "1, 1, 1", 3 * 4 * 2},
                           Part{"6x4x8x", "1x2x8x", "5, 1, 0", "1, 2, 8", "1, 1, 1", (5 * 4 + 1) * 2},
                           Part{"40x", "20x", "12", "20", "1", 3}}) {
    std::string whole = "tensor<" + part.whole + "f32>", rows = "tensor<" + part.part + "f32>";
    std::string slice =
        " starts [" + part.starts + "] sizes [" + part.sizes + "] strides [" + part.strides + "] : " + whole + "\n";
    expectEqualPairs("neap.step @s(%x: " + whole + words + ") -> (" + rows + ", " + rows +
                         ") {\n%n = neap.constant dense<" + std::to_string(part.skip) +
                         "> : tensor<ui32>\n%d = neap.dropout %x ratio 0.5 key %l, %h, %s, %i : " + whole +
                         "\n%e = neap.slice %d" + slice + "%y = neap.slice %x" + slice +
                         "%f = neap.dropout %y ratio 0.5 key %l, %h, %s, %i skip %n : " + rows +
                         "\nneap.return %e, %f : " + rows + ", " + rows + "\n}",
                     neap::testing::anyWord);
    check("neap.step @s(%x: " + rows + words + ", %n: tensor<ui32>) -> (" + rows +
              ") {\n%f = neap.dropout %x ratio 0.5 key %l, %h, %s, %i skip %n : " + rows +
              "\nneap.return %f : " + rows + "\n}",
          neap::testing::anyWord);
  }
}

/// Counters go on beyond 2^32, and lanes that are no neighbours skip as well.
TEST_F(PartKernelTest, WordsBehindManyOthers) {
  check(R"(
    neap.step @s(%x: tensor<9x37xf32>, %l: tensor<ui32>, %h: tensor<ui32>, %s: tensor<ui32>, %i: tensor<ui32>)
        -> (tensor<37x9xf32>, tensor<9x37xf32>) {
      %n = neap.constant dense<4294967293> : tensor<ui32>
      %d = neap.dropout %x ratio 0.5 key %l, %h, %s, %i skip %n : tensor<9x37xf32>
      %t = neap.transpose %d [1, 0] : tensor<9x37xf32>
      %u = neap.random_uniform key %l, %h, %s, %i skip %n : tensor<9x37xf32>
      neap.return %t, %u : tensor<37x9xf32>, tensor<9x37xf32>
    })",
        neap::testing::anyWord);
}

/// The last of two batch elements alone, forward and backward.
TEST_F(PartKernelTest, AttentionOfAPartOfTheBatchHasTheMaskOfTheWhole) {
  expectEqualPairs(R"(
    neap.step @s(%q: tensor<2x3x70x8xf32>, %k: tensor<2x3x66x8xf32>, %v: tensor<2x3x66x4xf32>, %g: tensor<2x3x70x4xf32>,
        %e: tensor<2x3x70xf32>, %l: tensor<ui32>, %h: tensor<ui32>, %s: tensor<ui32>, %i: tensor<ui32>)
        -> (tensor<1x3x70x4xf32>, tensor<1x3x70x4xf32>, tensor<1x3x66x8xf32>, tensor<1x3x66x8xf32>) {
      %y, %lse = neap.attention %q, %k, %v dropout %l, %h, %s, %i {dropout_ratio = 0.5}
          : tensor<2x3x70x8xf32>, tensor<2x3x66x8xf32>, tensor<2x3x66x4xf32>
      %dq, %dk, %dv = neap.attention_backward %q, %k, %v, %lse, %g delta %e, %e dropout %l, %h, %s, %i {dropout_ratio = 0.5}
          : tensor<2x3x70x8xf32>, tensor<2x3x66x8xf32>, tensor<2x3x66x4xf32>, tensor<2x3x70xf32>, tensor<2x3x70x4xf32>
          delta tensor<2x3x70xf32>, tensor<2x3x70xf32>
      %y1 = neap.slice %y starts [1, 0, 0, 0] sizes [1, 3, 70, 4] strides [1, 1, 1, 1] : tensor<2x3x70x4xf32>
      %dk1 = neap.slice %dk starts [1, 0, 0, 0] sizes [1, 3, 66, 8] strides [1, 1, 1, 1] : tensor<2x3x66x8xf32>
      %n = neap.constant dense<3570> : tensor<ui32>
      %q1 = neap.slice %q starts [1, 0, 0, 0] sizes [1, 3, 70, 8] strides [1, 1, 1, 1] : tensor<2x3x70x8xf32>
      %k1 = neap.slice %k starts [1, 0, 0, 0] sizes [1, 3, 66, 8] strides [1, 1, 1, 1] : tensor<2x3x66x8xf32>
      %v1 = neap.slice %v starts [1, 0, 0, 0] sizes [1, 3, 66, 4] strides [1, 1, 1, 1] : tensor<2x3x66x4xf32>
      %g1 = neap.slice %g starts [1, 0, 0, 0] sizes [1, 3, 70, 4] strides [1, 1, 1, 1] : tensor<2x3x70x4xf32>
      %e1 = neap.slice %e starts [1, 0, 0] sizes [1, 3, 70] strides [1, 1, 1] : tensor<2x3x70xf32>
      %z, %use = neap.attention %q1, %k1, %v1 dropout %l, %h, %s, %i, %n {dropout_ratio = 0.5}
          : tensor<1x3x70x8xf32>, tensor<1x3x66x8xf32>, tensor<1x3x66x4xf32>
      %dp, %dl, %dw = neap.attention_backward %q1, %k1, %v1, %use, %g1 delta %e1, %e1 dropout %l, %h, %s, %i, %n
          {dropout_ratio = 0.5} : tensor<1x3x70x8xf32>, tensor<1x3x66x8xf32>, tensor<1x3x66x4xf32>, tensor<1x3x70xf32>,
          tensor<1x3x70x4xf32> delta tensor<1x3x70xf32>, tensor<1x3x70xf32>
      neap.return %y1, %z, %dk1, %dl
          : tensor<1x3x70x4xf32>, tensor<1x3x70x4xf32>, tensor<1x3x66x8xf32>, tensor<1x3x66x8xf32>
    })",
                   neap::testing::anyWord);
}

} // namespace
