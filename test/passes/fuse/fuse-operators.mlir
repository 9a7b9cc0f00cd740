// Groups are formed by the structure of loops.
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap.step(neap-fuse-operators))' --split-input-file | FileCheck %s

// As the pass documents it: a matmul takes its bias along.
// CHECK-LABEL: neap.step @linear(
// CHECK-SAME: %[[X:.*]]: tensor<8x16xf32>, %[[W:.*]]: tensor<16x32xf32>, %[[BIAS:.*]]: tensor<32xf32>
neap.step @linear(%x: tensor<8x16xf32>, %w: tensor<16x32xf32>, %bias: tensor<32xf32>) -> tensor<8x32xf32> {
  // CHECK: %[[Y:.*]] = neap.fused gemm(%[[X]], %[[W]], %[[BIAS]]) {
  // CHECK: neap.matmul
  // CHECK: neap.broadcast
  // CHECK: %[[SUM:.*]] = neap.add
  // CHECK: neap.yield %[[SUM]]
  // CHECK: neap.return %[[Y]]
  %0 = neap.matmul %x, %w : tensor<8x16xf32>, tensor<16x32xf32>
  %1 = neap.broadcast %bias : tensor<32xf32> -> tensor<8x32xf32>
  %2 = neap.add %0, %1 : tensor<8x32xf32>
  neap.return %2 : tensor<8x32xf32>
}

// -----

// The op after a product joins it as a second result if another product reads that result anyway.
// CHECK-LABEL: neap.step @second_result(
neap.step @second_result(%x: tensor<8x16xf32>, %w: tensor<16x32xf32>, %v: tensor<32x4xf32>)
    -> (tensor<8x32xf32>, tensor<8x4xf32>) {
  // CHECK: %[[H:.*]]:2 = neap.fused gemm(
  // CHECK: neap.fused gemm(%[[H]]#1,
  // CHECK: neap.return %[[H]]#0
  %0 = neap.matmul %x, %w : tensor<8x16xf32>, tensor<16x32xf32>
  %1 = neap.tanh %0 : tensor<8x32xf32>
  %2 = neap.matmul %1, %v : tensor<8x32xf32>, tensor<32x4xf32>
  neap.return %0, %2 : tensor<8x32xf32>, tensor<8x4xf32>
}

// -----

// The square of a product that only a sum reads belongs to the sum: the product would have to write it.
// CHECK-LABEL: neap.step @squares(
neap.step @squares(%x: tensor<8x16xf32>, %w: tensor<16x32xf32>) -> (tensor<8x32xf32>, tensor<8xf32>) {
  // CHECK: %[[C:.*]] = neap.fused gemm(
  // CHECK: neap.fused row(%[[C]]) {
  // CHECK: neap.mul
  // CHECK: neap.reduce sum
  %0 = neap.matmul %x, %w : tensor<8x16xf32>, tensor<16x32xf32>
  %1 = neap.mul %0, %0 : tensor<8x32xf32>
  %2 = neap.reduce sum %1 axes [1] : tensor<8x32xf32>
  neap.return %0, %2 : tensor<8x32xf32>, tensor<8xf32>
}

// -----

// A reduction along the rows, and what it is spread over again, are one sweep.
// CHECK-LABEL: neap.step @row(
neap.step @row(%x: tensor<8x64xf32>) -> tensor<8x64xf32> {
  // CHECK: neap.fused row(%{{[^,]*}}) {
  // CHECK-NOT: neap.fused
  // CHECK: neap.return
  %0 = neap.reduce max %x axes [1] : tensor<8x64xf32>
  %1 = neap.reshape %0 : tensor<8xf32> -> tensor<8x1xf32>
  %2 = neap.broadcast %1 : tensor<8x1xf32> -> tensor<8x64xf32>
  %3 = neap.sub %x, %2 : tensor<8x64xf32>
  neap.return %3 : tensor<8x64xf32>
}

// -----

// Two sums over the same columns share a sweep, and repeat what is cheap to repeat.
// CHECK-LABEL: neap.step @columns(
neap.step @columns(%x: tensor<8x64xf32>, %y: tensor<8x64xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
  // CHECK: %[[R:.*]]:2 = neap.fused column(
  // CHECK: neap.return %[[R]]#0, %[[R]]#1
  %0 = neap.reduce sum %x axes [0] : tensor<8x64xf32>
  %1 = neap.mul %x, %y : tensor<8x64xf32>
  %2 = neap.reduce sum %1 axes [0] : tensor<8x64xf32>
  neap.return %0, %2 : tensor<64xf32>, tensor<64xf32>
}

// -----

// Sums over different leading axes of one tensor are different loops.
// CHECK-LABEL: neap.step @different_columns(
neap.step @different_columns(%x: tensor<4x8x64xf32>) -> (tensor<64xf32>, tensor<8x64xf32>) {
  // CHECK-COUNT-2: neap.fused column(
  %0 = neap.reduce sum %x axes [0, 1] : tensor<4x8x64xf32>
  %1 = neap.reduce sum %x axes [0] : tensor<4x8x64xf32>
  neap.return %0, %1 : tensor<64xf32>, tensor<8x64xf32>
}

// -----

// What another reader needs to make the group's own input stays outside: no circles.
// CHECK-LABEL: neap.step @no_circle(
neap.step @no_circle(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  // CHECK: %[[T:.*]] = neap.fused pointwise(
  // CHECK: neap.tanh
  // CHECK: %[[C:.*]] = neap.fused gemm(%[[T]]
  // CHECK: neap.return %[[C]]
  %0 = neap.tanh %x : tensor<8x8xf32>
  %1 = neap.matmul %0, %0 : tensor<8x8xf32>, tensor<8x8xf32>
  %2 = neap.add %0, %1 : tensor<8x8xf32>
  neap.return %2 : tensor<8x8xf32>
}

// -----

// A view that is not linear in its reader's loops is copied; the reshape after it is a name.
// CHECK-LABEL: neap.step @materialized(
neap.step @materialized(%x: tensor<4x8x16xf32>, %w: tensor<64x4xf32>) -> tensor<8x4xf32> {
  // CHECK: %[[T:.*]] = neap.fused pointwise(
  // CHECK-NEXT: ^bb0
  // CHECK-NEXT: neap.transpose
  // CHECK: %[[R:.*]] = neap.reshape %[[T]]
  // CHECK: neap.fused gemm(%[[R]],
  %0 = neap.transpose %x [1, 0, 2] : tensor<4x8x16xf32>
  %1 = neap.reshape %0 : tensor<8x4x16xf32> -> tensor<8x64xf32>
  %2 = neap.matmul %1, %w : tensor<8x64xf32>, tensor<64x4xf32>
  neap.return %2 : tensor<8x4xf32>
}

// -----

// One value read in two ways is two arguments.
// CHECK-LABEL: neap.step @two_ways(
// CHECK-SAME: %[[X:.*]]: tensor<8x8xf32>
neap.step @two_ways(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  // CHECK: neap.fused pointwise(%[[X]], %[[X]])
  %0 = neap.transpose %x [1, 0] : tensor<8x8xf32>
  %1 = neap.add %x, %0 : tensor<8x8xf32>
  neap.return %1 : tensor<8x8xf32>
}

// -----

// What has nothing to compute is left alone.
// CHECK-LABEL: neap.step @nothing(
// CHECK-NEXT: neap.return
neap.step @nothing(%x: tensor<8xf32>) -> tensor<8xf32> {
  neap.return %x : tensor<8xf32>
}

// -----

// A splat has no memory. A product, which reads memory, gets one element of it, stretched; elementwise ops compute with it.
// CHECK-LABEL: neap.step @splats(
neap.step @splats(%x: tensor<8x16xf32>) -> tensor<8x4xf32> {
  // CHECK: %[[ONE:.*]] = neap.constant dense<5.000000e-01> : tensor<f32>
  // CHECK: neap.fused gemm(%{{.*}}, %[[ONE]]) {
  // CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<8x16xf32>, %[[E:.*]]: tensor<f32>):
  // CHECK: %[[S:.*]] = neap.broadcast %[[E]] : tensor<f32> -> tensor<16x4xf32>
  // CHECK: neap.matmul %[[A]], %[[S]]
  // CHECK: neap.constant dense<2.000000e+00> : tensor<8x4xf32>
  %0 = neap.constant dense<0.5> : tensor<16x4xf32>
  %1 = neap.matmul %x, %0 : tensor<8x16xf32>, tensor<16x4xf32>
  %2 = neap.constant dense<2.0> : tensor<8x4xf32>
  %3 = neap.mul %1, %2 : tensor<8x4xf32>
  neap.return %3 : tensor<8x4xf32>
}

// -----

// So has an index; where one must be in memory, a group writes it.
// CHECK-LABEL: neap.step @indices(
neap.step @indices(%i: tensor<2x5xi64>) -> tensor<5x5xi64> {
  // CHECK: %[[N:.*]] = neap.fused pointwise() {
  // CHECK-NEXT: neap.iota
  // CHECK: neap.fused concat(%[[N]], %{{.*}}) {
  %0 = neap.iota 1 : tensor<3x5xi64>
  %1 = neap.concat %0, %i axis 0 : tensor<3x5xi64>, tensor<2x5xi64>
  neap.return %1 : tensor<5x5xi64>
}

// -----

// The first sum shares the sweep of what comes late in the program, so the loss runs late as well: the sine, which both read,
// cannot be a second result of the loss.
// CHECK-LABEL: neap.step @late_sibling(
neap.step @late_sibling(%p: tensor<4x17xf32>, %q: tensor<4xf32>) -> (tensor<f32>, tensor<4x17xf32>) {
  // CHECK: %[[G:.*]]:2 = neap.fused pointwise(%{{[^,]*}}) {
  // CHECK: neap.sin
  // CHECK: neap.add
  // CHECK: %[[ROW:.*]]:2 = neap.fused row(%{{.*}}, %[[G]]#1) {
  // CHECK: %[[L:.*]] = neap.fused row(%[[ROW]]#0) {
  // CHECK: neap.fused pointwise(%[[L]], %[[G]]#0) {
  %n = neap.reduce max %q axes [0] : tensor<4xf32>
  %s = neap.sin %n : tensor<f32>
  %t = neap.tanh %p : tensor<4x17xf32>
  %r = neap.reduce sum %t axes [1] : tensor<4x17xf32>
  %l = neap.reduce sum %r axes [0] : tensor<4xf32>
  %loss = neap.add %l, %s : tensor<f32>
  %g = neap.add %s, %s : tensor<f32>
  %b = neap.broadcast %g : tensor<f32> -> tensor<4x17xf32>
  %u = neap.mul %p, %b : tensor<4x17xf32>
  %m = neap.reduce max %u axes [1] : tensor<4x17xf32>
  %m1 = neap.reshape %m : tensor<4xf32> -> tensor<4x1xf32>
  %m2 = neap.broadcast %m1 : tensor<4x1xf32> -> tensor<4x17xf32>
  %v = neap.sub %u, %m2 : tensor<4x17xf32>
  neap.return %loss, %v : tensor<f32>, tensor<4x17xf32>
}

// -----

// A running sum needs the transposed tensor in memory. Others then read it there, and do not repeat what it is made of.
// CHECK-LABEL: neap.step @nothing_unread(
neap.step @nothing_unread(%x: tensor<8x17xf32>, %y: tensor<17x8xf32>) -> (tensor<4x34xf32>, tensor<17x8xf32>, tensor<17x8xf32>) {
  // CHECK: %[[T:.*]] = neap.fused pointwise(
  // CHECK: neap.exp
  // CHECK: neap.sigmoid
  // CHECK: neap.transpose
  // CHECK-COUNT-2: neap.fused pointwise(%[[T]], %{{[^,]*}}) {
  // CHECK-NOT: neap.exp
  %d = neap.exp %x : tensor<8x17xf32>
  %e = neap.sigmoid %d : tensor<8x17xf32>
  %t = neap.transpose %e [1, 0] : tensor<8x17xf32>
  %r = neap.reshape %t : tensor<17x8xf32> -> tensor<4x34xf32>
  %c = neap.cumsum %r axis 1 : tensor<4x34xf32>
  %a = neap.mul %t, %y : tensor<17x8xf32>
  %b = neap.add %t, %y : tensor<17x8xf32>
  neap.return %c, %a, %b : tensor<4x34xf32>, tensor<17x8xf32>, tensor<17x8xf32>
}

// -----

// Dropout is fused like any elementwise op, behind a product and in front of a reduction. Its key comes as scalars, and no mask is
// stored for the gradient.
// CHECK-LABEL: neap.step @dropout(
// CHECK-SAME: %[[X:[^:]*]]: tensor<8x16xf32>, %[[W:[^:]*]]: tensor<16x32xf32>, %[[D:[^:]*]]: tensor<8x32xf32>,
// CHECK-SAME: %[[L:[^:]*]]: tensor<ui32>, %[[H:[^:]*]]: tensor<ui32>, %[[S:[^:]*]]: tensor<ui32>)
neap.step @dropout(%x: tensor<8x16xf32>, %w: tensor<16x32xf32>, %d: tensor<8x32xf32>, %l: tensor<ui32>, %h: tensor<ui32>,
                   %s: tensor<ui32>) -> (tensor<8x32xf32>, tensor<32xf32>) {
  // CHECK: %[[ID:.*]] = neap.random_id 7
  // CHECK: neap.fused gemm(%[[X]], %[[W]], %[[L]], %[[H]], %[[S]], %[[ID]]) {
  // CHECK: neap.matmul
  // CHECK-NEXT: neap.dropout
  // CHECK-NEXT: neap.yield %{{[^,]*}} : tensor<8x32xf32>
  // CHECK: neap.fused column(%[[D]], %[[L]], %[[H]], %[[S]], %[[ID]]) {
  // CHECK: neap.dropout
  // CHECK-NEXT: neap.reduce
  // CHECK-NEXT: neap.yield %{{[^,]*}} : tensor<32xf32>
  %id = neap.random_id 7 : tensor<ui32>
  %m = neap.matmul %x, %w : tensor<8x16xf32>, tensor<16x32xf32>
  %y = neap.dropout %m ratio 0.1 key %l, %h, %s, %id : tensor<8x32xf32>
  %g = neap.dropout %d ratio 0.1 key %l, %h, %s, %id : tensor<8x32xf32>
  %b = neap.reduce sum %g axes [0] : tensor<8x32xf32>
  neap.return %y, %b : tensor<8x32xf32>, tensor<32xf32>
}

// -----

// An update and the norm of its gradient are one sweep, whichever comes first.
// CHECK-LABEL: neap.step @update_and_norm(
neap.step @update_and_norm(%g: tensor<128x16xf32>, %p: tensor<128x16xf32>, %q: tensor<128x16xf32>)
    -> (tensor<128xf32>, tensor<128x16xf32>, tensor<128x16xf32>) {
  // CHECK: neap.fused row(
  // CHECK-DAG: neap.sub
  // CHECK-DAG: neap.add
  // CHECK-DAG: neap.reduce
  // CHECK: neap.yield {{.*}} : tensor<128x{{.*}}tensor<128x{{.*}}tensor<128x
  // CHECK-NOT: neap.fused
  %u = neap.sub %p, %g : tensor<128x16xf32>
  %m = neap.mul %g, %g : tensor<128x16xf32>
  %r = neap.reduce sum %m axes [1] : tensor<128x16xf32>
  %v = neap.add %q, %g : tensor<128x16xf32>
  neap.return %r, %u, %v : tensor<128xf32>, tensor<128x16xf32>, tensor<128x16xf32>
}

// -----

// Not where the rows are few: they would be all the work there is to share.
// CHECK-LABEL: neap.step @few_rows(
neap.step @few_rows(%g: tensor<4x16xf32>, %p: tensor<4x16xf32>) -> (tensor<4xf32>, tensor<4x16xf32>) {
  // CHECK-DAG: neap.fused row(
  // CHECK-DAG: neap.fused pointwise(
  %u = neap.sub %p, %g : tensor<4x16xf32>
  %m = neap.mul %g, %g : tensor<4x16xf32>
  %r = neap.reduce sum %m axes [1] : tensor<4x16xf32>
  neap.return %r, %u : tensor<4xf32>, tensor<4x16xf32>
}

// -----

// Sums over one tensor share a sweep only if they take its rows in the same chunks. What they go on from is in memory, to be
// written over: it is not computed on the way.
// CHECK-LABEL: neap.step @sums_go_on(
neap.step @sums_go_on(%x: tensor<128x16xf32>, %a: tensor<16xf32>) -> (tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) {
  // CHECK: %[[A:.*]] = neap.fused pointwise(
  // CHECK: neap.fused column(
  // CHECK: neap.reduce sum %{{.*}} chunk 64
  // CHECK-NEXT: neap.yield %{{[^,]*}} : tensor<16xf32>
  // CHECK: neap.fused column(%{{.*}}, %[[A]])
  // CHECK-DAG: neap.reduce sum %{{.*}} from
  // CHECK-DAG: neap.reduce sum %{{.*}} axes [0] : tensor<128x16xf32>
  // CHECK: neap.yield %{{[^,]*}}, %{{[^,]*}} : tensor<16xf32>, tensor<16xf32>
  %n = neap.negate %a : tensor<16xf32>
  %0 = neap.reduce sum %x axes [0] chunk 64 : tensor<128x16xf32>
  %1 = neap.reduce sum %x axes [0] from %n chunk 32 : tensor<128x16xf32> from tensor<16xf32>
  %2 = neap.reduce sum %x axes [0] : tensor<128x16xf32>
  neap.return %0, %1, %2 : tensor<16xf32>, tensor<16xf32>, tensor<16xf32>
}

// -----

// What attention leaves behind views of its result is stored once, as its reader wants it.
// CHECK-LABEL: neap.step @stored_behind_views(
neap.step @stored_behind_views(%q: tensor<1x2x8x16xf32>, %k: tensor<1x2x8x16xf32>, %v: tensor<1x2x8x16xf32>,
                               %w: tensor<32x4xf32>) -> tensor<8x4xf32> {
  // CHECK: %[[STORED:.*]] = neap.fused attention(
  // CHECK: %[[T:.*]] = neap.transpose
  // CHECK: %[[R:.*]] = neap.reshape %[[T]]
  // CHECK: neap.yield %[[R]] : tensor<8x32xf32>
  // CHECK: neap.fused gemm(%[[STORED]],
  %0, %lse = neap.attention %q, %k, %v {causal, scale = 2.500000e-01 : f32} : tensor<1x2x8x16xf32>, tensor<1x2x8x16xf32>, tensor<1x2x8x16xf32>
  %1 = neap.transpose %0 [0, 2, 1, 3] : tensor<1x2x8x16xf32>
  %2 = neap.reshape %1 : tensor<1x8x2x16xf32> -> tensor<8x32xf32>
  %3 = neap.matmul %2, %w : tensor<8x32xf32>, tensor<32x4xf32>
  neap.return %3 : tensor<8x4xf32>
}
