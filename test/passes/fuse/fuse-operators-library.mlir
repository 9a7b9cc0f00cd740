// Products that are left to a library take one addition and no more.
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap.step(neap-fuse-operators{matrix-products=library}))' --split-input-file | FileCheck %s
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap.step(neap-fuse-operators{matrix-products=library}))' --split-input-file \
// RUN:   --remarks-filter=neap-fuse-operators 2>&1 | grep LibraryProduct | FileCheck %s --check-prefix=REMARK
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap.step(neap-fuse-operators{matrix-products=library library-depth=129}))' \
// RUN:   --split-input-file | FileCheck %s --check-prefix=DEEP
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap.step(neap-fuse-operators))' --split-input-file | FileCheck %s --check-prefix=GENERATED

// No product is marked unless libraries are asked for, or deep enough for one.
// GENERATED-NOT: library
// DEEP-NOT: library

// A bias goes along; the function after it is a kernel of its own. A weight that the batch shares makes one product of it.
// CHECK-LABEL: neap.step @bias(
neap.step @bias(%x: tensor<4x8x128xf32>, %w: tensor<128x64xf32>, %b: tensor<64xf32>) -> tensor<4x8x64xf32> {
  // CHECK: %[[C:.*]] = neap.fused gemm library(
  // CHECK: %[[SUM:.*]] = neap.add
  // CHECK: neap.yield %[[SUM]]
  // CHECK: neap.fused pointwise(%[[C]])
  // REMARK: [Passed] LibraryProduct{{.*}}"32 x 64 x 128 is left to a library"
  %0 = neap.broadcast %w : tensor<128x64xf32> -> tensor<4x128x64xf32>
  %1 = neap.matmul %x, %0 : tensor<4x8x128xf32>, tensor<4x128x64xf32>
  %2 = neap.broadcast %b : tensor<64xf32> -> tensor<4x8x64xf32>
  %3 = neap.add %1, %2 : tensor<4x8x64xf32>
  %4 = neap.tanh %3 : tensor<4x8x64xf32>
  neap.return %4 : tensor<4x8x64xf32>
}

// -----

// A residual is an addend, and is computed by its own kernel: a library computes nothing on the way.
// CHECK-LABEL: neap.step @addend(
neap.step @addend(%x: tensor<8x128xf32>, %w: tensor<128x64xf32>, %r: tensor<8x64xf32>) -> tensor<8x64xf32> {
  // CHECK: %[[R:.*]] = neap.fused pointwise(
  // CHECK: neap.exp
  // CHECK: neap.fused gemm library(%{{.*}}, %{{.*}}, %[[R]])
  // CHECK-NEXT: bb0
  // CHECK-NEXT: neap.matmul
  // CHECK-NEXT: neap.add
  // CHECK-NEXT: neap.yield
  // REMARK: 8 x 64 x 128 is left to a library
  %0 = neap.matmul %x, %w : tensor<8x128xf32>, tensor<128x64xf32>
  %1 = neap.exp %r : tensor<8x64xf32>
  %2 = neap.add %1, %0 : tensor<8x64xf32>
  neap.return %2 : tensor<8x64xf32>
}

// -----

// Of a bias and a residual the first goes along: a library would add them in its own order.
// CHECK-LABEL: neap.step @bias_and_addend(
neap.step @bias_and_addend(%x: tensor<8x128xf32>, %w: tensor<128x64xf32>, %b: tensor<64xf32>, %r: tensor<8x64xf32>) -> tensor<8x64xf32> {
  // CHECK: %[[C:.*]] = neap.fused gemm library(
  // CHECK: neap.broadcast
  // CHECK-NEXT: neap.add
  // CHECK-NEXT: neap.yield
  // CHECK: neap.fused pointwise(
  // REMARK: 8 x 64 x 128 is left to a library
  %0 = neap.matmul %x, %w : tensor<8x128xf32>, tensor<128x64xf32>
  %1 = neap.broadcast %b : tensor<64xf32> -> tensor<8x64xf32>
  %2 = neap.add %0, %1 : tensor<8x64xf32>
  %3 = neap.add %2, %r : tensor<8x64xf32>
  neap.return %3 : tensor<8x64xf32>
}

// -----

// Any other op is none that a library can be told: not even a product with a constant.
// CHECK-LABEL: neap.step @scaled(
neap.step @scaled(%x: tensor<8x128xf32>, %w: tensor<128x64xf32>) -> tensor<8x64xf32> {
  // CHECK: neap.fused gemm library(
  // CHECK-NEXT: bb0
  // CHECK-NEXT: neap.matmul
  // CHECK-NEXT: neap.yield
  // CHECK: neap.fused pointwise(
  // REMARK: 8 x 64 x 128 is left to a library
  %0 = neap.matmul %x, %w : tensor<8x128xf32>, tensor<128x64xf32>
  %half = neap.constant dense<0.5> : tensor<8x64xf32>
  %1 = neap.mul %0, %half : tensor<8x64xf32>
  neap.return %1 : tensor<8x64xf32>
}

// -----

// What is added along the rows, or the product itself, is neither a bias nor an addend.
// CHECK-LABEL: neap.step @other_additions(
neap.step @other_additions(%x: tensor<8x128xf32>, %w: tensor<128x64xf32>, %b: tensor<8x1xf32>) -> (tensor<8x64xf32>, tensor<8x64xf32>) {
  // CHECK: neap.fused gemm library(
  // CHECK-NEXT: bb0
  // CHECK-NEXT: neap.matmul
  // CHECK-NEXT: neap.yield
  // CHECK: neap.fused gemm library(
  // CHECK-NEXT: bb0
  // CHECK-NEXT: neap.transpose
  // CHECK-NEXT: neap.matmul
  // CHECK-NEXT: neap.yield
  // REMARK: 8 x 64 x 128 is left to a library
  // REMARK: 128 x 128 x 128 is left to a library
  %0 = neap.matmul %x, %w : tensor<8x128xf32>, tensor<128x64xf32>
  %1 = neap.broadcast %b : tensor<8x1xf32> -> tensor<8x64xf32>
  %2 = neap.add %0, %1 : tensor<8x64xf32>
  %y = neap.constant dense<1.0> : tensor<8x64xf32>
  %3 = neap.add %2, %y : tensor<8x64xf32>
  neap.return %2, %3 : tensor<8x64xf32>, tensor<8x64xf32>
}

neap.step @added_to_itself(%x: tensor<128x128xf32>) -> tensor<128x128xf32> {
  %t = neap.transpose %x [1, 0] : tensor<128x128xf32>
  %0 = neap.matmul %t, %t : tensor<128x128xf32>, tensor<128x128xf32>
  %1 = neap.add %0, %0 : tensor<128x128xf32>
  neap.return %1 : tensor<128x128xf32>
}

// -----

// A product that is needed itself is not written a second time with its bias.
// CHECK-LABEL: neap.step @needed_twice(
neap.step @needed_twice(%x: tensor<8x128xf32>, %w: tensor<128x64xf32>, %b: tensor<64xf32>, %v: tensor<64x8xf32>)
    -> (tensor<8x64xf32>, tensor<8x8xf32>) {
  // CHECK: %[[C:.*]] = neap.fused gemm library(
  // CHECK-NEXT: bb0
  // CHECK-NEXT: neap.matmul
  // CHECK-NEXT: neap.yield
  // REMARK: 8 x 64 x 128 is left to a library
  // REMARK: 8 x 8 x 64 is left to a library
  %0 = neap.matmul %x, %w : tensor<8x128xf32>, tensor<128x64xf32>
  %1 = neap.broadcast %b : tensor<64xf32> -> tensor<8x64xf32>
  %2 = neap.add %0, %1 : tensor<8x64xf32>
  %3 = neap.matmul %2, %v : tensor<8x64xf32>, tensor<64x8xf32>
  neap.return %0, %3 : tensor<8x64xf32>, tensor<8x8xf32>
}

// -----

// Less depth than an epilogue of its own is worth: all of it stays one kernel.
// CHECK-LABEL: neap.step @shallow(
neap.step @shallow(%x: tensor<8x63xf32>, %w: tensor<63x64xf32>) -> tensor<8x64xf32> {
  // CHECK: neap.fused gemm(
  // CHECK: neap.tanh
  // REMARK: [Missed] LibraryProduct{{.*}}its depth of 63 does not pay for an epilogue of its own
  %0 = neap.matmul %x, %w : tensor<8x63xf32>, tensor<63x64xf32>
  %1 = neap.tanh %0 : tensor<8x64xf32>
  neap.return %1 : tensor<8x64xf32>
}

// -----

// Heads: views of operands and result are strides of the batch.
// CHECK-LABEL: neap.step @heads(
neap.step @heads(%q: tensor<2x16x4x64xf32>, %k: tensor<2x16x4x64xf32>) -> tensor<2x16x4x16xf32> {
  // CHECK: neap.fused gemm library(
  // CHECK: neap.transpose
  // CHECK: neap.matmul
  // CHECK: neap.transpose
  // CHECK: neap.yield
  // REMARK: [Passed] LibraryProduct{{.*}}"16 x 16 x 64 is left to a library"
  %0 = neap.transpose %q [0, 2, 1, 3] : tensor<2x16x4x64xf32>
  %1 = neap.transpose %k [0, 2, 3, 1] : tensor<2x16x4x64xf32>
  %2 = neap.matmul %0, %1 : tensor<2x4x16x64xf32>, tensor<2x4x64x16xf32>
  %3 = neap.transpose %2 [0, 2, 1, 3] : tensor<2x4x16x16xf32>
  neap.return %3 : tensor<2x16x4x16xf32>
}

// -----

// An operand that is one value for many is none that a library reads.
// CHECK-LABEL: neap.step @spread(
neap.step @spread(%x: tensor<8x128xf32>, %w: tensor<128x1xf32>) -> tensor<8x64xf32> {
  // CHECK: neap.fused gemm(
  // CHECK: neap.tanh
  // REMARK: [Missed] LibraryProduct{{.*}}neither rows nor columns of an operand are neighbours in memory
  %0 = neap.broadcast %w : tensor<128x1xf32> -> tensor<128x64xf32>
  %1 = neap.matmul %x, %0 : tensor<8x128xf32>, tensor<128x64xf32>
  %2 = neap.tanh %1 : tensor<8x64xf32>
  neap.return %2 : tensor<8x64xf32>
}

// -----

// A batch that strides in so many ways that it would take too many calls.
// CHECK-LABEL: neap.step @many_calls(
neap.step @many_calls(%q: tensor<64x16x4x64xf32>, %k: tensor<64x16x4x64xf32>) -> tensor<64x4x16x16xf32> {
  // CHECK: neap.fused gemm(
  // REMARK: [Missed] LibraryProduct{{.*}}it would take 64 calls
  %0 = neap.transpose %q [0, 2, 1, 3] : tensor<64x16x4x64xf32>
  %1 = neap.transpose %k [0, 2, 3, 1] : tensor<64x16x4x64xf32>
  %2 = neap.matmul %0, %1 : tensor<64x4x16x64xf32>, tensor<64x4x64x16xf32>
  neap.return %2 : tensor<64x4x16x16xf32>
}

// -----

// One row for all rows is no matrix either; one number for all elements is no bias.
// CHECK-LABEL: neap.step @repeated(
neap.step @repeated(%x: tensor<1x128xf32>, %w: tensor<128x64xf32>, %s: tensor<1x1xf32>, %y: tensor<8x128xf32>) -> (tensor<8x64xf32>, tensor<8x64xf32>) {
  // CHECK: neap.fused gemm(
  // CHECK: neap.fused gemm library(
  // CHECK-NEXT: bb0
  // CHECK-NEXT: neap.matmul
  // CHECK-NEXT: neap.yield
  // REMARK: [Missed] LibraryProduct{{.*}}neither rows nor columns of an operand are neighbours in memory
  // REMARK: [Passed] LibraryProduct{{.*}}"8 x 64 x 128 is left to a library"
  %0 = neap.broadcast %x : tensor<1x128xf32> -> tensor<8x128xf32>
  %1 = neap.matmul %0, %w : tensor<8x128xf32>, tensor<128x64xf32>
  %2 = neap.broadcast %s : tensor<1x1xf32> -> tensor<8x64xf32>
  %3 = neap.matmul %y, %w : tensor<8x128xf32>, tensor<128x64xf32>
  %4 = neap.add %3, %2 : tensor<8x64xf32>
  neap.return %1, %4 : tensor<8x64xf32>, tensor<8x64xf32>
}

// -----

// A product that goes on from another adds in order of k. A library would add the other as a whole, which rounds otherwise.
// CHECK-LABEL: neap.step @goes_on(
neap.step @goes_on(%x: tensor<8x128xf32>, %w: tensor<128x64xf32>, %c: tensor<8x64xf32>) -> tensor<8x64xf32> {
  // CHECK: neap.fused gemm(
  // REMARK: [Missed] LibraryProduct{{.*}}its sums go on from others, product by product
  %0 = neap.matmul %x, %w from %c : tensor<8x128xf32>, tensor<128x64xf32> from tensor<8x64xf32>
  neap.return %0 : tensor<8x64xf32>
}
