// What is printed is read back the same.
// RUN: neap-opt %s | neap-opt | FileCheck %s

// CHECK: onnx.initializer @"wte weight" : tensor<256x64xf32> {file = "model.onnx.data", offset = 4096 : i64}
onnx.initializer @"wte weight" : tensor<256x64xf32> {file = "model.onnx.data", offset = 4096 : i64}
// CHECK: onnx.graph
onnx.graph attributes {dim_params = [["batch"]], input_names = ["x"], opsets = {ai.onnx = 20 : i64}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<?xi1>):
  // CHECK: %[[W:.*]] = onnx.read @"wte weight" : tensor<256x64xf32>
  %w = onnx.read @"wte weight" : tensor<256x64xf32>
  // CHECK: onnx.node "If"(%{{.*}}) {domain = "", name = "if", node_attributes = {}, region_names = ["then_branch", "else_branch"], version = 20 : i64} : (tensor<?xi1>) -> tensor<*xf32> with {
  // CHECK:   onnx.return %[[W]] : tensor<256x64xf32>
  // CHECK: }, {
  %0 = onnx.node "If"(%x) {domain = "", name = "if", node_attributes = {}, region_names = ["then_branch", "else_branch"], version = 20 : i64} : (tensor<?xi1>) -> tensor<*xf32> with {
    onnx.return %w : tensor<256x64xf32>
  }, {
    %1 = onnx.absent
    %2 = onnx.node "Neg"(%w) {domain = "", name = "neg", node_attributes = {axis = 1 : i64}, version = 20 : i64} : (tensor<256x64xf32>) -> tensor<256x64xf32>
    onnx.return %2 : tensor<256x64xf32>
  }
  onnx.return %0 : tensor<*xf32>
}
