// Ops that make tensors.
// RUN: neap-opt %s --neap-convert-onnx-to-neap --split-input-file | FileCheck %s

// A tensor, as all exporters write it.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: -> (tensor<2xi64> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.constant dense<[1, 2]> : tensor<2xi64>
// CHECK-NEXT: neap.return %[[V0]] : tensor<2xi64>
onnx.graph attributes {dim_params = [], input_names = [], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0():
  %y = onnx.node "Constant"() {domain = "", name = "y", node_attributes = {value = dense<[1, 2]> : tensor<2xi64>}, version = 20 : i64} : () -> none
  onnx.return %y : none
}

// -----

// A list of floats.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: -> (tensor<2xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK-NEXT: neap.return %[[V0]] : tensor<2xf32>
onnx.graph attributes {dim_params = [], input_names = [], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0():
  %y = onnx.node "Constant"() {domain = "", name = "y", node_attributes = {value_floats = [1.000000e+00 : f32, 2.000000e+00 : f32]}, version = 20 : i64} : () -> none
  onnx.return %y : none
}

// -----

// ConstantOfShape takes its element and type from value.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: -> (tensor<2x3xi1> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.constant dense<true> : tensor<2x3xi1>
// CHECK-NEXT: neap.return %[[V0]] : tensor<2x3xi1>
onnx.initializer @s : tensor<2xi64> {value = dense<[2, 3]> : tensor<2xi64>}
onnx.graph attributes {dim_params = [], input_names = [], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0():
  %s = onnx.read @s : tensor<2xi64>
  %y = onnx.node "ConstantOfShape"(%s) {domain = "", name = "y", node_attributes = {value = dense<true> : tensor<1xi1>}, version = 20 : i64} : (tensor<2xi64>) -> none
  onnx.return %y : none
}

// -----

// ConstantOfShape without value is zeros.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: -> (tensor<2xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.constant dense<0.000000e+00> : tensor<2xf32>
// CHECK-NEXT: neap.return %[[V0]] : tensor<2xf32>
onnx.initializer @s : tensor<1xi64> {value = dense<2> : tensor<1xi64>}
onnx.graph attributes {dim_params = [], input_names = [], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0():
  %s = onnx.read @s : tensor<1xi64>
  %y = onnx.node "ConstantOfShape"(%s) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<1xi64>) -> none
  onnx.return %y : none
}

// -----

// Range counts in steps, down too.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: -> (tensor<3xi64> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.constant dense<[5, 3, 1]> : tensor<3xi64>
// CHECK-NEXT: neap.return %[[V0]] : tensor<3xi64>
onnx.initializer @a : tensor<i64> {value = dense<5> : tensor<i64>}
onnx.initializer @b : tensor<i64> {value = dense<0> : tensor<i64>}
onnx.initializer @d : tensor<i64> {value = dense<-2> : tensor<i64>}
onnx.graph attributes {dim_params = [], input_names = [], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0():
  %a = onnx.read @a : tensor<i64>
  %b = onnx.read @b : tensor<i64>
  %d = onnx.read @d : tensor<i64>
  %y = onnx.node "Range"(%a, %b, %d) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<i64>, tensor<i64>, tensor<i64>) -> none
  onnx.return %y : none
}
