// RUN: neap-opt %s --neap-build-optimizer | FileCheck %s --check-prefixes=ADAMW
// RUN: neap-opt %s --neap-build-optimizer='optimizer=sgd' | FileCheck %s --check-prefixes=SGD
// RUN: neap-opt %s --neap-build-optimizer='optimizer=sgd momentum' | FileCheck %s --check-prefixes=MOMENTUM

// AdamW: decoupled decay first, then the two averages, then the step. The update stands behind the last use of the old value.
// ADAMW: neap.state @w.m : tensor<4xf32> of @w
// ADAMW-NEXT: neap.state @w.v : tensor<4xf32> of @w
// ADAMW-LABEL: neap.step @train
// ADAMW-SAME: %[[G:[^:]*]]: tensor<4xf32>
// ADAMW: neap.observe @w, %[[G]]
// ADAMW: neap.exp
// ADAMW-NEXT: %[[P:.*]] = neap.read @w : tensor<4xf32>
// ADAMW-NEXT: %[[M:.*]] = neap.read @w.m
// ADAMW-NEXT: %[[V:.*]] = neap.read @w.v
// ADAMW-NEXT: %[[DECAY:.*]] = neap.step_value decay_factor
// ADAMW-NEXT: %[[DECAYS:.*]] = neap.broadcast %[[DECAY]]
// ADAMW-NEXT: %[[P1:.*]] = neap.mul %[[P]], %[[DECAYS]]
// ADAMW: neap.step_value one_minus_beta1
// ADAMW: %[[M1:.*]] = neap.add %[[M]], %{{.*}}
// ADAMW: %[[V1:.*]] = neap.add %{{.*}}, %{{.*}}
// ADAMW: neap.sqrt %[[V1]]
// ADAMW: neap.step_value inverse_sqrt_correction2
// ADAMW: %[[NEW:.*]] = neap.sub %[[P1]], %{{.*}}
// ADAMW-NEXT: neap.write @w, %[[NEW]]
// ADAMW-NEXT: neap.write @w.m, %[[M1]]
// ADAMW-NEXT: neap.write @w.v, %[[V1]]

// A parameter in 16 bits is updated in fp32 and rounded once; without decay there is no decay factor.
// ADAMW: %[[H:.*]] = neap.read @h : tensor<2xf16>
// ADAMW: %[[WIDE:.*]] = neap.cast %[[H]] : tensor<2xf16> -> tensor<2xf32>
// ADAMW-NOT: decay_factor
// ADAMW: %[[NEWH:.*]] = neap.sub %[[WIDE]], %{{.*}} : tensor<2xf32>
// ADAMW-NEXT: %[[ROUNDED:.*]] = neap.cast %[[NEWH]] : tensor<2xf32> -> tensor<2xf16>
// ADAMW-NEXT: neap.write @h, %[[ROUNDED]]

// SGD without momentum has no state; a clipped gradient is taken instead of the one shown.
// SGD-NOT: neap.state
// SGD: %[[CLIPPED:.*]] = neap.mul {{.*}} {neap.gradient_of = @c}
// SGD-NEXT: %[[C:.*]] = neap.read @c
// SGD-NEXT: %[[DECAY:.*]] = neap.step_value weight_decay
// SGD-NEXT: %[[DECAYS:.*]] = neap.broadcast %[[DECAY]]
// SGD-NEXT: %[[PULL:.*]] = neap.mul %[[DECAYS]], %[[C]]
// SGD-NEXT: %[[G:.*]] = neap.add %[[CLIPPED]], %[[PULL]]
// SGD-NEXT: %[[RATE:.*]] = neap.step_value learning_rate
// SGD-NEXT: %[[RATES:.*]] = neap.broadcast %[[RATE]]
// SGD-NEXT: %[[STEP:.*]] = neap.mul %[[RATES]], %[[G]]
// SGD-NEXT: %[[NEW:.*]] = neap.sub %[[C]], %[[STEP]]
// SGD-NEXT: neap.write @c, %[[NEW]]

// MOMENTUM: neap.state @w.momentum : tensor<4xf32> of @w
// MOMENTUM: %[[B:.*]] = neap.read @w.momentum
// MOMENTUM: %[[FACTOR:.*]] = neap.step_value momentum
// MOMENTUM-NEXT: %[[FACTORS:.*]] = neap.broadcast %[[FACTOR]]
// MOMENTUM-NEXT: %[[KEPT:.*]] = neap.mul %[[B]], %[[FACTORS]]
// MOMENTUM-NEXT: %[[B1:.*]] = neap.add %[[KEPT]], %{{.*}}
// MOMENTUM: neap.write @w.momentum, %[[B1]]
neap.parameter @w : tensor<4xf32> trained {file = "", offset = 0 : i64}
neap.parameter @h : tensor<2xf16> trained {decays = false, file = "", offset = 16 : i64}
neap.parameter @c : tensor<4xf32> trained {file = "", offset = 20 : i64}
neap.step @train(%g: tensor<4xf32>, %gh: tensor<2xf16>, %loss: tensor<f32>) -> (tensor<f32> {neap.name = "loss"}) {
  %w = neap.read @w : tensor<4xf32>
  %v = neap.reshape %w : tensor<4xf32> -> tensor<2x2xf32>
  neap.observe @w, %g : tensor<4xf32>
  %late = neap.exp %v : tensor<2x2xf32>
  neap.observe @h, %gh : tensor<2xf16>
  neap.observe @c, %g : tensor<4xf32>
  %clipped = neap.mul %g, %g {neap.gradient_of = @c} : tensor<4xf32>
  neap.return %loss : tensor<f32>
}
