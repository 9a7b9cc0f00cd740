// What cannot be differentiated.
// RUN: neap-opt %s --neap-build-backward --split-input-file --verify-diagnostics

neap.parameter @w : tensor<f32> trained {file = "", offset = 0 : i64}
neap.step @no_gradient() -> (tensor<f32> {neap.name = "loss"}) {
  %w = neap.read @w : tensor<f32>
  // expected-error @+1 {{expected an op with a gradient between a trained parameter and the loss, got neap.fma}}
  %loss = neap.fma %w, %w, %w : tensor<f32>
  neap.return %loss : tensor<f32>
}

// -----

// expected-error @+1 {{expected a step with a result named 'loss', got none}}
neap.step @nameless(%x: tensor<f32>) -> (tensor<f32> {neap.name = "a"}, tensor<f32> {neap.name = "b"}) {
  neap.return %x, %x : tensor<f32>, tensor<f32>
}

// -----

// expected-error @+1 {{expected a floating-point scalar as the loss, got 'tensor<2xf32>'}}
neap.step @vector(%x: tensor<2xf32>) -> (tensor<2xf32> {neap.name = "loss"}) {
  neap.return %x : tensor<2xf32>
}
