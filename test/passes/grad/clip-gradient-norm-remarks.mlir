// RUN: neap-opt %s --neap-clip-gradient-norm --remarks-filter='clip-gradient-norm' --remark-format=emitRemark 2>&1 | FileCheck %s --check-prefix=OFF
// RUN: neap-opt %s --neap-clip-gradient-norm=clip --remarks-filter='clip-gradient-norm' --remark-format=emitRemark 2>&1 | FileCheck %s --check-prefix=ON

// Without any gradient the norm is 0.
// OFF: remark: {{.*}}gradients not clipped: clipping is off
// OFF: %[[ZERO:.*]] = neap.constant dense<0.000000e+00>
// OFF: neap.return %{{.*}}, %[[ZERO]]
// ON: remark: {{.*}}gradients not clipped: there are none
neap.step @train(%loss: tensor<f32>) -> (tensor<f32> {neap.name = "loss"}) {
  neap.return %loss : tensor<f32>
}
