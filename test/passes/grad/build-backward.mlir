// RUN: neap-opt %s --neap-build-backward --split-input-file 2>/dev/null | FileCheck %s
// RUN: neap-opt %s --neap-build-backward --split-input-file --verify-diagnostics

// The example of the documentation: the gradient of a sum of products is the other factor, shown where it is complete.
// CHECK-LABEL: neap.step @product(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xf32>
// CHECK-NEXT: neap.observe @w, %[[X]] : tensor<4xf32>
// CHECK-NEXT: neap.read @w
// CHECK-NEXT: neap.mul
// CHECK-NEXT: neap.reduce
// CHECK-NEXT: neap.return
neap.parameter @w : tensor<4xf32> trained {file = "", offset = 0 : i64}
neap.step @product(%x: tensor<4xf32> {neap.name = "x"}) -> (tensor<f32> {neap.name = "loss"}) {
  %w = neap.read @w : tensor<4xf32>
  %y = neap.mul %x, %w : tensor<4xf32>
  %loss = neap.reduce sum %y axes [0] : tensor<4xf32>
  neap.return %loss : tensor<f32>
}

// -----

// Gradients of several uses are added, the last use's first.
// CHECK-LABEL: neap.step @twice(
// CHECK-SAME: %[[X:[^:]*]]: tensor<f32> {{.*}}, %[[Z:[^:]*]]: tensor<f32>
// CHECK: %[[LATE:.*]] = neap.negate %[[Z]]
// CHECK: %[[SUM:.*]] = neap.add %[[LATE]], %[[X]]
// CHECK-NEXT: neap.observe @w, %[[SUM]]
neap.parameter @w : tensor<f32> trained {file = "", offset = 0 : i64}
neap.step @twice(%x: tensor<f32> {neap.name = "x"}, %z: tensor<f32> {neap.name = "z"}) -> (tensor<f32> {neap.name = "loss"}) {
  %w = neap.read @w : tensor<f32>
  %e = neap.mul %w, %x : tensor<f32>
  %n = neap.negate %w : tensor<f32>
  %l = neap.mul %n, %z : tensor<f32>
  %loss = neap.add %e, %l : tensor<f32>
  neap.return %loss : tensor<f32>
}

// -----

// Several reads of a parameter are one variable.
// CHECK-LABEL: neap.step @reads(
// CHECK: %[[SUM:.*]] = neap.add %{{.*}}, %{{.*}} : tensor<f32>
// CHECK-NEXT: neap.observe @w, %[[SUM]]
// CHECK-NOT: neap.observe
neap.parameter @w : tensor<f32> trained {file = "", offset = 0 : i64}
neap.step @reads(%x: tensor<f32> {neap.name = "x"}) -> (tensor<f32> {neap.name = "loss"}) {
  %w = neap.read @w : tensor<f32>
  %v = neap.read @w : tensor<f32>
  %e = neap.exp %v : tensor<f32>
  %loss = neap.mul %w, %e : tensor<f32>
  neap.return %loss : tensor<f32>
}

// -----

// A parameter that is not trained gets nothing, and one that the loss does not depend on is left out.
// CHECK: neap.parameter @frozen : tensor<f32> {
// CHECK: neap.parameter @unused : tensor<f32> {
// CHECK-LABEL: neap.step @left_out(
// CHECK: neap.observe @w
// CHECK-NOT: neap.observe
neap.parameter @frozen : tensor<f32> {file = "", offset = 0 : i64}
// expected-warning @+1 {{parameter 'unused' is not trained: the loss does not depend on it}}
neap.parameter @unused : tensor<f32> trained {file = "", offset = 4 : i64}
neap.parameter @w : tensor<f32> trained {file = "", offset = 8 : i64}
neap.step @left_out(%x: tensor<f32> {neap.name = "x"}) -> (tensor<f32> {neap.name = "loss"}) {
  %f = neap.read @frozen : tensor<f32>
  %w = neap.read @w : tensor<f32>
  %u = neap.read @unused : tensor<f32>
  %d = neap.exp %u : tensor<f32>
  %loss = neap.mul %f, %w : tensor<f32>
  neap.return %loss : tensor<f32>
}

// -----

// What goes through an integer does not vary smoothly: no gradient, no error.
// CHECK-LABEL: neap.step @through_integer(
// CHECK: neap.observe @w
neap.parameter @w : tensor<f32> trained {file = "", offset = 0 : i64}
neap.step @through_integer() -> (tensor<f32> {neap.name = "loss"}) {
  %w = neap.read @w : tensor<f32>
  %i = neap.cast %w : tensor<f32> -> tensor<i64>
  %f = neap.cast %i : tensor<i64> -> tensor<f32>
  %loss = neap.mul %w, %f : tensor<f32>
  neap.return %loss : tensor<f32>
}

// -----

// The gradient of dropout is dropout with the same key: the mask is drawn again, and nothing of the forward pass is read.
// CHECK-LABEL: neap.step @dropout(
// CHECK: %[[ID:.*]] = neap.random_id 3
// CHECK: %[[W:.*]] = neap.read @w
// CHECK: neap.dropout %[[W]] ratio 2.500000e-01 key %[[L:.*]], %[[H:.*]], %[[S:.*]], %[[ID]] : tensor<4xf32>
// CHECK: neap.reduce
// CHECK: %[[DY:.*]] = neap.negate
// CHECK-NEXT: %[[DW:.*]] = neap.dropout %[[DY]] ratio 2.500000e-01 key %[[L]], %[[H]], %[[S]], %[[ID]] : tensor<4xf32>
// CHECK-NEXT: neap.observe @w, %[[DW]]
neap.parameter @w : tensor<4xf32> trained {file = "", offset = 0 : i64}
neap.step @dropout(%x: tensor<4xf32> {neap.name = "x"}) -> (tensor<f32> {neap.name = "loss"}) {
  %l = neap.step_value seed_low : tensor<ui32>
  %h = neap.step_value seed_high : tensor<ui32>
  %s = neap.step_value step : tensor<ui32>
  %id = neap.random_id 3 : tensor<ui32>
  %w = neap.read @w : tensor<4xf32>
  %y = neap.dropout %w ratio 0.25 key %l, %h, %s, %id : tensor<4xf32>
  %n = neap.negate %y : tensor<4xf32>
  %z = neap.mul %n, %x : tensor<4xf32>
  %loss = neap.reduce sum %z axes [0] : tensor<4xf32>
  neap.return %loss : tensor<f32>
}
