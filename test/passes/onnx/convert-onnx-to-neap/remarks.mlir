// RUN: neap-opt %s --neap-convert-onnx-to-neap --remarks-filter='convert-onnx-to-neap' --remark-format=emitRemark 2>&1 | FileCheck %s

// What no output needs is left out and named.
// CHECK-DAG: remark: {{.*}}node 'dead' (Bernoulli) dropped: no output needs it
// CHECK-DAG: remark: {{.*}}initializer 'unused' dropped: no output needs it
// CHECK: neap.step
onnx.initializer @unused : tensor<4xf32> {file = "", offset = 0 : i64, trained = 1 : i32}
onnx.graph attributes {dim_params = [[""]], input_names = ["x"], opsets = {}, output_names = ["y"]} {
^bb0(%x: tensor<4xf32>):
  %u = onnx.read @unused : tensor<4xf32>
  %dead = onnx.node "Bernoulli"(%u) {domain = "", name = "dead", node_attributes = {}, version = 20 : i64} : (tensor<4xf32>) -> none
  onnx.return %x : tensor<4xf32>
}
