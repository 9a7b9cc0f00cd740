// Attention by blocks: sizes on every side of a block, biases that repeat in every way, both directions.
#include "KernelFixture.h"

using namespace mlir;
using namespace neap;
using neap::testing::anyWord;
using neap::testing::KernelTest;

namespace {

class AttentionKernelTest : public KernelTest {};

/// A bias %b that hides every other of 70 queries' keys behind a number.
const std::string hiddenRows = [] {
  std::string rows;
  for (int row = 0; row < 70; ++row)
    rows += std::string(row == 0 ? "" : ", ") + (row % 2 == 0 ? "[0.0]" : "[-3.40282347E+38]");
  return "%b = neap.constant dense<[" + rows + "]> : tensor<70x1xf32>";
}();

/// Sizes and attributes of an attention op.
struct AttentionCase {
  int64_t queries, keys, size, valueSize;
  const char *attributes;
  const char *bias; ///< its type, or null
  bool dropout = false;

  std::string type(const char *batch, int64_t rows, int64_t columns) const {
    return "tensor<" + std::string(batch) + std::to_string(rows) + "x" + std::to_string(columns) + "xf32>";
  }
  std::string query() const { return type("2x3x", queries, size); }
  std::string key() const { return type("2x3x", keys, size); }
  std::string value() const { return type("2x3x", keys, valueSize); }
  std::string result() const { return type("2x3x", queries, valueSize); }
  std::string rows() const { return "tensor<2x3x" + std::to_string(queries) + "xf32>"; }
  /// What every step has beside its tensors.
  std::string moreArguments() const {
    return (bias ? std::string(", %b: ") + bias : "") +
           (dropout ? ", %low: tensor<ui32>, %high: tensor<ui32>, %step: tensor<ui32>" : "");
  }
  std::string start() const { return dropout ? "{\n%id = neap.random_id 7 : tensor<ui32>\n" : "{\n"; }
  std::string moreOperands() const {
    return std::string(bias ? " bias %b" : "") + (dropout ? " dropout %low, %high, %step, %id" : "");
  }
  std::string biasType() const { return bias ? std::string(" bias ") + bias : ""; }

  std::string forward() const {
    return "neap.step @s(%q: " + query() + ", %k: " + key() + ", %v: " + value() + moreArguments() + ") -> (" +
           result() + ", " + rows() + ") " + start() + "%y, %lse = neap.attention %q, %k, %v" + moreOperands() +
           attributes + " : " + query() + ", " + key() + ", " + value() + biasType() +
           "\nneap.return %y, %lse : " + result() + ", " + rows() + "\n}";
  }

  /// Both gradients' ops, with a delta of the step's own for the second.
  std::string backward() const {
    std::string operands = "%q, %k, %v, %l, %g",
                types = query() + ", " + key() + ", " + value() + ", " + rows() + ", " + result();
    std::string results = rows() + ", " + rows() + ", " + query() + ", " + key() + ", " + value();
    return "neap.step @s(%q: " + query() + ", %k: " + key() + ", %v: " + value() + ", %l: " + rows() +
           ", %g: " + result() + ", %d: " + rows() + ", %s: " + rows() + moreArguments() + ") -> (" + results + ") " +
           start() + "%delta, %r = neap.attention_delta " + operands + moreOperands() + attributes + " : " + types +
           biasType() + "\n%dq, %dk, %dv = neap.attention_backward " + operands + " delta %d, %s" + moreOperands() +
           attributes + " : " + types + " delta " + rows() + ", " + rows() + biasType() +
           "\nneap.return %delta, %r, %dq, %dk, %dv : " + results + "\n}";
  }

  /// All of it: D is computed on the way or apart.
  std::string gradient() const {
    std::string types = query() + ", " + key() + ", " + value() + ", " + rows() + ", " + result();
    return "neap.step @s(%q: " + query() + ", %k: " + key() + ", %v: " + value() + ", %l: " + rows() +
           ", %g: " + result() + moreArguments() + ") -> (" + query() + ", " + key() + ", " + value() + ") " + start() +
           "%dq, %dk, %dv = neap.attention_backward %q, %k, %v, %l, %g" + moreOperands() + attributes + " : " + types +
           biasType() + "\nneap.return %dq, %dk, %dv : " + query() + ", " + key() + ", " + value() + "\n}";
  }
};

const AttentionCase attentionCases[] = {
    {5, 7, 4, 6, "", nullptr},                                   // less than a block of everything
    {64, 64, 16, 16, " {scale = 2.5e-01 : f32}", nullptr},       // a block
    {70, 70, 8, 8, " {causal, scale = 5.0e-01 : f32}", nullptr}, // a block and a rest
    {130, 66, 5, 70, " {causal}", nullptr},                      // values wider than a block; queries that see all
    {66, 130, 70, 3, " {causal}", nullptr},                      // keys that nobody sees
    {67, 65, 8, 8, "", "tensor<2x1x1x65xf32>"},                  // a bias for each key
    {65, 68, 8, 8, " {scale = 5.0e-01 : f32}", "tensor<1x3x65x68xf32>"},  // a bias for each query and key
    {65, 68, 8, 8, " {causal}", "tensor<2x1x65x1xf32>"},                  // a bias for each query
    {66, 130, 8, 8, " {causal, dropout_ratio = 2.0e-01}", nullptr, true}, // rows of whole counters and a part of one
    {70, 1, 4, 4, " {dropout_ratio = 5.0e-01}", nullptr, true},           // a single key: words go by queries
    {65, 68, 8, 8, " {dropout_ratio = 1.0e-01}", "tensor<1x3x65x68xf32>", true},
    {1, 1, 1, 1, " {dropout_ratio = 5.0e-01}", "tensor<1x3x1x1xf32>", true}, // a bias for each head, one word for each
    {130, 1, 1, 1, " {causal}", "tensor<2x3x1x1xf32>"},
    {3, 5, 65, 129, " {scale = -5.0e-01 : f32}", "tensor<1x1x1x5xf32>"}, // parts of a vector beside whole blocks
};

/// The mask is that of the whole matrix: attention with dropout is what its written-out form is.
TEST_F(AttentionKernelTest, DropoutIsThatOfTheWholeMatrix) {
  std::string arguments =
      "%q: tensor<2x70x8xf32>, %k: tensor<2x66x8xf32>, %v: tensor<2x66x8xf32>, %l: tensor<ui32>, %h: tensor<ui32>, %s: tensor<ui32>";
  std::string start =
      "neap.step @s(" + arguments + ") -> (tensor<2x70x8xf32>) {\n%id = neap.random_id 3 : tensor<ui32>\n";
  OwningOpRef<ModuleOp> written = fuse(start + R"(
      %t = neap.transpose %k [0, 2, 1] : tensor<2x66x8xf32>
      %m = neap.matmul %q, %t : tensor<2x70x8xf32>, tensor<2x8x66xf32>
      %p = neap.softmax %m : tensor<2x70x66xf32>
      %d = neap.dropout %p ratio 0.3 key %l, %h, %s, %id : tensor<2x70x66xf32>
      %y = neap.matmul %d, %v : tensor<2x70x66xf32>, tensor<2x66x8xf32>
      neap.return %y : tensor<2x70x8xf32>
    })");
  OwningOpRef<ModuleOp> raised = fuse(start + R"(
      %y, %lse = neap.attention %q, %k, %v dropout %l, %h, %s, %id {dropout_ratio = 0.3}
          : tensor<2x70x8xf32>, tensor<2x66x8xf32>, tensor<2x66x8xf32>
      neap.return %y : tensor<2x70x8xf32>
    })");
  StepOp step = *raised->getOps<StepOp>().begin();
  std::vector<HostTensor> inputs;
  for (Type type : step.getArgumentTypes())
    inputs.push_back(randomTensor(cast<RankedTensorType>(type), anyWord));
  auto expected = runStepOnCpu(*written, inputs).front(), actual = runStepOnCpu(*raised, inputs).front();
  for (auto [x, y] : llvm::zip_equal(expected, actual))
    ASSERT_NEAR(x, y, 1e-5);
}

TEST_F(AttentionKernelTest, AttentionByBlocks) {
  for (const AttentionCase &one : attentionCases) {
    SCOPED_TRACE(one.forward());
    EXPECT_EQ(check(one.forward(), anyWord), "attention");
  }
}

TEST_F(AttentionKernelTest, GradientsOfAttentionByBlocks) {
  for (const AttentionCase &one : attentionCases) {
    SCOPED_TRACE(one.backward());
    EXPECT_EQ(check(one.backward(), anyWord), "attention attention");
  }
}

/// The CPU computes D on the way, CUDA in a kernel of its own: the same bits.
TEST_F(AttentionKernelTest, GradientsOfAttentionWithoutADelta) {
  for (const AttentionCase &one : attentionCases) {
    SCOPED_TRACE(one.gradient());
    OwningOpRef<ModuleOp> together = fuse(one.gradient()), apart = fuse(one.gradient(), /*separateDelta=*/true);
    StepOp step = *together->getOps<StepOp>().begin();
    std::vector<HostTensor> inputs;
    for (Type type : step.getArgumentTypes())
      inputs.push_back(randomTensor(cast<RankedTensorType>(type), anyWord));
    EXPECT_EQ(runStepOnCpu(*together, inputs), runStepOnCuda(*apart, inputs));
  }
}

TEST_F(AttentionKernelTest, AttentionWhereAQuerySeesNothing) {
  for (const char *attributes : {"", " {empty_rows_zero}"})
    EXPECT_EQ(check(std::string(R"(
    neap.step @s(%q: tensor<3x4xf32>, %k: tensor<70x4xf32>, %v: tensor<70x4xf32>) -> (tensor<3x4xf32>, tensor<3xf32>) {
      %some = neap.constant dense<[[0.0], [0xFF800000], [1.0]]> : tensor<3x1xf32>
      %y, %lse = neap.attention %q, %k, %v bias %some)") +
                    attributes + R"( : tensor<3x4xf32>, tensor<70x4xf32>, tensor<70x4xf32> bias tensor<3x1xf32>
      neap.return %y, %lse : tensor<3x4xf32>, tensor<3xf32>
    })"),
              "attention");
}

/// As in GPT-2: query, key and value are parts of one tensor, the result is stored as the next product wants it.
/// A bias that hides all keys of a query behind a number leaves it all of them, in the gradient as well: as the written-out form
/// has it, of softmax and products.
TEST_F(AttentionKernelTest, GradientsWhereANumberHidesAllKeys) {
  std::string type = "tensor<70x8xf32>", scores = "tensor<70x66xf32>", key = "tensor<66x8xf32>";
  std::string head = "neap.step @s(%q: " + type + ", %k: " + key + ", %v: " + key + ", %g: " + type + ") -> (" + type +
                     ", " + key + ", " + key + ") {\n" + hiddenRows + "\n";
  std::string foot = "\nneap.return %dq, %dk, %dv : " + type + ", " + key + ", " + key + "\n}";
  std::string byBlocks = head + R"(
      %y, %lse = neap.attention %q, %k, %v bias %b : tensor<70x8xf32>, tensor<66x8xf32>, tensor<66x8xf32> bias tensor<70x1xf32>
      %dq, %dk, %dv = neap.attention_backward %q, %k, %v, %lse, %g bias %b
          : tensor<70x8xf32>, tensor<66x8xf32>, tensor<66x8xf32>, tensor<70xf32>, tensor<70x8xf32> bias tensor<70x1xf32>)" +
                         foot;
  OwningOpRef<ModuleOp> together = fuse(byBlocks), apart = fuse(byBlocks, /*separateDelta=*/true);
  OwningOpRef<ModuleOp> written = fuse(head + R"(
      %kt = neap.transpose %k [1, 0] : tensor<66x8xf32>
      %m = neap.matmul %q, %kt : tensor<70x8xf32>, tensor<8x66xf32>
      %bb = neap.broadcast %b : tensor<70x1xf32> -> tensor<70x66xf32>
      %s = neap.add %m, %bb : tensor<70x66xf32>
      %p = neap.softmax %s : tensor<70x66xf32>
      %vt = neap.transpose %v [1, 0] : tensor<66x8xf32>
      %dp = neap.matmul %g, %vt : tensor<70x8xf32>, tensor<8x66xf32>
      %ds = neap.softmax_backward %p, %dp : tensor<70x66xf32>
      %dq = neap.matmul %ds, %k : tensor<70x66xf32>, tensor<66x8xf32>
      %dst = neap.transpose %ds [1, 0] : tensor<70x66xf32>
      %dk = neap.matmul %dst, %q : tensor<66x70xf32>, tensor<70x8xf32>
      %pt = neap.transpose %p [1, 0] : tensor<70x66xf32>
      %dv = neap.matmul %pt, %g : tensor<66x70xf32>, tensor<70x8xf32>)" +
                                       foot);
  std::vector<HostTensor> inputs;
  for (Type type : (*together->getOps<StepOp>().begin()).getArgumentTypes())
    inputs.push_back(randomTensor(cast<RankedTensorType>(type), 1));
  auto expected = runStepOnCpu(*written, inputs), actual = runStepOnCpu(*together, inputs);
  for (auto [wanted, found] : llvm::zip_equal(expected, actual))
    for (auto [x, y] : llvm::zip_equal(wanted, found))
      ASSERT_NEAR(x, y, 2e-5);
  EXPECT_EQ(actual, runStepOnCuda(*apart, inputs));
}

TEST_F(AttentionKernelTest, AttentionOnPackedOperands) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<2x65x24xf32>, %w: tensor<8x8xf32>) -> (tensor<130x8xf32>) {
      %p = neap.reshape %x : tensor<2x65x24xf32> -> tensor<2x65x3x2x4xf32>
      %q0 = neap.slice %p starts [0, 0, 0, 0, 0] sizes [2, 65, 1, 2, 4] strides [1, 1, 1, 1, 1] : tensor<2x65x3x2x4xf32>
      %k0 = neap.slice %p starts [0, 0, 1, 0, 0] sizes [2, 65, 1, 2, 4] strides [1, 1, 1, 1, 1] : tensor<2x65x3x2x4xf32>
      %v0 = neap.slice %p starts [0, 0, 2, 0, 0] sizes [2, 65, 1, 2, 4] strides [1, 1, 1, 1, 1] : tensor<2x65x3x2x4xf32>
      %q1 = neap.reshape %q0 : tensor<2x65x1x2x4xf32> -> tensor<2x65x2x4xf32>
      %k1 = neap.reshape %k0 : tensor<2x65x1x2x4xf32> -> tensor<2x65x2x4xf32>
      %v1 = neap.reshape %v0 : tensor<2x65x1x2x4xf32> -> tensor<2x65x2x4xf32>
      %q = neap.transpose %q1 [0, 2, 1, 3] : tensor<2x65x2x4xf32>
      %k = neap.transpose %k1 [0, 2, 1, 3] : tensor<2x65x2x4xf32>
      %v = neap.transpose %v1 [0, 2, 1, 3] : tensor<2x65x2x4xf32>
      %y, %lse = neap.attention %q, %k, %v {causal} : tensor<2x2x65x4xf32>, tensor<2x2x65x4xf32>, tensor<2x2x65x4xf32>
      %t = neap.transpose %y [0, 2, 1, 3] : tensor<2x2x65x4xf32>
      %r = neap.reshape %t : tensor<2x65x2x4xf32> -> tensor<130x8xf32>
      %z = neap.matmul %r, %w : tensor<130x8xf32>, tensor<8x8xf32>
      neap.return %z : tensor<130x8xf32>
    })"),
            "attention gemm");
}

/// One tensor is query, key and value: it has one buffer.
TEST_F(AttentionKernelTest, AttentionOfATensorToItself) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<2x70x6xf32>, %g: tensor<2x70x6xf32>, %l: tensor<2x70xf32>)
        -> (tensor<2x70x6xf32>, tensor<2x70xf32>, tensor<2x70x6xf32>, tensor<2x70x6xf32>, tensor<2x70x6xf32>) {
      %y, %lse = neap.attention %x, %x, %x {causal} : tensor<2x70x6xf32>, tensor<2x70x6xf32>, tensor<2x70x6xf32>
      %dq, %dk, %dv = neap.attention_backward %x, %x, %x, %l, %g delta %l, %l {causal}
          : tensor<2x70x6xf32>, tensor<2x70x6xf32>, tensor<2x70x6xf32>, tensor<2x70xf32>, tensor<2x70x6xf32>
          delta tensor<2x70xf32>, tensor<2x70xf32>
      neap.return %y, %lse, %dq, %dk, %dv
          : tensor<2x70x6xf32>, tensor<2x70xf32>, tensor<2x70x6xf32>, tensor<2x70x6xf32>, tensor<2x70x6xf32>
    })"),
            "attention attention");
}

/// Slices with negative steps, and with offsets that no vector of four is aligned at.
TEST_F(AttentionKernelTest, AttentionOnSlices) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<2x71x7xf32>, %b: tensor<5x9x141xf32>, %w: tensor<3x65x66xf32>, %z: tensor<2x64x8xf32>)
        -> (tensor<2x70x3xf32>, tensor<2x70xf32>, tensor<2x64x8xf32>) {
      %q = neap.slice %x starts [1, 70, 6] sizes [2, 70, 3] strides [-1, -1, -2] : tensor<2x71x7xf32>
      %k = neap.slice %x starts [0, 1, 1] sizes [2, 70, 3] strides [1, 1, 1] : tensor<2x71x7xf32>
      %v = neap.slice %x starts [0, 0, 0] sizes [2, 70, 3] strides [1, 1, 2] : tensor<2x71x7xf32>
      %c = neap.slice %b starts [4, 3, 139] sizes [2, 1, 70] strides [-2, 1, -2] : tensor<5x9x141xf32>
      %y, %lse = neap.attention %q, %k, %v bias %c {causal}
          : tensor<2x70x3xf32>, tensor<2x70x3xf32>, tensor<2x70x3xf32> bias tensor<2x1x70xf32>
      %d = neap.slice %w starts [1, 1, 1] sizes [2, 64, 64] strides [1, 1, 1] : tensor<3x65x66xf32>
      %u, %use = neap.attention %z, %z, %z bias %d
          : tensor<2x64x8xf32>, tensor<2x64x8xf32>, tensor<2x64x8xf32> bias tensor<2x64x64xf32>
      neap.return %y, %lse, %u : tensor<2x70x3xf32>, tensor<2x70xf32>, tensor<2x64x8xf32>
    })"),
            "attention attention");
}

} // namespace
