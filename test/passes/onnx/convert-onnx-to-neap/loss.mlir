// Losses in the file.
// RUN: neap-opt %s --neap-convert-onnx-to-neap --split-input-file | FileCheck %s

// Rows of scores; the mean over those that count.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<6x5xf32> {neap.name = "x"}
// CHECK-SAME: %[[L:[^:]*]]: tensor<6xi64> {neap.name = "l"}
// CHECK-SAME: -> (tensor<f32> {neap.name = "loss"})
// CHECK-NEXT: %[[LOSS:[^,]*]], %[[LSE:[^,]*]], %[[COUNT:.*]] = neap.cross_entropy %[[X]], %[[L]] {ignore_index = -100 : i64} : tensor<6x5xf32>, tensor<6xi64>
// CHECK-NEXT: neap.return %[[LOSS]] : tensor<f32>
onnx.graph attributes {dim_params = [["", ""], [""]], input_names = ["x", "l"], opsets = {}, output_names = ["loss"], source = "model.onnx"} {
^bb0(%x: tensor<6x5xf32>, %l: tensor<6xi64>):
  %loss = onnx.node "SoftmaxCrossEntropyLoss"(%x, %l) {domain = "", name = "loss", node_attributes = {ignore_index = -100 : i64, reduction = "mean"}, version = 20 : i64} : (tensor<6x5xf32>, tensor<6xi64>) -> none
  onnx.return %loss : none
}

// -----

// Classes on axis 1 of more dimensions, summed.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x5x3xf32> {neap.name = "x"}
// CHECK-SAME: %[[L:[^:]*]]: tensor<2x3xi64> {neap.name = "l"}
// CHECK-SAME: -> (tensor<f32> {neap.name = "loss"})
// CHECK-NEXT: %[[V0:.*]] = neap.transpose %[[X]] [0, 2, 1] : tensor<2x5x3xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.reshape %[[V0]] : tensor<2x3x5xf32> -> tensor<6x5xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.reshape %[[L]] : tensor<2x3xi64> -> tensor<6xi64>
// CHECK-NEXT: %[[LOSS:[^,]*]], %[[LSE:[^,]*]], %[[COUNT:.*]] = neap.cross_entropy %[[V1]], %[[V2]] {ignore_index = -9223372036854775808 : i64} : tensor<6x5xf32>, tensor<6xi64>
// CHECK-NEXT: %[[V3:.*]] = neap.mul %[[LOSS]], %[[COUNT]] : tensor<f32>
// CHECK-NEXT: neap.return %[[V3]] : tensor<f32>
onnx.graph attributes {dim_params = [["", "", ""], ["", ""]], input_names = ["x", "l"], opsets = {}, output_names = ["loss"], source = "model.onnx"} {
^bb0(%x: tensor<2x5x3xf32>, %l: tensor<2x3xi64>):
  %loss = onnx.node "SoftmaxCrossEntropyLoss"(%x, %l) {domain = "", name = "loss", node_attributes = {reduction = "sum"}, version = 20 : i64} : (tensor<2x5x3xf32>, tensor<2x3xi64>) -> none
  onnx.return %loss : none
}

// -----

// Labels of 32 bits become 64: without ignore_index the smallest 64-bit integer is ignored, and no label is that.
// CHECK-LABEL: neap.step @forward
// CHECK: %[[LABELS:.*]] = neap.cast %{{.*}} : tensor<6xi32> -> tensor<6xi64>
// CHECK: neap.cross_entropy %{{.*}}, %[[LABELS]] {ignore_index = -9223372036854775808 : i64}
onnx.graph attributes {dim_params = [["", ""], [""]], input_names = ["x", "l"], opsets = {}, output_names = ["loss"], source = "model.onnx"} {
^bb0(%x: tensor<6x5xf32>, %l: tensor<6xi32>):
  %loss = onnx.node "SoftmaxCrossEntropyLoss"(%x, %l) {domain = "", name = "loss", node_attributes = {reduction = "mean"}, version = 20 : i64} : (tensor<6x5xf32>, tensor<6xi32>) -> none
  onnx.return %loss : none
}
