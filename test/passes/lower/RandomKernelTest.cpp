// Groups that draw random words: rows of any length, views, and what is around dropout in models.
#include "KernelFixture.h"

using namespace mlir;
using namespace neap;
using neap::testing::anyWord;
using neap::testing::KernelTest;

namespace {

class RandomKernelTest : public KernelTest {};

/// A step over `arguments` and the scalars of random keys: %l, %h, %s, and ids %i0 to %i9.
std::string randomStep(const std::string &arguments, const std::string &results, const std::string &body) {
  std::string ids;
  for (char id = '0'; id <= '9'; ++id)
    ids += std::string("%i") + id + " = neap.random_id " + id + " : tensor<ui32>\n";
  return "neap.step @s(" + arguments + ", %l: tensor<ui32>, %h: tensor<ui32>, %s: tensor<ui32>) -> (" + results +
         ") {\n" + ids + body + "\n}";
}

/// Rows of all lengths: of whole counters, of parts of one, of a single element, none at all.
TEST_F(RandomKernelTest, DropoutOfAnyShape) {
  for (std::string shape :
       {"4x64x", "5x3x7x", "3x10001x", "17x", "40x1x", "40x1x1x", "6x4x8x", "2x3x4x5x", "9x2x", "1x1x", ""}) {
    std::string type = "tensor<" + shape + "f32>";
    EXPECT_EQ(check(randomStep("%x: " + type, type,
                               "%y = neap.dropout %x ratio 0.25 key %l, %h, %s, %i3 : " + type +
                                   "\nneap.return %y : " + type),
                    anyWord),
              "pointwise");
  }
}

/// Lanes that are no neighbours in the tensor that is dropped, or that begin in the middle of a counter.
TEST_F(RandomKernelTest, DropoutSeenThroughViews) {
  EXPECT_EQ(check(randomStep("%x: tensor<24x40xf32>, %z: tensor<2x20xf32>",
                             "tensor<40x24xf32>, tensor<960xf32>, tensor<24x20x2xf32>", R"(
      %a = neap.dropout %x ratio 0.5 key %l, %h, %s, %i1 : tensor<24x40xf32>
      %t = neap.transpose %a [1, 0] : tensor<24x40xf32>
      %b = neap.dropout %x ratio 0.5 key %l, %h, %s, %i4 : tensor<24x40xf32>
      %u = neap.reshape %b : tensor<24x40xf32> -> tensor<960xf32>
      %c = neap.dropout %x ratio 0.5 key %l, %h, %s, %i5 : tensor<24x40xf32>
      %d = neap.reshape %c : tensor<24x40xf32> -> tensor<24x20x2xf32>
      %e = neap.transpose %z [1, 0] : tensor<2x20xf32>
      %f = neap.broadcast %e : tensor<20x2xf32> -> tensor<24x20x2xf32>
      %g = neap.add %d, %f : tensor<24x20x2xf32>
      neap.return %t, %u, %g : tensor<40x24xf32>, tensor<960xf32>, tensor<24x20x2xf32>)"),
                  anyWord),
            "pointwise pointwise pointwise");
}

TEST_F(RandomKernelTest, DropoutBehindAProduct) {
  for (std::string columns : {"64", "50", "3"}) {
    std::string row = "tensor<" + columns + "xf32>", type = "tensor<37x" + columns + "xf32>",
                matrix = "tensor<24x" + columns + "xf32>";
    EXPECT_EQ(check(randomStep("%x: tensor<37x24xf32>, %w: " + matrix + ", %b: " + row + ", %r: " + type, type,
                               "%m = neap.matmul %x, %w : tensor<37x24xf32>, " + matrix +
                                   "\n%c = neap.broadcast %b : " + row + " -> " + type + "\n%n = neap.add %m, %c : " +
                                   type + "\n%d = neap.dropout %n ratio 0.1 key %l, %h, %s, %i7 : " + type +
                                   "\n%y = neap.add %d, %r : " + type + "\nneap.return %y : " + type),
                    anyWord),
              "gemm");
  }
}

/// As attention and a block's end have it, forward and backward; nothing of a mask is stored.
TEST_F(RandomKernelTest, DropoutInRows) {
  for (std::string columns : {"80", "77", "5"}) {
    std::string row = "tensor<" + columns + "xf32>", type = "tensor<6x4x" + columns + "xf32>";
    EXPECT_EQ(check(randomStep("%x: " + type + ", %dy: " + type, type + ", " + type,
                               "%p = neap.softmax %x : " + type +
                                   "\n%y = neap.dropout %p ratio 0.1 key %l, %h, %s, %i9 : " + type +
                                   "\n%dp = neap.dropout %dy ratio 0.1 key %l, %h, %s, %i9 : " + type +
                                   "\n%dx = neap.softmax_backward %p, %dp : " + type +
                                   "\nneap.return %y, %dx : " + type + ", " + type),
                    anyWord),
              "row row");
    check(randomStep("%x: " + type + ", %r: " + type + ", %g: " + row + ", %b: " + row, type + ", " + row,
                     "%d = neap.dropout %x ratio 0.2 key %l, %h, %s, %i1 : " + type + "\n%a = neap.add %d, %r : " +
                         type + "\n%y, %m, %q = neap.layer_norm %a, %g, %b {epsilon = 1.0e-5 : f32} : " + type + ", " +
                         row + ", " + row + "\n%t = neap.reduce sum %d axes [0, 1] : " + type +
                         "\nneap.return %y, %t : " + type + ", " + row),
          anyWord);
  }
}

/// One mask, read by several groups: each draws it for itself.
TEST_F(RandomKernelTest, DropoutOfConstantsAndUniformNumbers) {
  check(randomStep("%x: tensor<6x33xf32>", "tensor<6x33xf32>, tensor<33xf32>, tensor<6x33xf32>, tensor<6x33xi1>", R"(
      %o = neap.constant dense<1.0> : tensor<6x33xf32>
      %m = neap.dropout %o ratio 0.3 key %l, %h, %s, %i5 : tensor<6x33xf32>
      %y = neap.mul %m, %x : tensor<6x33xf32>
      %c = neap.reduce sum %m axes [0] : tensor<6x33xf32>
      %u = neap.random_uniform key %l, %h, %s, %i6 : tensor<6x33xf32>
      %p = neap.compare lt %u, %x : tensor<6x33xf32>
      neap.return %y, %c, %u, %p : tensor<6x33xf32>, tensor<33xf32>, tensor<6x33xf32>, tensor<6x33xi1>)"),
        anyWord);
}

} // namespace
