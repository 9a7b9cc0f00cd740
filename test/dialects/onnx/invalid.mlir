// RUN: neap-opt %s --split-input-file --verify-diagnostics

// A tensor must be somewhere.
// expected-error @+1 {{expected a value, or a file and an offset}}
onnx.initializer @w : tensor<2xf32> {}

// -----

// A tensor must be in one place.
// expected-error @+1 {{expected either a value or a file and an offset, got both}}
onnx.initializer @w : tensor<1xf32> {file = "", offset = 0 : i64, value = dense<1.0> : tensor<1xf32>}

// -----

// The value has the tensor's type.
// expected-error @+1 {{expected value of type 'tensor<2xf32>', got 'tensor<1xf32>'}}
onnx.initializer @w : tensor<2xf32> {value = dense<1.0> : tensor<1xf32>}

// -----

// Files start at 0.
// expected-error @+1 {{expected a non-negative offset, got -1}}
onnx.initializer @w : tensor<2xf32> {file = "", offset = -1 : i64}

// -----

// Every input has a name.
// expected-error @+1 {{expected 1 input names, got 0}}
onnx.graph attributes {dim_params = [[]], input_names = [], opsets = {}, output_names = ["y"]} {
^bb0(%x: tensor<f32>):
  onnx.return %x : tensor<f32>
}

// -----

// Every input has its dimensions.
// expected-error @+1 {{expected 1 lists of dim_params, got 0}}
onnx.graph attributes {dim_params = [], input_names = ["x"], opsets = {}, output_names = ["y"]} {
^bb0(%x: tensor<f32>):
  onnx.return %x : tensor<f32>
}

// -----

// Every dimension has a name or none.
// expected-error @+1 {{expected one string in dim_params for every dimension of input 0}}
onnx.graph attributes {dim_params = [["batch"]], input_names = ["x"], opsets = {}, output_names = ["y"]} {
^bb0(%x: tensor<?x4xf32>):
  onnx.return %x : tensor<?x4xf32>
}

// -----

// A graph returns.
// expected-error @+1 {{expected onnx.return at the end}}
onnx.graph attributes {dim_params = [[]], input_names = ["x"], opsets = {}, output_names = ["y"]} {
^bb0(%x: tensor<f32>):
  onnx.absent
}

// -----

// A graph returns its outputs.
// expected-error @+1 {{expected 2 outputs, got 1}}
onnx.graph attributes {dim_params = [[]], input_names = ["x"], opsets = {}, output_names = ["y", "z"]} {
^bb0(%x: tensor<f32>):
  onnx.return %x : tensor<f32>
}

// -----

// A function returns.
// expected-error @+1 {{expected onnx.return at the end}}
onnx.function @"d::f" attributes {parameter_defaults = {}, parameter_names = []} {
^bb0(%x: none):
  onnx.absent
}
