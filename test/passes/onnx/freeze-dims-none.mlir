// A dimension for a model that has none.
// RUN: not neap-opt %s --neap-freeze-dims='dims=batch=4' 2>&1 | FileCheck %s

// CHECK: error: expected the name of a dimension of an input, got 'batch'
// CHECK: note: all dimensions of the inputs are fixed
onnx.graph attributes {dim_params = [[""]], input_names = ["x"], opsets = {}, output_names = ["o"]} {
^bb0(%x: tensor<8xf32>):
  onnx.return %x : tensor<8xf32>
}
