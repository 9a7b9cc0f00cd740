// Reductions.
// RUN: neap-opt %s --neap-convert-onnx-to-neap --split-input-file | FileCheck %s

// ReduceSum with axes as an attribute, below opset 13.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<3xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.reduce sum %[[X]] axes [0] : tensor<2x3xf32>
// CHECK-NEXT: neap.return %[[V0]] : tensor<3xf32>
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %y = onnx.node "ReduceSum"(%x) {domain = "", name = "y", node_attributes = {axes = [0 : i64], keepdims = 0 : i64}, version = 11 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

// ReduceSum with axes as an input, since opset 13.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x1xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.reduce sum %[[X]] axes [1] : tensor<2x3xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.reshape %[[V0]] : tensor<2xf32> -> tensor<2x1xf32>
// CHECK-NEXT: neap.return %[[V1]] : tensor<2x1xf32>
onnx.initializer @a : tensor<1xi64> {value = dense<-1> : tensor<1xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %a = onnx.read @a : tensor<1xi64>
  %y = onnx.node "ReduceSum"(%x, %a) {domain = "", name = "y", node_attributes = {}, version = 13 : i64} : (tensor<2x3xf32>, tensor<1xi64>) -> none
  onnx.return %y : none
}

// -----

// Without axes everything is joined: the last axis first, then the rest in order.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3x4xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<f32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.reduce max %[[X]] axes [2] : tensor<2x3x4xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.reshape %[[V0]] : tensor<2x3xf32> -> tensor<6xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.reduce max %[[V1]] axes [0] : tensor<6xf32>
// CHECK-NEXT: neap.return %[[V2]] : tensor<f32>
onnx.graph attributes {dim_params = [["", "", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3x4xf32>):
  %y = onnx.node "ReduceMax"(%x) {domain = "", name = "y", node_attributes = {keepdims = 0 : i64}, version = 20 : i64} : (tensor<2x3x4xf32>) -> none
  onnx.return %y : none
}

// -----

// Without axes nothing is joined where noop_with_empty_axes says so.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x3xf32> {neap.name = "y"})
// CHECK-NEXT: neap.return %[[X]] : tensor<2x3xf32>
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %y = onnx.node "ReduceSum"(%x) {domain = "", name = "y", node_attributes = {noop_with_empty_axes = 1 : i64}, version = 20 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

// A mean is a sum over the count.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3x4xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x1x1xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.reduce sum %[[X]] axes [2] : tensor<2x3x4xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.reduce sum %[[V0]] axes [1] : tensor<2x3xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.reshape %[[V1]] : tensor<2xf32> -> tensor<2x1x1xf32>
// CHECK-NEXT: %[[V3:.*]] = neap.constant dense<1.200000e+01> : tensor<2x1x1xf32>
// CHECK-NEXT: %[[V4:.*]] = neap.div %[[V2]], %[[V3]] : tensor<2x1x1xf32>
// CHECK-NEXT: neap.return %[[V4]] : tensor<2x1x1xf32>
onnx.initializer @a : tensor<2xi64> {value = dense<[1, 2]> : tensor<2xi64>}
onnx.graph attributes {dim_params = [["", "", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3x4xf32>):
  %a = onnx.read @a : tensor<2xi64>
  %y = onnx.node "ReduceMean"(%x, %a) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3x4xf32>, tensor<2xi64>) -> none
  onnx.return %y : none
}
