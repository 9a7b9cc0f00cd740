// RUN: neap-opt %s --neap-inline-functions --split-input-file --verify-diagnostics | FileCheck %s

// A call becomes the function's body; nodes are named after the call.
module {
  onnx.function @"custom::Twice" attributes {parameter_defaults = {}, parameter_names = []} {
  ^bb0(%x: none):
    %0 = onnx.node "Add"(%x, %x) {domain = "", name = "add", node_attributes = {}, version = 20 : i64} : (none, none) -> none
    onnx.return %0 : none
  }
  // CHECK-LABEL: onnx.graph
  // CHECK-SAME: "once"
  // CHECK: ^bb0(%[[X:.*]]: tensor<4xf32>)
  // CHECK-NEXT: %[[SUM:.*]] = onnx.node "Add"(%[[X]], %[[X]]) {domain = "", name = "t/add"
  // CHECK-NEXT: onnx.return %[[SUM]]
  // CHECK-NOT: onnx.function
  onnx.graph attributes {dim_params = [[""]], input_names = ["x"], opsets = {}, output_names = ["once"]} {
  ^bb0(%x: tensor<4xf32>):
    %0 = onnx.node "Twice"(%x) {domain = "custom", name = "t", node_attributes = {}, version = 1 : i64} : (tensor<4xf32>) -> none
    onnx.return %0 : none
  }
}

// -----

// References take the call's value, or the default; attributes without either are left out. Calls nest.
module {
  onnx.function @"custom::Inner" attributes {parameter_defaults = {beta = 2.0 : f32}, parameter_names = ["alpha", "gamma"]} {
  ^bb0(%x: none):
    %0 = onnx.node "Elu"(%x) {attribute_refs = {a = "alpha", b = "beta", c = "gamma"}, domain = "", name = "elu", node_attributes = {}, version = 20 : i64} : (none) -> none
    onnx.return %0 : none
  }
  onnx.function @"custom::Outer" attributes {parameter_defaults = {}, parameter_names = ["scale"]} {
  ^bb0(%x: none):
    %0 = onnx.node "Inner"(%x) {attribute_refs = {alpha = "scale"}, domain = "custom", name = "inner", node_attributes = {}, version = 1 : i64} : (none) -> none
    onnx.return %0 : none
  }
  // CHECK-LABEL: onnx.graph
  // CHECK-SAME: "nested"
  // CHECK: onnx.node "Elu"
  // CHECK-SAME: name = "o/inner/elu"
  // CHECK-SAME: node_attributes = {a = 5.000000e-01 : f32, b = 2.000000e+00 : f32}
  onnx.graph attributes {dim_params = [[""]], input_names = ["x"], opsets = {}, output_names = ["nested"]} {
  ^bb0(%x: tensor<4xf32>):
    %0 = onnx.node "Outer"(%x) {domain = "custom", name = "o", node_attributes = {scale = 0.5 : f32}, version = 1 : i64} : (tensor<4xf32>) -> none
    onnx.return %0 : none
  }
}

// -----

// Inputs that the call leaves out are absent in the body; overloads are functions of their own.
module {
  onnx.function @"custom::F:int" attributes {parameter_defaults = {}, parameter_names = []} {
  ^bb0(%x: none, %y: none):
    %0 = onnx.node "Clip"(%x, %y) {domain = "", name = "clip", node_attributes = {}, version = 20 : i64} : (none, none) -> none
    onnx.return %0 : none
  }
  // CHECK-LABEL: onnx.graph
  // CHECK-SAME: "overload"
  // CHECK: %[[ABSENT:.*]] = onnx.absent
  // CHECK: onnx.node "Clip"(%{{.*}}, %[[ABSENT]])
  // CHECK: onnx.node "F"
  onnx.graph attributes {dim_params = [[""]], input_names = ["x"], opsets = {}, output_names = ["overload"]} {
  ^bb0(%x: tensor<4xf32>):
    %0 = onnx.node "F"(%x) {domain = "custom", name = "f", node_attributes = {}, overload = "int", version = 1 : i64} : (tensor<4xf32>) -> none
    %1 = onnx.node "F"(%0) {domain = "custom", name = "g", node_attributes = {}, version = 1 : i64} : (none) -> none
    onnx.return %1 : none
  }
}

// -----

// A function that reaches itself is refused.
module {
  onnx.function @"custom::A" attributes {parameter_defaults = {}, parameter_names = []} {
  ^bb0(%x: none):
    %0 = onnx.node "B"(%x) {domain = "custom", name = "b", node_attributes = {}, version = 1 : i64} : (none) -> none
    onnx.return %0 : none
  }
  onnx.function @"custom::B" attributes {parameter_defaults = {}, parameter_names = []} {
  ^bb0(%x: none):
    // expected-error @+1 {{node 'a' (A, opset 1): expected functions that do not call themselves, got 'custom::A', which is called while it runs}}
    %0 = onnx.node "A"(%x) {domain = "custom", name = "a", node_attributes = {}, version = 1 : i64} : (none) -> none
    onnx.return %0 : none
  }
  onnx.graph attributes {dim_params = [[""]], input_names = ["x"], opsets = {}, output_names = ["y"]} {
  ^bb0(%x: tensor<4xf32>):
    %0 = onnx.node "A"(%x) {domain = "custom", name = "call", node_attributes = {}, version = 1 : i64} : (tensor<4xf32>) -> none
    onnx.return %0 : none
  }
}

// -----

// A call with more inputs than the function has.
module {
  onnx.function @"custom::F" attributes {parameter_defaults = {}, parameter_names = []} {
  ^bb0(%x: none):
    onnx.return %x : none
  }
  onnx.graph attributes {dim_params = [[""]], input_names = ["x"], opsets = {}, output_names = ["y"]} {
  ^bb0(%x: tensor<4xf32>):
    // expected-error @+1 {{node 'f' (F, opset 1): expected at most 1 inputs, got 2}}
    %0 = onnx.node "F"(%x, %x) {domain = "custom", name = "f", node_attributes = {}, version = 1 : i64} : (tensor<4xf32>, tensor<4xf32>) -> none
    onnx.return %0 : none
  }
}

// -----

// A call with more outputs than the function has.
module {
  onnx.function @"custom::F" attributes {parameter_defaults = {}, parameter_names = []} {
  ^bb0(%x: none):
    onnx.return %x : none
  }
  onnx.graph attributes {dim_params = [[""]], input_names = ["x"], opsets = {}, output_names = ["y"]} {
  ^bb0(%x: tensor<4xf32>):
    // expected-error @+1 {{node 'f' (F, opset 1): expected at most 1 outputs, got 2}}
    %0:2 = onnx.node "F"(%x) {domain = "custom", name = "f", node_attributes = {}, version = 1 : i64} : (tensor<4xf32>) -> (none, none)
    onnx.return %0#1 : none
  }
}

// -----

// A reference to an attribute that the function does not have.
module {
  onnx.function @"custom::F" attributes {parameter_defaults = {}, parameter_names = []} {
  ^bb0(%x: none):
    // expected-error @+1 {{node 'f/elu' (Elu, opset 20): expected a reference to an attribute of 'custom::F', got 'alpha'}}
    %0 = onnx.node "Elu"(%x) {attribute_refs = {alpha = "alpha"}, domain = "", name = "elu", node_attributes = {}, version = 20 : i64} : (none) -> none
    onnx.return %0 : none
  }
  onnx.graph attributes {dim_params = [[""]], input_names = ["x"], opsets = {}, output_names = ["y"]} {
  ^bb0(%x: tensor<4xf32>):
    %0 = onnx.node "F"(%x) {domain = "custom", name = "f", node_attributes = {}, version = 1 : i64} : (tensor<4xf32>) -> none
    onnx.return %0 : none
  }
}
