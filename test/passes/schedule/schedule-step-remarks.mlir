// Every decision says why.
// RUN: neap-opt -neap-schedule-step %s -o /dev/null --remark-format=emitRemark --remarks-filter="neap-schedule.*" 2>&1 | FileCheck %s

// CHECK: [Missed] UpdateCopied
// CHECK-SAME: Reason="the old value is needed later", Remark="the update of @w is copied at the end"
// CHECK: [Analysis] Arena
// CHECK-SAME: ArenaBytes=320, LivePeakBytes=320
// CHECK: [Analysis] Kernels
// CHECK-SAME: Kernels=2, Launches=2
neap.parameter @w : tensor<16xf32> trained {value = dense<0.0> : tensor<16xf32>}
neap.step @train() -> (tensor<16xf32> {neap.name = "loss"}) {
  %w = neap.read @w : tensor<16xf32>
  %w1 = neap.fused pointwise (%w) {
  ^bb0(%a: tensor<16xf32>):
    %r = neap.exp %a : tensor<16xf32>
    neap.yield %r : tensor<16xf32>
  } : (tensor<16xf32>) -> tensor<16xf32>
  %loss = neap.fused pointwise (%w, %w1) {
  ^bb0(%a: tensor<16xf32>, %b: tensor<16xf32>):
    %r = neap.sub %a, %b : tensor<16xf32>
    neap.yield %r : tensor<16xf32>
  } : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  neap.write @w, %w1 : tensor<16xf32>
  neap.return %loss : tensor<16xf32>
}
