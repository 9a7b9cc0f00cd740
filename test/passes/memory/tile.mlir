// neap-tile: what belongs into a loop, what it reads, and what it leaves.
// RUN: neap-opt %s --split-input-file --pass-pipeline='builtin.module(neap.step(neap-tile))' | FileCheck %s

// The example of the documentation: the hidden states and their gradient come in tiles, the weight whole.
// CHECK-LABEL: neap.step @scores
neap.step @scores(%h: tensor<64x16xf32>, %w: tensor<16x256xf32>) -> tensor<64x16xf32> {
  // CHECK: %[[LOOP:.*]] = neap.tile_loop 4 slices(%arg0) wholes(%arg1) carried() {
  // CHECK-NEXT: ^bb0(%[[H:.*]]: tensor<16x16xf32>, %[[W:.*]]: tensor<16x256xf32>):
  // CHECK: %[[LOGITS:.*]] = neap.matmul %[[H]], %[[W]] : tensor<16x16xf32>, tensor<16x256xf32>
  %logits = neap.matmul %h, %w {neap.tiles = 4 : i64} : tensor<64x16xf32>, tensor<16x256xf32>
  // CHECK: %[[P:.*]] = neap.exp %[[LOGITS]] : tensor<16x256xf32>
  %p = neap.exp %logits : tensor<64x256xf32>
  // CHECK: %[[WT:.*]] = neap.transpose %[[W]]
  %wt = neap.transpose %w [1, 0] : tensor<16x256xf32>
  // CHECK: %[[DH:.*]] = neap.matmul %[[P]], %[[WT]] : tensor<16x256xf32>, tensor<256x16xf32>
  %dh = neap.matmul %p, %wt : tensor<64x256xf32>, tensor<256x16xf32>
  // CHECK: neap.yield %[[DH]]
  // CHECK: } : (tensor<64x16xf32>, tensor<16x256xf32>) -> tensor<64x16xf32>
  // CHECK: neap.return %[[LOOP]]
  neap.return %dh : tensor<64x16xf32>
}

// -----

// A weight's gradient is a sum over rows: it goes on from round to round, from zeros that it has for itself.
// CHECK-LABEL: neap.step @sum_over_rows
neap.step @sum_over_rows(%x: tensor<64x8xf32>, %w: tensor<8x32xf32>) -> (tensor<8x32xf32>, tensor<32xf32>) {
  // CHECK: %[[ZEROS:.*]] = neap.broadcast %{{.*}} : tensor<f32> -> tensor<8x32xf32>
  // CHECK: %[[MORE:.*]] = neap.broadcast %{{.*}} : tensor<f32> -> tensor<32xf32>
  // CHECK: neap.tile_loop 2 slices(%arg0) wholes(%arg1) carried(%[[ZEROS]], %[[MORE]]) {
  // CHECK-NEXT: ^bb0(%[[X:.*]]: tensor<32x8xf32>, %{{.*}}: tensor<8x32xf32>, %[[S:.*]]: tensor<8x32xf32>, %[[B:.*]]: tensor<32xf32>):
  %y = neap.matmul %x, %w {neap.tiles = 2 : i64} : tensor<64x8xf32>, tensor<8x32xf32>
  // CHECK: %[[DY:.*]] = neap.tanh
  %dy = neap.tanh %y : tensor<64x32xf32>
  %xt = neap.transpose %x [1, 0] : tensor<64x8xf32>
  // CHECK: %[[XT:.*]] = neap.transpose %[[X]] [1, 0] : tensor<32x8xf32>
  // CHECK: %[[DW:.*]] = neap.matmul %[[XT]], %[[DY]] from %[[S]]
  %dw = neap.matmul %xt, %dy : tensor<8x64xf32>, tensor<64x32xf32>
  // CHECK: %[[DB:.*]] = neap.reduce sum %[[DY]] axes [0] from %[[B]] chunk 32
  %db = neap.reduce sum %dy axes [0] : tensor<64x32xf32>
  // CHECK: neap.yield %[[DW]], %[[DB]]
  neap.return %dw, %db : tensor<8x32xf32>, tensor<32xf32>
}

// -----

// What lies between two ops of the region comes along, whatever its size.
// CHECK-LABEL: neap.step @between
neap.step @between(%x: tensor<64x256xf32>) -> tensor<64xf32> {
  // CHECK: neap.tile_loop 4
  %y = neap.exp %x {neap.tiles = 4 : i64} : tensor<64x256xf32>
  // CHECK: neap.reduce sum {{.*}} tensor<16x256xf32>
  %s = neap.reduce sum %y axes [1] : tensor<64x256xf32>
  // CHECK: neap.log {{.*}} : tensor<16xf32>
  %l = neap.log %s : tensor<64xf32>
  %column = neap.reshape %l : tensor<64xf32> -> tensor<64x1xf32>
  %all = neap.broadcast %column : tensor<64x1xf32> -> tensor<64x256xf32>
  // CHECK: neap.sub {{.*}} : tensor<16x256xf32>
  %z = neap.sub %y, %all : tensor<64x256xf32>
  %m = neap.reduce max %z axes [1] : tensor<64x256xf32>
  neap.return %m : tensor<64xf32>
}

// -----

// Batch and positions are cut together: 4 tiles of [2, 64, 256] are half of a sequence each.
// CHECK-LABEL: neap.step @leading_dimensions
neap.step @leading_dimensions(%x: tensor<2x64x16xf32>, %w: tensor<2x16x256xf32>) -> tensor<2x64xf32> {
  // CHECK: %[[ROWS:.*]] = neap.reshape %arg0 : tensor<2x64x16xf32> -> tensor<128x16xf32>
  // CHECK: neap.tile_loop 4 slices(%[[ROWS]])
  // CHECK: neap.exp %{{.*}} : tensor<1x32x16xf32>
  %y = neap.exp %x {neap.tiles = 4 : i64} : tensor<2x64x16xf32>
  %s = neap.reduce sum %y axes [2] : tensor<2x64x16xf32>
  // CHECK: } : (tensor<128x16xf32>) -> tensor<128xf32>
  neap.return %s : tensor<2x64xf32>
}

// -----

// A sum over all rows is complete only behind the last round, so what needs it is in no loop.
// CHECK-LABEL: neap.step @needs_all_rows
neap.step @needs_all_rows(%x: tensor<64x256xf32>) -> tensor<64xf32> {
  // CHECK-NOT: neap.tile_loop
  %y = neap.exp %x {neap.tiles = 4 : i64} : tensor<64x256xf32>
  %s = neap.reduce sum %y axes [0] : tensor<64x256xf32>
  %all = neap.broadcast %s : tensor<256xf32> -> tensor<64x256xf32>
  %z = neap.sub %y, %all : tensor<64x256xf32>
  %m = neap.reduce max %z axes [1] : tensor<64x256xf32>
  neap.return %m : tensor<64xf32>
}

// -----

// A sum along rows in 64 parts and a tree does not go on: 4 tiles would add up otherwise.
// CHECK-LABEL: neap.step @other_tree
neap.step @other_tree(%x: tensor<4096xf32>) -> tensor<f32> {
  // CHECK-NOT: neap.tile_loop
  %y = neap.exp %x {neap.tiles = 4 : i64} : tensor<4096xf32>
  %s = neap.reduce sum %y axes [0] : tensor<4096xf32>
  neap.return %s : tensor<f32>
}

// -----

// Positions count from the beginning of the whole, so a tile does not know its own.
// CHECK-LABEL: neap.step @positions
neap.step @positions(%x: tensor<64x256xi64>) -> tensor<64xi64> {
  // CHECK-NOT: neap.tile_loop
  %i = neap.iota 0 : tensor<64x256xi64>
  %y = neap.add %x, %i {neap.tiles = 4 : i64} : tensor<64x256xi64>
  %m = neap.reduce max %y axes [1] : tensor<64x256xi64>
  neap.return %m : tensor<64xi64>
}

// -----

// What is returned exists whole: there is nothing to gain.
// CHECK-LABEL: neap.step @returned
neap.step @returned(%x: tensor<64x256xf32>) -> tensor<64x256xf32> {
  // CHECK-NOT: neap.tile_loop
  %y = neap.exp %x {neap.tiles = 4 : i64} : tensor<64x256xf32>
  neap.return %y : tensor<64x256xf32>
}
