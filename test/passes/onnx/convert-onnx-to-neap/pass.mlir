// What the pass does around the nodes.
// RUN: neap-opt %s --neap-convert-onnx-to-neap --split-input-file | FileCheck %s

// Inputs and outputs keep their names, needed or not. Trained initializers become parameters with their place, file order
// and PyTorch name; frozen ones that lie in a file become parameters that are not trained; constants with a value go inline.
// CHECK: neap.parameter @folded : tensor<4xf32> trained {file = "m.data", offset = 0 : i64, torch_name = "net.weight"}
// CHECK-NEXT: neap.parameter @frozen : tensor<2000xf32> {file = "m.data", offset = 16 : i64}
// CHECK-NEXT: neap.parameter @bias : tensor<1xf32> trained {torch_name = "bias", value = dense<5.000000e-01> : tensor<1xf32>}
// CHECK-NOT: unused
// CHECK: neap.step @forward(%{{.*}}: tensor<3xf32> {neap.name = "ids"}, %{{.*}}: tensor<4xf32> {neap.name = "x"})
// CHECK-SAME: -> (tensor<4xf32> {neap.name = "y"}, tensor<2000xf32> {neap.name = "table"})
// CHECK-NOT: Bernoulli
// CHECK: neap.constant dense<2.000000e+00>
// CHECK-NOT: onnx
onnx.initializer @folded : tensor<4xf32> {file = "m.data", metadata = {folded_from = ["net.weight"]}, offset = 0 : i64, trained = 1 : i32}
onnx.initializer @frozen : tensor<2000xf32> {file = "m.data", offset = 16 : i64, trained = 2 : i32}
onnx.initializer @unused : tensor<4xf32> {file = "m.data", offset = 8016 : i64, trained = 1 : i32}
onnx.initializer @bias : tensor<1xf32> {metadata = {kind = "PARAMETER"}, trained = 1 : i32, value = dense<0.5> : tensor<1xf32>}
onnx.initializer @two : tensor<f32> {trained = 2 : i32, value = dense<2.0> : tensor<f32>}
onnx.graph attributes {dim_params = [[""], [""]], input_names = ["ids", "x"], opsets = {}, output_names = ["y", "table"]} {
^bb0(%ids: tensor<3xf32>, %x: tensor<4xf32>):
  %w = onnx.read @folded : tensor<4xf32>
  %f = onnx.read @frozen : tensor<2000xf32>
  %u = onnx.read @unused : tensor<4xf32>
  %b = onnx.read @bias : tensor<1xf32>
  %two = onnx.read @two : tensor<f32>
  %dead = onnx.node "Bernoulli"(%u) {domain = "", name = "dead", node_attributes = {}, version = 20 : i64} : (tensor<4xf32>) -> none
  %0 = onnx.node "Mul"(%x, %w) {domain = "", name = "a", node_attributes = {}, version = 20 : i64} : (tensor<4xf32>, tensor<4xf32>) -> none
  %1 = onnx.node "Add"(%0, %b) {domain = "ai.onnx", name = "b", node_attributes = {}, version = 20 : i64} : (none, tensor<1xf32>) -> none
  %2 = onnx.node "Mul"(%1, %two) {domain = "", name = "c", node_attributes = {}, version = 20 : i64} : (none, tensor<f32>) -> none
  onnx.return %2, %f : none, tensor<2000xf32>
}

// -----

// A step makes room for a parameter of its name.
// CHECK: neap.parameter @forward
// CHECK: neap.step @forward_
onnx.initializer @forward : tensor<4xf32> {file = "", offset = 0 : i64, trained = 1 : i32}
onnx.graph attributes {dim_params = [], input_names = [], opsets = {}, output_names = ["y"]} {
  %w = onnx.read @forward : tensor<4xf32>
  onnx.return %w : tensor<4xf32>
}

// -----

// A module without a graph is left alone.
// CHECK: neap.step @done
neap.step @done() {
  neap.return
}
