// What no kernel exists for is an error of the pass that promises primitive ops.
// RUN: neap-opt %s --neap-decompose --verify-diagnostics

neap.step @gather_nd(%x: tensor<4x5xf32>, %i: tensor<3x2xi64>) -> tensor<3xf32> {
  // expected-error @+1 {{node 'neap.gather_nd': expected an op that kernels exist for, got neap.gather_nd on what is not constant}}
  %0 = neap.gather_nd %x, %i : tensor<4x5xf32>, tensor<3x2xi64> -> tensor<3xf32>
  neap.return %0 : tensor<3xf32>
}
