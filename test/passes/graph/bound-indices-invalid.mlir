// A constant index outside its table is refused before anything runs.
// RUN: neap-opt -verify-diagnostics -neap-bound-indices %s

neap.step @constant(%w: tensor<8xf32> {neap.name = "w"}) -> (tensor<f32> {neap.name = "loss"}) {
  %i = neap.constant dense<[0, 8]> : tensor<2xi64>
  // expected-error @below {{node 'neap.gather': expected indices in [0, 7], got 8}}
  %x = neap.gather %w, %i : tensor<8xf32>, tensor<2xi64>
  %loss = neap.reduce sum %x axes [0] : tensor<2xf32>
  neap.return %loss : tensor<f32>
}
