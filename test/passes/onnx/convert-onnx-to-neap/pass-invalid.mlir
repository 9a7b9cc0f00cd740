// What the pass requires of the module.
// RUN: neap-opt %s --neap-convert-onnx-to-neap --split-input-file --verify-diagnostics

// expected-error @+1 {{model.onnx: expected a static tensor for input 'x', got 'tensor<?xf32>'}}
onnx.graph attributes {dim_params = [["batch"]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<?xf32>):
  onnx.return %x : tensor<?xf32>
}

// -----

onnx.initializer @w : tensor<4xf32> {file = "", offset = 0 : i64}
// expected-error @+1 {{expected initializer 'w' to be trained or constant, got undecided}}
onnx.graph attributes {dim_params = [], input_names = [], opsets = {}, output_names = ["y"]} {
  %w = onnx.read @w : tensor<4xf32>
  onnx.return %w : tensor<4xf32>
}

// -----

// expected-error @+1 {{expected an initializer, got 'w'}}
onnx.graph attributes {dim_params = [], input_names = [], opsets = {}, output_names = ["y"]} {
  %w = onnx.read @w : tensor<4xf32>
  onnx.return %w : tensor<4xf32>
}

// -----

// expected-error @+1 {{expected a tensor for output 'y', got none}}
onnx.graph attributes {dim_params = [], input_names = [], opsets = {}, output_names = ["y"]} {
  %a = onnx.absent
  onnx.return %a : none
}
