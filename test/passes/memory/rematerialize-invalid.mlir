// What neap.recompute and its pass refuse.
// RUN: neap-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(neap.step(neap-rematerialize))'

// recompute_c1: something must be behind the barrier.
neap.step @no_source(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = neap.exp %x : tensor<4xf32>
  // expected-error @below {{expected at least one source}}
  %z = "neap.recompute"(%y, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  neap.return %z : tensor<4xf32>
}
