// For CUDA a kernel is an entry with a pointer to global memory for each buffer; a thread has one item.
// RUN: neap-opt -split-input-file -neap-lower-kernels=device=cuda %s | FileCheck %s --implicit-check-not=sched.kernel

// Four elements a thread where rows are multiples of four.
// CHECK-LABEL: func.func @pointwise(%{{.*}}: !llvm.ptr<1>, %{{.*}}: !llvm.ptr<1>)
// CHECK-SAME: neap.cuda_block = 128 : i64
// CHECK-SAME: block_threads = 128 : i64, blocks = 2 : i64
// CHECK-SAME: items = 256 : i64
// CHECK: nvvm.read.ptx.sreg.ctaid.x
// CHECK: nvvm.read.ptx.sreg.tid.x
// CHECK: llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<4xf32>
sched.kernel @pointwise pointwise (tensor<1024xf32>) -> tensor<1024xf32> {
^bb0(%a: tensor<1024xf32>):
  %s = neap.mul %a, %a : tensor<1024xf32>
  neap.yield %s : tensor<1024xf32>
}

// -----

// One element a thread elsewhere.
// CHECK-LABEL: func.func @odd(
// CHECK: llvm.load %{{.*}} {alignment = 4 : i64} : !llvm.ptr<1> -> vector<1xf32>
sched.kernel @odd pointwise (tensor<21xf32>) -> tensor<21xf32> {
^bb0(%a: tensor<21xf32>):
  %s = neap.mul %a, %a : tensor<21xf32>
  neap.yield %s : tensor<21xf32>
}

// -----

// Sixteen threads share a row; the steps of the tree are shuffles over 4, 8, 2 and 1 of them.
// CHECK-LABEL: func.func @row(
// CHECK-SAME: blocks = 1 : i64
// CHECK: scf.for
// CHECK: %[[FOUR:.*]] = arith.constant 4 : i32
// CHECK: nvvm.shfl.sync bfly %{{.*}}, %{{.*}}, %[[FOUR]]
// CHECK: nvvm.bar.warp.sync
sched.kernel @row row (tensor<6x40xf32>) -> tensor<6xf32> {
^bb0(%a: tensor<6x40xf32>):
  %s = neap.reduce sum %a axes [1] : tensor<6x40xf32>
  neap.yield %s : tensor<6xf32>
}

// -----

// A product goes through shared memory, between barriers, a block of 256 threads for each tile.
// CHECK: llvm.mlir.global internal @gemm_lhs() {addr_space = 3
// CHECK: llvm.mlir.global internal @gemm_rhs() {addr_space = 3
// CHECK-LABEL: func.func @gemm(
// CHECK-SAME: neap.cuda_block = 256 : i64
// CHECK-SAME: blocks = 4 : i64
// CHECK: nvvm.barrier0
// CHECK: math.fma %{{.*}} : vector<4xf32>
sched.kernel @gemm gemm (tensor<128x32xf32>, tensor<32x100xf32>) -> tensor<128x100xf32> {
^bb0(%a: tensor<128x32xf32>, %b: tensor<32x100xf32>):
  %c = neap.matmul %a, %b : tensor<128x32xf32>, tensor<32x100xf32>
  neap.yield %c : tensor<128x100xf32>
}
