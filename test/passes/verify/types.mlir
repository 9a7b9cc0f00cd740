// Only fp32 has kernels; other types are refused where they come from.
// RUN: neap-opt -split-input-file -verify-diagnostics -neap-verify-types %s

// Integers, bools and fp32 are fine.
neap.parameter @w : tensor<4xf32> trained {value = dense<0.0> : tensor<4xf32>}
neap.step @fine(%ids: tensor<4xi64> {neap.name = "ids"}) -> (tensor<4xi1> {neap.name = "y"}) {
  %w = neap.read @w : tensor<4xf32>
  %y = neap.compare lt %w, %w : tensor<4xf32>
  neap.return %y : tensor<4xi1>
}

// -----

// A parameter, with the file's name where it is known.
module attributes {neap.model = "model.onnx"} {
// expected-error@+2 {{model.onnx: initializer 'w': expected fp32, got 'tensor<4xf16>'}}
// expected-note@+1 {{export the model in fp32}}
neap.parameter @w : tensor<4xf16> trained {value = dense<0.0> : tensor<4xf16>}
}

// -----

// expected-error@+2 {{input 'x': expected fp32, got 'tensor<4xf64>'}}
// expected-note@+1 {{export the model in fp32}}
neap.step @input(%x: tensor<4xf64> {neap.name = "x"}) -> (tensor<4xf64> {neap.name = "y"}) {
  neap.return %x : tensor<4xf64>
}

// -----

// What a node computes goes by the node's name.
neap.step @node(%x: tensor<4xf32> {neap.name = "x"}) -> (tensor<4xbf16> {neap.name = "y"}) {
  // expected-error@unknown {{node 'cast_1': expected fp32, got 'tensor<4xbf16>'}}
  // expected-note@unknown {{export the model in fp32}}
  %y = neap.cast %x : tensor<4xf32> -> tensor<4xbf16> loc("cast_1")
  neap.return %y : tensor<4xbf16>
}

// -----

// An input without elements is fine where nothing reads it.
neap.step @unread(%x: tensor<2x0xf32> {neap.name = "x"}) -> (tensor<4xf32> {neap.name = "y"}) {
  %y = neap.constant dense<1.0> : tensor<4xf32>
  neap.return %y : tensor<4xf32>
}

// -----

neap.step @without_elements(%x: tensor<2x0xf32> {neap.name = "x"}) -> (tensor<2xf32> {neap.name = "y"}) {
  // expected-error@unknown {{node 'sum_1': expected a tensor with elements, got 'tensor<2x0xf32>'}}
  %y = neap.reduce sum %x axes [1] : tensor<2x0xf32> loc("sum_1")
  neap.return %y : tensor<2xf32>
}

// -----

// expected-error@+1 {{initializer 'w': expected a tensor with elements, got 'tensor<0xf32>'}}
neap.parameter @w : tensor<0xf32> trained {value = dense<> : tensor<0xf32>}
