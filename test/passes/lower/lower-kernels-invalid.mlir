// What the kernel generator cannot read is an error at the op that reads it.
// RUN: neap-opt -split-input-file -verify-diagnostics -neap-lower-kernels %s

// A reshape across a slice is not linear in one loop over the result.
sched.kernel @torn pointwise (tensor<8x8xf32>) -> tensor<24xf32> {
^bb0(%a: tensor<8x8xf32>):
  %t = neap.tanh %a : tensor<8x8xf32>
  %s = neap.slice %t starts [0, 0] sizes [8, 3] strides [1, 1] : tensor<8x8xf32>
  %r = neap.reshape %s : tensor<8x3xf32> -> tensor<24xf32>
  // expected-error @+1 {{node 'neap.exp': expected an access that is linear in the loops of its fusion group}}
  %e = neap.exp %r : tensor<24xf32>
  neap.yield %e : tensor<24xf32>
}

// -----

// Sums of one sweep take its rows in the same chunks.
sched.kernel @chunks column (tensor<128x8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
^bb0(%a: tensor<128x8xf32>):
  %s = neap.reduce sum %a axes [0] : tensor<128x8xf32>
  // expected-error @+1 {{expected chunks of 32 rows as in the rest of the group, got 64}}
  %t = neap.reduce sum %a axes [0] chunk 64 : tensor<128x8xf32>
  neap.yield %s, %t : tensor<8xf32>, tensor<8xf32>
}
