// RUN: neap-opt %s --neap-clip-gradient-norm | FileCheck %s --check-prefixes=CHECK,PLAIN
// RUN: neap-opt %s --neap-clip-gradient-norm=clip | FileCheck %s --check-prefixes=CHECK,CLIP

// Sums of squares stand behind the gradients: along the last axis, then the rest; they are added in the order of the
// parameters, whatever the order of the gradients.
// CHECK-LABEL: neap.step @train
// CHECK-SAME: -> (tensor<f32> {neap.name = "loss"}, tensor<f32> {neap.name = "gradient_norm"})
// CHECK: neap.observe @b, %[[GB:.*]] :
// CHECK-NEXT: %[[SB:.*]] = neap.mul %[[GB]], %[[GB]]
// CHECK-NEXT: %[[RB:.*]] = neap.reduce sum %[[SB]] axes [0]
// CHECK: neap.observe @w, %[[GW:.*]] :
// CHECK-NEXT: %[[SW:.*]] = neap.mul %[[GW]], %[[GW]]
// CHECK-NEXT: %[[ROWS:.*]] = neap.reduce sum %[[SW]] axes [2]
// CHECK-NEXT: %[[FLAT:.*]] = neap.reshape %[[ROWS]] : tensor<2x3xf32> -> tensor<6xf32>
// CHECK-NEXT: %[[RW:.*]] = neap.reduce sum %[[FLAT]] axes [0]
// CHECK-NEXT: %[[SUM:.*]] = neap.add %[[RW]], %[[RB]]
// CHECK-NEXT: %[[NORM:.*]] = neap.sqrt %[[SUM]]
// PLAIN-NEXT: neap.return %{{.*}}, %[[NORM]]

// Clipping multiplies every gradient and marks the product.
// CLIP-NEXT: %[[BOUND:.*]] = neap.step_value clip_norm
// CLIP-NEXT: %[[EPSILON:.*]] = neap.constant dense<9.99999997E-7>
// CLIP-NEXT: %[[SAFE:.*]] = neap.add %[[NORM]], %[[EPSILON]]
// CLIP-NEXT: %[[RATIO:.*]] = neap.div %[[BOUND]], %[[SAFE]]
// CLIP-NEXT: %[[ONE:.*]] = neap.constant dense<1.000000e+00>
// CLIP-NEXT: %[[FACTOR:.*]] = neap.minimum %[[RATIO]], %[[ONE]]
// CLIP-NEXT: %[[FW:.*]] = neap.broadcast %[[FACTOR]]
// CLIP-NEXT: neap.mul %[[GW]], %[[FW]] {neap.gradient_of = @w}
// CLIP-NEXT: %[[FB:.*]] = neap.broadcast %[[FACTOR]]
// CLIP-NEXT: neap.mul %[[GB]], %[[FB]] {neap.gradient_of = @b}
// CLIP-NEXT: neap.return %{{.*}}, %[[NORM]]
neap.parameter @w : tensor<2x3x4xf32> trained {file = "", offset = 0 : i64}
neap.parameter @b : tensor<4xf32> trained {file = "", offset = 96 : i64}
neap.step @train(%gb: tensor<4xf32>, %gw: tensor<2x3x4xf32>, %loss: tensor<f32>) -> (tensor<f32> {neap.name = "loss"}) {
  neap.observe @b, %gb : tensor<4xf32>
  neap.observe @w, %gw : tensor<2x3x4xf32>
  neap.return %loss : tensor<f32>
}
