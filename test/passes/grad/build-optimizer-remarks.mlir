// RUN: neap-opt %s --neap-build-optimizer --remarks-filter='build-optimizer' --remark-format=emitRemark 2>&1 | FileCheck %s

// CHECK: remark: {{.*}}parameter 'w' is updated without weight decay
// CHECK-NOT: remark
neap.parameter @w : tensor<f32> trained {decays = false, file = "", offset = 0 : i64}
neap.parameter @frozen : tensor<f32> {file = "", offset = 4 : i64}
neap.step @train(%g: tensor<f32>, %loss: tensor<f32>) -> (tensor<f32> {neap.name = "loss"}) {
  neap.observe @w, %g : tensor<f32>
  neap.return %loss : tensor<f32>
}
