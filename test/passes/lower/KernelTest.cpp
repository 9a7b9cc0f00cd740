// Kernels of every kind of group but attention and random ops, which have files of their own. See KernelFixture.h.
#include "KernelFixture.h"

using namespace mlir;
using namespace neap;
using neap::testing::KernelTest;

namespace {

TEST_F(KernelTest, PointwiseOnOneFlatLoop) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<5x3x7xf32>, %y: tensor<5x3x7xf32>) -> (tensor<5x3x7xf32>) {
      %a = neap.add %x, %y : tensor<5x3x7xf32>
      %b = neap.tanh %a : tensor<5x3x7xf32>
      %c = neap.mul %b, %x : tensor<5x3x7xf32>
      neap.return %c : tensor<5x3x7xf32>
    })"),
            "pointwise");
}

TEST_F(KernelTest, PointwiseInManyPieces) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<3x10001xf32>, %b: tensor<10001xf32>) -> (tensor<3x10001xf32>) {
      %c = neap.broadcast %b : tensor<10001xf32> -> tensor<3x10001xf32>
      %a = neap.sub %x, %c : tensor<3x10001xf32>
      neap.return %a : tensor<3x10001xf32>
    })"),
            "pointwise");
}

TEST_F(KernelTest, ReadsThroughViews) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<6x40xf32>, %y: tensor<20x6xf32>) -> (tensor<6x20xf32>) {
      %a = neap.slice %x starts [0, 3] sizes [6, 20] strides [1, 1] : tensor<6x40xf32>
      %b = neap.transpose %y [1, 0] : tensor<20x6xf32>
      %c = neap.add %a, %b : tensor<6x20xf32>
      %d = neap.slice %x starts [5, 39] sizes [6, 20] strides [-1, -2] : tensor<6x40xf32>
      %e = neap.mul %c, %d : tensor<6x20xf32>
      neap.return %e : tensor<6x20xf32>
    })"),
            "pointwise");
}

/// One constant, and one index, read by ops on a square tensor and by others on its transpose.
TEST_F(KernelTest, ConstantsReadInTwoWays) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<5x5xf32>, %y: tensor<5x5xf32>, %i: tensor<5x5xi64>) -> (tensor<5x5xf32>) {
      %z = neap.constant dense<0.0> : tensor<5x5xf32>
      %n = neap.iota 1 : tensor<5x5xi64>
      %c = neap.compare lt %i, %n : tensor<5x5xi64>
      %a = neap.select %c, %x, %z : tensor<5x5xi1>, tensor<5x5xf32>
      %t = neap.transpose %a [1, 0] : tensor<5x5xf32>
      %d = neap.compare gt %t, %z : tensor<5x5xf32>
      %e = neap.select %d, %y, %t : tensor<5x5xi1>, tensor<5x5xf32>
      %f = neap.cast %n : tensor<5x5xi64> -> tensor<5x5xf32>
      %g = neap.add %e, %f : tensor<5x5xf32>
      neap.return %g : tensor<5x5xf32>
    })"),
            "pointwise");
}

TEST_F(KernelTest, ScalarsOfRankZero) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<f32>, %y: tensor<f32>) -> (tensor<f32>) {
      %a = neap.mul %x, %y : tensor<f32>
      %b = neap.add %a, %x : tensor<f32>
      neap.return %b : tensor<f32>
    })"),
            "pointwise");
}

TEST_F(KernelTest, BoolsIntegersAndSelection) {
  EXPECT_EQ(check(R"(
    neap.step @s(%i: tensor<4x33xi64>, %j: tensor<33xi64>, %m: tensor<33xi1>, %x: tensor<4x33xf32>)
        -> (tensor<4x33xf32>, tensor<4x33xi1>) {
      %k = neap.broadcast %j : tensor<33xi64> -> tensor<4x33xi64>
      %c = neap.compare lt %i, %k : tensor<4x33xi64>
      %n = neap.broadcast %m : tensor<33xi1> -> tensor<4x33xi1>
      %d = neap.and %c, %n : tensor<4x33xi1>
      %z = neap.constant dense<-1.0> : tensor<4x33xf32>
      %e = neap.select %d, %x, %z : tensor<4x33xi1>, tensor<4x33xf32>
      neap.return %e, %d : tensor<4x33xf32>, tensor<4x33xi1>
    })"),
            "pointwise");
}

TEST_F(KernelTest, SoftmaxOfRows) {
  for (int columns : {1, 5, 16, 64, 100, 257}) {
    std::string type = "tensor<6x" + std::to_string(columns) + "xf32>";
    EXPECT_EQ(check("neap.step @s(%x: " + type + ") -> (" + type + ") { %y = neap.softmax %x : " + type +
                    "\n neap.return %y : " + type + " }"),
              columns == 1 ? "row row pointwise" : "row");
  }
}

TEST_F(KernelTest, SumsInEveryDirection) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<5x7x100xf32>) -> (tensor<5x7xf32>, tensor<100xf32>, tensor<7xf32>, tensor<f32>, tensor<5x100xf32>) {
      %a = neap.reduce sum %x axes [2] : tensor<5x7x100xf32>
      %b = neap.reduce sum %x axes [0, 1] : tensor<5x7x100xf32>
      %c = neap.reduce max %x axes [0, 2] : tensor<5x7x100xf32>
      %d = neap.reduce sum %x axes [0, 1, 2] : tensor<5x7x100xf32>
      %e = neap.reduce sum %x axes [1] : tensor<5x7x100xf32>
      neap.return %a, %b, %c, %d, %e : tensor<5x7xf32>, tensor<100xf32>, tensor<7xf32>, tensor<f32>, tensor<5x100xf32>
    })"),
            "column row column row row column");
}

/// A sum of fewer dimensions shares the sweep of a single row through what is spread over that row, by its result alone.
/// More rows than one chunk has, in one and in two loops; a last chunk that is shorter; strips that are cut; two sums that share a
/// sweep.
TEST_F(KernelTest, SumsOfManyRows) {
  for (std::string shape : {"3001x40", "70x37x37", "2100x300"}) {
    std::string type = "tensor<" + shape + "xf32>", row = "tensor<" + shape.substr(shape.rfind('x') + 1) + "xf32>";
    std::string axes = llvm::StringRef(shape).count('x') == 2 ? "[0, 1]" : "[0]";
    EXPECT_EQ(check("neap.step @s(%x: " + type + ", %y: " + type + ") -> (" + row + ", " + row + ", " + row +
                    ") {\n%a = neap.mul %x, %y : " + type + "\n%s = neap.reduce sum %a axes " + axes + " : " + type +
                    "\n%t = neap.reduce sum %x axes " + axes + " : " + type + "\n%m = neap.reduce max %x axes " + axes +
                    " : " + type + "\nneap.return %s, %t, %m : " + row + ", " + row + ", " + row + "\n}"),
              "column");
  }
}

TEST_F(KernelTest, SumsOfFewerDimensionsInASingleRow) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<1x7xf32>, %y: tensor<7xf32>) -> (tensor<1xf32>, tensor<1x7xf32>) {
      %r = neap.reduce sum %y axes [0] : tensor<7xf32>
      %b = neap.broadcast %r : tensor<f32> -> tensor<1x7xf32>
      %m = neap.mul %x, %b : tensor<1x7xf32>
      %s = neap.reduce sum %m axes [1] : tensor<1x7xf32>
      neap.return %s, %m : tensor<1xf32>, tensor<1x7xf32>
    })"),
            "row");
}

/// Sums of unrelated tensors in one group: they share the sweep and no value.
/// Elements that need no sum of their row are stored while it is summed up; the places they may take are those they are read from.
TEST_F(KernelTest, UpdatesThatShareASweepWithTheirNorm) {
  for (std::string columns : {"64", "37"}) {
    std::string type = "tensor<70x" + columns + "xf32>";
    EXPECT_EQ(check("neap.step @s(%g: " + type + ", %p: " + type + ", %m: " + type + ") -> (tensor<70xf32>, " + type +
                    ", " + type + ") {\n%q = neap.mul %g, %g : " + type + "\n%r = neap.reduce sum %q axes [1] : " +
                    type + "\n%n = neap.add %m, %g : " + type + "\n%u = neap.sub %p, %n : " + type +
                    "\nneap.return %r, %u, %n : tensor<70xf32>, " + type + ", " + type + "\n}"),
              "row");
  }
}

TEST_F(KernelTest, SumsThatOnlyShareASweep) {
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(R"(
    neap.step @s(%x: tensor<6x40xf32>, %y: tensor<6x40xf32>) -> (tensor<40xf32>, tensor<40xf32>) {
      %r:2 = neap.fused column(%x, %y) {
      ^bb0(%a: tensor<6x40xf32>, %b: tensor<6x40xf32>):
        %s = neap.reduce sum %a axes [0] : tensor<6x40xf32>
        %t = neap.reduce sum %b axes [0] : tensor<6x40xf32>
        neap.yield %s, %t : tensor<40xf32>, tensor<40xf32>
      } : (tensor<6x40xf32>, tensor<6x40xf32>) -> (tensor<40xf32>, tensor<40xf32>)
      neap.return %r#0, %r#1 : tensor<40xf32>, tensor<40xf32>
    })",
                                                             &context);
  EXPECT_EQ(checkFused(*module, 4, 2e-5), "column");
}

/// Equal indices everywhere, as for the one segment of a text that has one.
TEST_F(KernelTest, ScatterAtAConstantRow) {
  EXPECT_EQ(check(R"(
    neap.step @s(%z: tensor<3x20xf32>, %u: tensor<4x20xf32>) -> (tensor<3x20xf32>) {
      %i = neap.constant dense<2> : tensor<4xi64>
      %s = neap.scatter_add %z, %i, %u : tensor<3x20xf32>, tensor<4xi64>, tensor<4x20xf32>
      neap.return %s : tensor<3x20xf32>
    })"),
            "scatter");
}

TEST_F(KernelTest, LayerNormAndItsGradient) {
  check(R"(
    neap.step @s(%x: tensor<4x9x80xf32>, %g: tensor<80xf32>, %b: tensor<80xf32>, %dy: tensor<4x9x80xf32>)
        -> (tensor<4x9x80xf32>, tensor<4x9x80xf32>, tensor<80xf32>, tensor<80xf32>) {
      %y, %m, %r = neap.layer_norm %x, %g, %b {epsilon = 1.0e-5 : f32} : tensor<4x9x80xf32>, tensor<80xf32>, tensor<80xf32>
      %dx, %dg, %db = neap.layer_norm_backward %x, %g, %m, %r, %dy : tensor<4x9x80xf32>, tensor<80xf32>, tensor<4x9xf32>,
          tensor<4x9xf32>, tensor<4x9x80xf32>
      neap.return %y, %dx, %dg, %db : tensor<4x9x80xf32>, tensor<4x9x80xf32>, tensor<80xf32>, tensor<80xf32>
    })");
}

TEST_F(KernelTest, CrossEntropyAndItsGradient) {
  check(R"(
    neap.step @s(%x: tensor<12x50xf32>, %l: tensor<12xi64>, %d: tensor<f32>) -> (tensor<f32>, tensor<12x50xf32>) {
      %loss, %lse, %n = neap.cross_entropy %x, %l {ignore_index = 3 : i64} : tensor<12x50xf32>, tensor<12xi64>
      %dx = neap.cross_entropy_backward %x, %l, %lse, %n, %d {ignore_index = 3 : i64} : tensor<12x50xf32>, tensor<12xi64>,
          tensor<12xf32>, tensor<f32>, tensor<f32>
      neap.return %loss, %dx : tensor<f32>, tensor<12x50xf32>
    })");
}

TEST_F(KernelTest, MatmulWithEpilogueAndSecondResult) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<37x24xf32>, %w: tensor<24x50xf32>, %b: tensor<50xf32>, %v: tensor<50x3xf32>)
        -> (tensor<37x50xf32>, tensor<37x3xf32>) {
      %m = neap.matmul %x, %w : tensor<37x24xf32>, tensor<24x50xf32>
      %c = neap.broadcast %b : tensor<50xf32> -> tensor<37x50xf32>
      %h = neap.add %m, %c : tensor<37x50xf32>
      %g = neap.gelu %h {approximation = #neap<approximation tanh>} : tensor<37x50xf32>
      %n = neap.matmul %g, %v : tensor<37x50xf32>, tensor<50x3xf32>
      neap.return %h, %n : tensor<37x50xf32>, tensor<37x3xf32>
    })"),
            "gemm gemm");
}

/// A slice from 0 on has the index map of a permutation, yet fewer elements: the product must not write it.
TEST_F(KernelTest, ProductsOfWhichAPartIsRead) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<19x16xf32>, %w: tensor<16x16xf32>) -> (tensor<3x16xf32>, tensor<7x5xf32>) {
      %m = neap.matmul %x, %w : tensor<19x16xf32>, tensor<16x16xf32>
      %a = neap.slice %m starts [0, 0] sizes [3, 16] strides [1, 1] : tensor<19x16xf32>
      %t = neap.transpose %x [1, 0] : tensor<19x16xf32>
      %n = neap.matmul %w, %t : tensor<16x16xf32>, tensor<16x19xf32>
      %g = neap.tanh %n : tensor<16x19xf32>
      %b = neap.slice %g starts [0, 0] sizes [7, 5] strides [1, 1] : tensor<16x19xf32>
      neap.return %a, %b : tensor<3x16xf32>, tensor<7x5xf32>
    })"),
            "gemm pointwise gemm pointwise");
}

/// The operand is read as a matrix and point by point: no result may lie on it.
TEST_F(KernelTest, ASquareProductPlusItsOwnOperand) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<40x40xf32>) -> (tensor<40x40xf32>) {
      %m = neap.matmul %x, %x : tensor<40x40xf32>, tensor<40x40xf32>
      %y = neap.add %m, %x : tensor<40x40xf32>
      neap.return %y : tensor<40x40xf32>
    })"),
            "gemm");
}

/// As mean pooling behind a linear layer makes them: all rows, or all columns, are one.
TEST_F(KernelTest, ProductsOfRepeatedOperands) {
  EXPECT_EQ(check(R"(
    neap.step @s(%q: tensor<1x24xf32>, %w: tensor<24x40xf32>, %c: tensor<24x1xf32>)
        -> (tensor<8x40xf32>, tensor<24x40xf32>, tensor<8x36xf32>) {
      %x = neap.broadcast %q : tensor<1x24xf32> -> tensor<8x24xf32>
      %y = neap.matmul %x, %w : tensor<8x24xf32>, tensor<24x40xf32>
      %t = neap.transpose %x [1, 0] : tensor<8x24xf32>
      %g = neap.matmul %t, %y : tensor<24x8xf32>, tensor<8x40xf32>
      %v = neap.broadcast %c : tensor<24x1xf32> -> tensor<24x36xf32>
      %z = neap.matmul %x, %v : tensor<8x24xf32>, tensor<24x36xf32>
      neap.return %y, %g, %z : tensor<8x40xf32>, tensor<24x40xf32>, tensor<8x36xf32>
    })"),
            "gemm gemm gemm");
}

/// A constant with one value everywhere has no memory; a product reads one element of it again and again.
TEST_F(KernelTest, ProductsOfConstants) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<8x24xf32>, %w: tensor<24x40xf32>) -> (tensor<8x40xf32>, tensor<24x40xf32>, tensor<8x24xf32>) {
      %a = neap.constant dense<0.25> : tensor<8x24xf32>
      %y = neap.matmul %a, %w : tensor<8x24xf32>, tensor<24x40xf32>
      %d = neap.constant dense<0.125> : tensor<8x40xf32>
      %t = neap.transpose %x [1, 0] : tensor<8x24xf32>
      %dw = neap.matmul %t, %d : tensor<24x8xf32>, tensor<8x40xf32>
      %u = neap.transpose %w [1, 0] : tensor<24x40xf32>
      %dx = neap.matmul %d, %u : tensor<8x40xf32>, tensor<40x24xf32>
      neap.return %y, %dw, %dx : tensor<8x40xf32>, tensor<24x40xf32>, tensor<8x24xf32>
    })"),
            "gemm gemm gemm");
}

TEST_F(KernelTest, MovesOfConstants) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<4x5xf32>, %i: tensor<2x5xi64>) -> (tensor<6x5xf32>, tensor<6x9xf32>, tensor<5x5xi64>) {
      %z = neap.constant dense<0.5> : tensor<2x5xf32>
      %a = neap.concat %z, %x axis 0 : tensor<2x5xf32>, tensor<4x5xf32>
      %c = neap.constant dense<2.0> : tensor<3x4xf32>
      %b = neap.unslice %c starts [1, 2] strides [2, 1] : tensor<3x4xf32> -> tensor<6x9xf32>
      %n = neap.iota 1 : tensor<3x5xi64>
      %d = neap.concat %n, %i axis 0 : tensor<3x5xi64>, tensor<2x5xi64>
      neap.return %a, %b, %d : tensor<6x5xf32>, tensor<6x9xf32>, tensor<5x5xi64>
    })"),
            "concat concat pointwise concat");
}

/// Integers and floats, along any axis, from either end, with and without the element itself, through a view.
TEST_F(KernelTest, RunningSums) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<5x70xf32>, %m: tensor<3x21xi64>, %n: tensor<2x9x1xi32>) -> (tensor<5x70xf32>, tensor<70x5xf32>,
        tensor<5x70xf32>, tensor<3x21xi64>, tensor<2x9x1xi32>, tensor<2x9x1xi32>, tensor<6x4xf32>) {
      %a = neap.cumsum %x axis 1 : tensor<5x70xf32>
      %t = neap.transpose %x [1, 0] : tensor<5x70xf32>
      %b = neap.cumsum %t axis 1 {reverse} : tensor<70x5xf32>
      %c = neap.cumsum %x axis 0 {exclusive} : tensor<5x70xf32>
      %d = neap.cumsum %m axis 1 {exclusive, reverse} : tensor<3x21xi64>
      %e = neap.cumsum %n axis 1 : tensor<2x9x1xi32>
      %f = neap.cumsum %n axis 0 : tensor<2x9x1xi32>
      %h = neap.slice %x starts [0, 0] sizes [1, 4] strides [1, 1] : tensor<5x70xf32>
      %k = neap.broadcast %h : tensor<1x4xf32> -> tensor<6x4xf32>
      %g = neap.cumsum %k axis 0 : tensor<6x4xf32>
      neap.return %a, %b, %c, %d, %e, %f, %g : tensor<5x70xf32>, tensor<70x5xf32>, tensor<5x70xf32>, tensor<3x21xi64>,
          tensor<2x9x1xi32>, tensor<2x9x1xi32>, tensor<6x4xf32>
    })"),
            "scan scan scan scan scan scan scan");
}

/// What decides whether a value is ready must not walk every path to it: there are 2^60.
TEST_F(KernelTest, RowsBehindManyDiamonds) {
  std::string text = "neap.step @s(%x0: tensor<6x40xf32>) -> (tensor<6x40xf32>) {\n";
  for (int i = 0; i < 60; ++i)
    text += "%x" + std::to_string(i + 1) + " = neap.maximum %x" + std::to_string(i) + ", %x" + std::to_string(i) +
            " : tensor<6x40xf32>\n";
  EXPECT_EQ(check(text + "%y = neap.softmax %x60 : tensor<6x40xf32>\n neap.return %y : tensor<6x40xf32> }"), "row");
}

TEST_F(KernelTest, AttentionThroughStridedOperandsOnly) {
  EXPECT_EQ(check(R"(
    neap.step @s(%qkv: tensor<20x192xf32>) -> (tensor<20x64xf32>) {
      %a = neap.reshape %qkv : tensor<20x192xf32> -> tensor<2x10x192xf32>
      %q = neap.slice %a starts [0, 0, 0] sizes [2, 10, 64] strides [1, 1, 1] : tensor<2x10x192xf32>
      %k = neap.slice %a starts [0, 0, 64] sizes [2, 10, 64] strides [1, 1, 1] : tensor<2x10x192xf32>
      %v = neap.slice %a starts [0, 0, 128] sizes [2, 10, 64] strides [1, 1, 1] : tensor<2x10x192xf32>
      %q1 = neap.reshape %q : tensor<2x10x64xf32> -> tensor<2x10x4x16xf32>
      %k1 = neap.reshape %k : tensor<2x10x64xf32> -> tensor<2x10x4x16xf32>
      %v1 = neap.reshape %v : tensor<2x10x64xf32> -> tensor<2x10x4x16xf32>
      %q2 = neap.transpose %q1 [0, 2, 1, 3] : tensor<2x10x4x16xf32>
      %k2 = neap.transpose %k1 [0, 2, 3, 1] : tensor<2x10x4x16xf32>
      %v2 = neap.transpose %v1 [0, 2, 1, 3] : tensor<2x10x4x16xf32>
      %s = neap.matmul %q2, %k2 : tensor<2x4x10x16xf32>, tensor<2x4x16x10xf32>
      %p = neap.softmax %s : tensor<2x4x10x10xf32>
      %o = neap.matmul %p, %v2 : tensor<2x4x10x10xf32>, tensor<2x4x10x16xf32>
      %o1 = neap.transpose %o [0, 2, 1, 3] : tensor<2x4x10x16xf32>
      %o2 = neap.reshape %o1 : tensor<2x10x4x16xf32> -> tensor<20x64xf32>
      neap.return %o2 : tensor<20x64xf32>
    })"),
            "gemm row gemm");
}

TEST_F(KernelTest, GatherAndScatterOfRows) {
  EXPECT_EQ(check(R"(
    neap.step @s(%t: tensor<9x70xf32>, %p: tensor<5x70xf32>, %i: tensor<3x5xi64>, %u: tensor<3x5x70xf32>)
        -> (tensor<3x5x70xf32>, tensor<9x70xf32>) {
      %a = neap.gather %t, %i : tensor<9x70xf32>, tensor<3x5xi64>
      %q = neap.broadcast %p : tensor<5x70xf32> -> tensor<3x5x70xf32>
      %b = neap.add %a, %q : tensor<3x5x70xf32>
      %z = neap.constant dense<0.0> : tensor<9x70xf32>
      %s = neap.scatter_add %z, %i, %u : tensor<9x70xf32>, tensor<3x5xi64>, tensor<3x5x70xf32>
      %d = neap.scatter_add %s, %i, %u : tensor<9x70xf32>, tensor<3x5xi64>, tensor<3x5x70xf32>
      neap.return %b, %d : tensor<3x5x70xf32>, tensor<9x70xf32>
    })",
                  9),
            "pointwise scatter scatter");
}

/// The gradient of x + gather(x): what is added to the base is the base itself, which must not be written over.
TEST_F(KernelTest, ScatterAddsTheBaseItself) {
  for (const char *updates : {"%b", "%r"})
    EXPECT_EQ(check(std::string(R"(
    neap.step @s(%b: tensor<20x6xf32>, %i: tensor<20xi64>) -> (tensor<20x6xf32>) {
      %f = neap.reshape %b : tensor<20x6xf32> -> tensor<120xf32>
      %r = neap.reshape %f : tensor<120xf32> -> tensor<20x6xf32>
      %s = neap.scatter_add %b, %i, )") +
                        updates + R"( : tensor<20x6xf32>, tensor<20xi64>, tensor<20x6xf32>
      neap.return %s : tensor<20x6xf32>
    })",
                    20),
              "scatter");
}

/// Rows that many updates go to, more rows than a block of threads owns, more updates than it reads at once, columns of several strips.
TEST_F(KernelTest, ScatterOfManyUpdates) {
  for (std::string columns : {"640", "130"}) {
    std::string row = columns + "xf32>", base = "tensor<50x" + row, updates = "tensor<300x" + row;
    EXPECT_EQ(check("neap.step @s(%b: " + base + ", %i: tensor<300xi64>, %u: " + updates + ") -> (" + base +
                        ") {\n%r = neap.scatter_add %b, %i, %u : " + base + ", tensor<300xi64>, " + updates +
                        "\nneap.return %r : " + base + "\n}",
                    50),
              "scatter");
  }
}

/// The indices are a second result with fewer dimensions than the rows they pick: the rows' loops are the group's.
TEST_F(KernelTest, GatherAtComputedRows) {
  EXPECT_EQ(check(R"(
    neap.step @s(%t: tensor<9x7xf32>, %i: tensor<3x5xi64>, %u: tensor<3x5x7xf32>) -> (tensor<3x5x7xf32>, tensor<9x7xf32>) {
      %one = neap.constant dense<1> : tensor<3x5xi64>
      %n = neap.add %i, %one : tensor<3x5xi64>
      %a = neap.gather %t, %n : tensor<9x7xf32>, tensor<3x5xi64>
      %z = neap.constant dense<0.0> : tensor<9x7xf32>
      %s = neap.scatter_add %z, %n, %u : tensor<9x7xf32>, tensor<3x5xi64>, tensor<3x5x7xf32>
      neap.return %a, %s : tensor<3x5x7xf32>, tensor<9x7xf32>
    })",
                  8),
            "row scatter");
}

TEST_F(KernelTest, GatherOfSingleElements) {
  EXPECT_EQ(check(R"(
    neap.step @s(%t: tensor<30xf32>, %i: tensor<4x21xi64>) -> (tensor<4x21xf32>) {
      %a = neap.gather %t, %i : tensor<30xf32>, tensor<4x21xi64>
      neap.return %a : tensor<4x21xf32>
    })",
                  30),
            "pointwise");
}

/// A part whose rows are shorter than a piece of another's is copied once.
TEST_F(KernelTest, ConcatOfPartsOfDifferentLengths) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<4x63xi64>, %y: tensor<4x1xi64>, %z: tensor<3x4xf32>, %w: tensor<3x40xf32>)
        -> (tensor<4x64xi64>, tensor<3x44xf32>) {
      %a = neap.concat %x, %y axis 1 : tensor<4x63xi64>, tensor<4x1xi64>
      %b = neap.concat %z, %w axis 1 : tensor<3x4xf32>, tensor<3x40xf32>
      neap.return %a, %b : tensor<4x64xi64>, tensor<3x44xf32>
    })"),
            "concat concat");
}

TEST_F(KernelTest, ConcatAndUnslice) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<4x5x6xf32>, %y: tensor<4x2x6xf32>, %z: tensor<3x4xf32>) -> (tensor<4x7x6xf32>, tensor<6x9xf32>) {
      %a = neap.concat %x, %y axis 1 : tensor<4x5x6xf32>, tensor<4x2x6xf32>
      %b = neap.unslice %z starts [1, 2] strides [2, 1] : tensor<3x4xf32> -> tensor<6x9xf32>
      neap.return %a, %b : tensor<4x7x6xf32>, tensor<6x9xf32>
    })"),
            "concat concat");
}

/// Chunks of integers meet in shared memory too, and reductions of several kinds and types share it.
TEST_F(KernelTest, ColumnsOfIntegersInChunks) {
  for (std::string type : {"i64", "i32"})
    EXPECT_EQ(check("neap.step @s(%x: tensor<2x700x36x" + type + ">) -> (tensor<2x36x" + type + ">, tensor<2x36x" +
                        type + ">) {\n%y = neap.reduce sum %x axes [1] : tensor<2x700x36x" + type +
                        ">\n%z = neap.reduce min %x axes [1] : tensor<2x700x36x" + type +
                        ">\nneap.return %y, %z : tensor<2x36x" + type + ">, tensor<2x36x" + type + ">\n}",
                    1000),
              "column");
}

/// Updates that are numbers, updates of a single row, columns that are several dimensions.
TEST_F(KernelTest, ScatterOfOddShapes) {
  struct Shapes {
    std::string base, indices, updates;
  };
  for (const Shapes &shapes : {Shapes{"17x", "300x", "300x"}, Shapes{"17x2x3x", "129x", "129x2x3x"},
                               Shapes{"16x516x", "128x", "128x516x"}, Shapes{"16x4x", "", "4x"}}) {
    std::string base = "tensor<" + shapes.base + "f32>", indices = "tensor<" + shapes.indices + "i32>",
                updates = "tensor<" + shapes.updates + "f32>";
    EXPECT_EQ(check("neap.step @s(%b: " + base + ", %i: " + indices + ", %u: " + updates + ") -> (" + base +
                        ") {\n%r = neap.scatter_add %b, %i, %u : " + base + ", " + indices + ", " + updates +
                        "\nneap.return %r : " + base + "\n}",
                    16),
              "scatter");
  }
}

} // namespace
