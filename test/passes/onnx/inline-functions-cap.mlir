// A file whose functions would grow past the limit is refused before anything is inlined.
// RUN: neap-opt %s --neap-inline-functions=max-nodes=3 --verify-diagnostics

module {
  onnx.function @"custom::F" attributes {parameter_defaults = {}, parameter_names = []} {
  ^bb0(%x: none):
    %0 = onnx.node "Elu"(%x) {domain = "", name = "a", node_attributes = {}, version = 20 : i64} : (none) -> none
    %1 = onnx.node "Elu"(%0) {domain = "", name = "b", node_attributes = {}, version = 20 : i64} : (none) -> none
    onnx.return %1 : none
  }
  // expected-error @+1 {{expected at most 3 nodes after inlining local functions, got 4 or more}}
  onnx.graph attributes {dim_params = [[""]], input_names = ["x"], opsets = {}, output_names = ["y"]} {
  ^bb0(%x: tensor<4xf32>):
    %0 = onnx.node "F"(%x) {domain = "custom", name = "f", node_attributes = {}, version = 1 : i64} : (tensor<4xf32>) -> none
    %1 = onnx.node "F"(%0) {domain = "custom", name = "g", node_attributes = {}, version = 1 : i64} : (none) -> none
    onnx.return %1 : none
  }
}
