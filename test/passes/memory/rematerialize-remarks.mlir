// Every value that is computed again is reported.
// RUN: neap-opt %s --remarks-filter=neap-rematerialize --remark-format=emitRemark --verify-diagnostics --pass-pipeline='builtin.module(neap.step(neap-rematerialize))'

neap.step @chain(%x: tensor<8xf32>, %dz: tensor<8xf32>) -> tensor<8xf32> {
  %y = neap.exp %x : tensor<8xf32>
  %z = neap.tanh %y : tensor<8xf32>
  // expected-remark @below {{is computed again by 2 ops}}
  %z2 = neap.recompute %z from(%x) after %dz : tensor<8xf32> from(tensor<8xf32>) after tensor<8xf32>
  %r = neap.add %z2, %dz : tensor<8xf32>
  neap.return %r : tensor<8xf32>
}
