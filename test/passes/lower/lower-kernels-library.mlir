// A kernel marked for a library gets its loops, and what the library would be told: sizes, and of each matrix the argument, offset,
// leading dimension, whether it is transposed, and the strides of the batch.
// RUN: neap-opt -split-input-file -verify-diagnostics -neap-lower-kernels=device=cuda %s | FileCheck %s --implicit-check-not=sched.kernel

// A bias; the batch becomes rows, as its weight is one for all.
// CHECK-LABEL: func.func @bias(
// CHECK-SAME: product = {batch = array<i64>, bias = array<i64: 2, 0, 1, 0>, lhs = array<i64: 0, 0, 128, 0>,
// CHECK-SAME: result = array<i64: 3, 0, 64, 0>, rhs = array<i64: 1, 0, 64, 0>, sizes = array<i64: 32, 64, 128>}
sched.kernel @bias gemm library (tensor<4x8x128xf32>, tensor<128x64xf32>, tensor<64xf32>) -> tensor<4x8x64xf32> {
^bb0(%x: tensor<4x8x128xf32>, %w: tensor<128x64xf32>, %b: tensor<64xf32>):
  %0 = neap.broadcast %w : tensor<128x64xf32> -> tensor<4x128x64xf32>
  %1 = neap.matmul %x, %0 : tensor<4x8x128xf32>, tensor<4x128x64xf32>
  %2 = neap.broadcast %b : tensor<64xf32> -> tensor<4x8x64xf32>
  %3 = neap.add %1, %2 : tensor<4x8x64xf32>
  neap.yield %3 : tensor<4x8x64xf32>
}

// -----

// An addend that starts inside its argument; transposed operands.
// CHECK-LABEL: func.func @addend(
// CHECK-SAME: product = {addend = array<i64: 2, 64, 16, 0>, batch = array<i64>, lhs = array<i64: 0, 0, 8, 1>,
// CHECK-SAME: result = array<i64: 3, 0, 16, 0>, rhs = array<i64: 1, 0, 32, 1>, sizes = array<i64: 8, 16, 32>}
sched.kernel @addend gemm library (tensor<32x8xf32>, tensor<16x32xf32>, tensor<12x16xf32>) -> tensor<8x16xf32> {
^bb0(%x: tensor<32x8xf32>, %w: tensor<16x32xf32>, %r: tensor<12x16xf32>):
  %0 = neap.transpose %x [1, 0] : tensor<32x8xf32>
  %1 = neap.transpose %w [1, 0] : tensor<16x32xf32>
  %2 = neap.matmul %0, %1 : tensor<8x32xf32>, tensor<32x16xf32>
  %3 = neap.slice %r starts [4, 0] sizes [8, 16] strides [1, 1] : tensor<12x16xf32>
  %4 = neap.add %3, %2 : tensor<8x16xf32>
  neap.yield %4 : tensor<8x16xf32>
}

// -----

// Heads of a batch: two dimensions whose strides do not go together.
// CHECK-LABEL: func.func @heads(
// CHECK-SAME: product = {batch = array<i64: 2, 4>, lhs = array<i64: 0, 0, 256, 0, 4096, 64>,
// CHECK-SAME: result = array<i64: 2, 0, 64, 0, 1024, 16>, rhs = array<i64: 1, 0, 256, 1, 4096, 64>, sizes = array<i64: 16, 16, 64>}
sched.kernel @heads gemm library (tensor<2x16x4x64xf32>, tensor<2x16x4x64xf32>) -> tensor<2x16x4x16xf32> {
^bb0(%q: tensor<2x16x4x64xf32>, %k: tensor<2x16x4x64xf32>):
  %0 = neap.transpose %q [0, 2, 1, 3] : tensor<2x16x4x64xf32>
  %1 = neap.transpose %k [0, 2, 3, 1] : tensor<2x16x4x64xf32>
  %2 = neap.matmul %0, %1 : tensor<2x4x16x64xf32>, tensor<2x4x64x16xf32>
  %3 = neap.transpose %2 [0, 2, 1, 3] : tensor<2x4x16x16xf32>
  neap.yield %3 : tensor<2x16x4x16xf32>
}

// -----

// Dimensions whose strides go together are one; those of one element are none.
// CHECK-LABEL: func.func @dense(
// CHECK-SAME: batch = array<i64: 6>, lhs = array<i64: 0, 0, 32, 0, 256>, result = array<i64: 2, 0, 16, 0, 128>,
// CHECK-SAME: rhs = array<i64: 1, 0, 16, 0, 512>
sched.kernel @dense gemm library (tensor<2x1x3x8x32xf32>, tensor<2x1x3x32x16xf32>) -> tensor<2x1x3x8x16xf32> {
^bb0(%x: tensor<2x1x3x8x32xf32>, %w: tensor<2x1x3x32x16xf32>):
  %0 = neap.matmul %x, %w : tensor<2x1x3x8x32xf32>, tensor<2x1x3x32x16xf32>
  neap.yield %0 : tensor<2x1x3x8x16xf32>
}

// -----

// Rows of a batch of one row each; a bias of one row is an addend.
// CHECK-LABEL: func.func @single_rows(
// CHECK-SAME: batch = array<i64>, lhs = array<i64: 0, 0, 32, 0>, result = array<i64: 2, 0, 16, 0>, rhs = array<i64: 1, 0, 16, 0>,
// CHECK-SAME: sizes = array<i64: 5, 16, 32>
sched.kernel @single_rows gemm library (tensor<5x1x32xf32>, tensor<32x16xf32>) -> tensor<5x1x16xf32> {
^bb0(%x: tensor<5x1x32xf32>, %w: tensor<32x16xf32>):
  %0 = neap.broadcast %w : tensor<32x16xf32> -> tensor<5x32x16xf32>
  %1 = neap.matmul %x, %0 : tensor<5x1x32xf32>, tensor<5x32x16xf32>
  neap.yield %1 : tensor<5x1x16xf32>
}
// CHECK-LABEL: func.func @one_row(
// CHECK-SAME: addend = array<i64: 2, 0, 16, 0>
sched.kernel @one_row gemm library (tensor<1x32xf32>, tensor<32x16xf32>, tensor<16xf32>) -> tensor<1x16xf32> {
^bb0(%x: tensor<1x32xf32>, %w: tensor<32x16xf32>, %b: tensor<16xf32>):
  %0 = neap.matmul %x, %w : tensor<1x32xf32>, tensor<32x16xf32>
  %1 = neap.broadcast %b : tensor<16xf32> -> tensor<1x16xf32>
  %2 = neap.add %0, %1 : tensor<1x16xf32>
  neap.yield %2 : tensor<1x16xf32>
}

// -----

// CHECK-LABEL: func.func @unmarked(
// CHECK-NOT: product =
sched.kernel @unmarked gemm (tensor<8x8xf32>) -> tensor<8x8xf32> {
^bb0(%x: tensor<8x8xf32>):
  %0 = neap.matmul %x, %x : tensor<8x8xf32>, tensor<8x8xf32>
  neap.yield %0 : tensor<8x8xf32>
}

// -----

// expected-error@+1 {{expected a product that a library can be told, but more follows than a bias or an addend}}
sched.kernel @exp gemm library (tensor<8x8xf32>) -> tensor<8x8xf32> {
^bb0(%x: tensor<8x8xf32>):
  %0 = neap.matmul %x, %x : tensor<8x8xf32>, tensor<8x8xf32>
  %1 = neap.exp %0 : tensor<8x8xf32>
  neap.yield %1 : tensor<8x8xf32>
}

// -----

// expected-error@+1 {{expected a product that a library can be told, but it has several results}}
sched.kernel @two gemm library (tensor<8x8xf32>) -> (tensor<8x8xf32>, tensor<8x8xf32>) {
^bb0(%x: tensor<8x8xf32>):
  %0 = neap.matmul %x, %x : tensor<8x8xf32>, tensor<8x8xf32>
  %1 = neap.add %0, %x : tensor<8x8xf32>
  neap.yield %0, %1 : tensor<8x8xf32>, tensor<8x8xf32>
}

// -----

// expected-error@+1 {{expected a product that a library can be told, but the columns of its result are not neighbours in memory}}
sched.kernel @transposed gemm library (tensor<8x8xf32>) -> tensor<8x8xf32> {
^bb0(%x: tensor<8x8xf32>):
  %0 = neap.matmul %x, %x : tensor<8x8xf32>, tensor<8x8xf32>
  %1 = neap.transpose %0 [1, 0] : tensor<8x8xf32>
  neap.yield %1 : tensor<8x8xf32>
}

// -----

// expected-error@+1 {{expected a product that a library can be told, but its sizes are beyond what a library counts}}
sched.kernel @empty gemm library (tensor<8x0xf32>, tensor<0x8xf32>) -> tensor<8x8xf32> {
^bb0(%x: tensor<8x0xf32>, %y: tensor<0x8xf32>):
  %0 = neap.matmul %x, %y : tensor<8x0xf32>, tensor<0x8xf32>
  neap.yield %0 : tensor<8x8xf32>
}

// -----

// Rows that do not go on where those of the batch before end are no rows of one product, though the weight is one for all.
// CHECK-LABEL: func.func @interleaved(
// CHECK-SAME: batch = array<i64: 4>, lhs = array<i64: 0, 0, 128, 0, 32>, result = array<i64: 2, 0, 16, 0, 128>,
// CHECK-SAME: rhs = array<i64: 1, 0, 16, 0, 0>, sizes = array<i64: 8, 16, 32>
sched.kernel @interleaved gemm library (tensor<8x4x32xf32>, tensor<32x16xf32>) -> tensor<4x8x16xf32> {
^bb0(%x: tensor<8x4x32xf32>, %w: tensor<32x16xf32>):
  %0 = neap.transpose %x [1, 0, 2] : tensor<8x4x32xf32>
  %1 = neap.broadcast %w : tensor<32x16xf32> -> tensor<4x32x16xf32>
  %2 = neap.matmul %0, %1 : tensor<4x8x32xf32>, tensor<4x32x16xf32>
  neap.yield %2 : tensor<4x8x16xf32>
}

// -----

// expected-error@+1 {{expected a product that a library can be told, but more follows than a bias or an addend}}
sched.kernel @bias_and_addend gemm library (tensor<8x8xf32>, tensor<8xf32>) -> tensor<8x8xf32> {
^bb0(%x: tensor<8x8xf32>, %b: tensor<8xf32>):
  %0 = neap.transpose %x [1, 0] : tensor<8x8xf32>
  %1 = neap.matmul %0, %0 : tensor<8x8xf32>, tensor<8x8xf32>
  %2 = neap.broadcast %b : tensor<8xf32> -> tensor<8x8xf32>
  %3 = neap.add %1, %2 : tensor<8x8xf32>
  %4 = neap.add %3, %x : tensor<8x8xf32>
  neap.yield %4 : tensor<8x8xf32>
}
