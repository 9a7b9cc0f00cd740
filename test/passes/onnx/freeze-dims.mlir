// RUN: neap-opt %s --neap-freeze-dims='dims=batch=4,sequence=64' | FileCheck %s

// Names and expressions become sizes; inputs of fixed sizes stay.
// CHECK-LABEL: onnx.graph
// CHECK-SAME: dim_params = {{\[}}["", "", ""], [""], []]
// CHECK: ^bb0(%{{.*}}: tensor<4x63x8xf32>, %{{.*}}: tensor<256xi64>, %{{.*}}: tensor<f32>):
onnx.graph attributes {dim_params = [["batch", "sequence - 1", ""], ["sequence*batch"], []], input_names = ["x", "y", "z"], opsets = {}, output_names = ["o"]} {
^bb0(%x: tensor<?x?x8xf32>, %y: tensor<?xi64>, %z: tensor<f32>):
  onnx.return %z : tensor<f32>
}
