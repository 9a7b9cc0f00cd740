// Products and normalisations.
// RUN: neap-opt %s --neap-convert-onnx-to-neap --split-input-file | FileCheck %s

// A matrix on the right multiplies all rows on the left at once.
// CHECK: neap.parameter @w : tensor<4x5xf32> trained {file = "w.bin", offset = 0 : i64}
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3x4xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x3x5xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.read @w : tensor<4x5xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.reshape %[[X]] : tensor<2x3x4xf32> -> tensor<6x4xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.matmul %[[V1]], %[[V0]] : tensor<6x4xf32>, tensor<4x5xf32>
// CHECK-NEXT: %[[V3:.*]] = neap.reshape %[[V2]] : tensor<6x5xf32> -> tensor<2x3x5xf32>
// CHECK-NEXT: neap.return %[[V3]] : tensor<2x3x5xf32>
onnx.initializer @w : tensor<4x5xf32> {file = "w.bin", offset = 0 : i64, trained = 1 : i32}
onnx.graph attributes {dim_params = [["", "", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3x4xf32>):
  %w = onnx.read @w : tensor<4x5xf32>
  %y = onnx.node "MatMul"(%x, %w) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3x4xf32>, tensor<4x5xf32>) -> none
  onnx.return %y : none
}

// -----

// Batch dimensions are stretched to each other.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<7x1x3x4xf32> {neap.name = "x"}
// CHECK-SAME: %[[Z:[^:]*]]: tensor<2x4x5xf32> {neap.name = "z"}
// CHECK-SAME: -> (tensor<7x2x3x5xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.broadcast %[[X]] : tensor<7x1x3x4xf32> -> tensor<7x2x3x4xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.broadcast %[[Z]] : tensor<2x4x5xf32> -> tensor<7x2x4x5xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.matmul %[[V0]], %[[V1]] : tensor<7x2x3x4xf32>, tensor<7x2x4x5xf32>
// CHECK-NEXT: neap.return %[[V2]] : tensor<7x2x3x5xf32>
onnx.graph attributes {dim_params = [["", "", "", ""], ["", "", ""]], input_names = ["x", "z"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<7x1x3x4xf32>, %z: tensor<2x4x5xf32>):
  %y = onnx.node "MatMul"(%x, %z) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<7x1x3x4xf32>, tensor<2x4x5xf32>) -> none
  onnx.return %y : none
}

// -----

// A vector on the left is a row.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xf32> {neap.name = "x"}
// CHECK-SAME: %[[Z:[^:]*]]: tensor<2x4x5xf32> {neap.name = "z"}
// CHECK-SAME: -> (tensor<2x5xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.broadcast %[[X]] : tensor<4xf32> -> tensor<2x1x4xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.matmul %[[V0]], %[[Z]] : tensor<2x1x4xf32>, tensor<2x4x5xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.reshape %[[V1]] : tensor<2x1x5xf32> -> tensor<2x5xf32>
// CHECK-NEXT: neap.return %[[V2]] : tensor<2x5xf32>
onnx.graph attributes {dim_params = [[""], ["", "", ""]], input_names = ["x", "z"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<4xf32>, %z: tensor<2x4x5xf32>):
  %y = onnx.node "MatMul"(%x, %z) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<4xf32>, tensor<2x4x5xf32>) -> none
  onnx.return %y : none
}

// -----

// A vector on the right is a column.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3x4xf32> {neap.name = "x"}
// CHECK-SAME: %[[Z:[^:]*]]: tensor<4xf32> {neap.name = "z"}
// CHECK-SAME: -> (tensor<2x3xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.reshape %[[Z]] : tensor<4xf32> -> tensor<4x1xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.reshape %[[X]] : tensor<2x3x4xf32> -> tensor<6x4xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.matmul %[[V1]], %[[V0]] : tensor<6x4xf32>, tensor<4x1xf32>
// CHECK-NEXT: %[[V3:.*]] = neap.reshape %[[V2]] : tensor<6x1xf32> -> tensor<2x3xf32>
// CHECK-NEXT: neap.return %[[V3]] : tensor<2x3xf32>
onnx.graph attributes {dim_params = [["", "", ""], [""]], input_names = ["x", "z"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3x4xf32>, %z: tensor<4xf32>):
  %y = onnx.node "MatMul"(%x, %z) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3x4xf32>, tensor<4xf32>) -> none
  onnx.return %y : none
}

// -----

// Two vectors give a scalar.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xf32> {neap.name = "x"}
// CHECK-SAME: %[[Z:[^:]*]]: tensor<4xf32> {neap.name = "z"}
// CHECK-SAME: -> (tensor<f32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.reshape %[[X]] : tensor<4xf32> -> tensor<1x4xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.reshape %[[Z]] : tensor<4xf32> -> tensor<4x1xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.matmul %[[V0]], %[[V1]] : tensor<1x4xf32>, tensor<4x1xf32>
// CHECK-NEXT: %[[V3:.*]] = neap.reshape %[[V2]] : tensor<1x1xf32> -> tensor<f32>
// CHECK-NEXT: neap.return %[[V3]] : tensor<f32>
onnx.graph attributes {dim_params = [[""], [""]], input_names = ["x", "z"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<4xf32>, %z: tensor<4xf32>):
  %y = onnx.node "MatMul"(%x, %z) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<4xf32>, tensor<4xf32>) -> none
  onnx.return %y : none
}

// -----

// Gemm with a transposed weight and a bias.
// CHECK: neap.parameter @w : tensor<5x4xf32> trained {file = "w.bin", offset = 0 : i64}
// CHECK: neap.parameter @b : tensor<5xf32> trained {file = "w.bin", offset = 80 : i64}
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<3x4xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<3x5xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.read @w : tensor<5x4xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.read @b : tensor<5xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.transpose %[[V0]] [1, 0] : tensor<5x4xf32>
// CHECK-NEXT: %[[V3:.*]] = neap.matmul %[[X]], %[[V2]] : tensor<3x4xf32>, tensor<4x5xf32>
// CHECK-NEXT: %[[V4:.*]] = neap.broadcast %[[V1]] : tensor<5xf32> -> tensor<3x5xf32>
// CHECK-NEXT: %[[V5:.*]] = neap.add %[[V3]], %[[V4]] : tensor<3x5xf32>
// CHECK-NEXT: neap.return %[[V5]] : tensor<3x5xf32>
onnx.initializer @w : tensor<5x4xf32> {file = "w.bin", offset = 0 : i64, trained = 1 : i32}
onnx.initializer @b : tensor<5xf32> {file = "w.bin", offset = 80 : i64, trained = 1 : i32}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<3x4xf32>):
  %w = onnx.read @w : tensor<5x4xf32>
  %b = onnx.read @b : tensor<5xf32>
  %y = onnx.node "Gemm"(%x, %w, %b) {domain = "", name = "y", node_attributes = {alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transB = 1 : i64}, version = 20 : i64} : (tensor<3x4xf32>, tensor<5x4xf32>, tensor<5xf32>) -> none
  onnx.return %y : none
}

// -----

// Factors other than 1 are multiplied in.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4x3xf32> {neap.name = "x"}
// CHECK-SAME: %[[Z:[^:]*]]: tensor<4x5xf32> {neap.name = "z"}
// CHECK-SAME: %[[C:[^:]*]]: tensor<3x1xf32> {neap.name = "c"}
// CHECK-SAME: -> (tensor<3x5xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.transpose %[[X]] [1, 0] : tensor<4x3xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.matmul %[[V0]], %[[Z]] : tensor<3x4xf32>, tensor<4x5xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.constant dense<2.000000e+00> : tensor<3x5xf32>
// CHECK-NEXT: %[[V3:.*]] = neap.mul %[[V1]], %[[V2]] : tensor<3x5xf32>
// CHECK-NEXT: %[[V4:.*]] = neap.constant dense<5.000000e-01> : tensor<3x1xf32>
// CHECK-NEXT: %[[V5:.*]] = neap.mul %[[C]], %[[V4]] : tensor<3x1xf32>
// CHECK-NEXT: %[[V6:.*]] = neap.broadcast %[[V5]] : tensor<3x1xf32> -> tensor<3x5xf32>
// CHECK-NEXT: %[[V7:.*]] = neap.add %[[V3]], %[[V6]] : tensor<3x5xf32>
// CHECK-NEXT: neap.return %[[V7]] : tensor<3x5xf32>
onnx.graph attributes {dim_params = [["", ""], ["", ""], ["", ""]], input_names = ["x", "z", "c"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<4x3xf32>, %z: tensor<4x5xf32>, %c: tensor<3x1xf32>):
  %y = onnx.node "Gemm"(%x, %z, %c) {domain = "", name = "y", node_attributes = {alpha = 2.000000e+00 : f32, beta = 5.000000e-01 : f32, transA = 1 : i64}, version = 20 : i64} : (tensor<4x3xf32>, tensor<4x5xf32>, tensor<3x1xf32>) -> none
  onnx.return %y : none
}

// -----

// Softmax along another axis than the last moves it there and back.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3x4xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x3x4xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.transpose %[[X]] [0, 2, 1] : tensor<2x3x4xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.softmax %[[V0]] : tensor<2x4x3xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.transpose %[[V1]] [0, 2, 1] : tensor<2x4x3xf32>
// CHECK-NEXT: neap.return %[[V2]] : tensor<2x3x4xf32>
onnx.graph attributes {dim_params = [["", "", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3x4xf32>):
  %y = onnx.node "Softmax"(%x) {domain = "", name = "y", node_attributes = {axis = 1 : i64}, version = 13 : i64} : (tensor<2x3x4xf32>) -> none
  onnx.return %y : none
}

// -----

// Below opset 13 Softmax runs over all dimensions from its axis on.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3x4xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x3x4xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.reshape %[[X]] : tensor<2x3x4xf32> -> tensor<2x12xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.softmax %[[V0]] : tensor<2x12xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.reshape %[[V1]] : tensor<2x12xf32> -> tensor<2x3x4xf32>
// CHECK-NEXT: neap.return %[[V2]] : tensor<2x3x4xf32>
onnx.graph attributes {dim_params = [["", "", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3x4xf32>):
  %y = onnx.node "Softmax"(%x) {domain = "", name = "y", node_attributes = {}, version = 11 : i64} : (tensor<2x3x4xf32>) -> none
  onnx.return %y : none
}

// -----

// Layer norm over the last dimension, without a bias.
// CHECK: neap.parameter @s : tensor<4xf32> trained {file = "w.bin", offset = 0 : i64}
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3x4xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x3x4xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.read @s : tensor<4xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.constant dense<0.000000e+00> : tensor<4xf32>
// CHECK-NEXT: %[[RESULT:[^,]*]], %[[MEAN:[^,]*]], %[[RSTD:.*]] = neap.layer_norm %[[X]], %[[V0]], %[[V1]] {epsilon = 1.000000e-03 : f32} : tensor<2x3x4xf32>, tensor<4xf32>, tensor<4xf32>
// CHECK-NEXT: neap.return %[[RESULT]] : tensor<2x3x4xf32>
onnx.initializer @s : tensor<4xf32> {file = "w.bin", offset = 0 : i64, trained = 1 : i32}
onnx.graph attributes {dim_params = [["", "", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3x4xf32>):
  %s = onnx.read @s : tensor<4xf32>
  %y = onnx.node "LayerNormalization"(%x, %s) {domain = "", name = "y", node_attributes = {epsilon = 1.000000e-03 : f32}, version = 20 : i64} : (tensor<2x3x4xf32>, tensor<4xf32>) -> none
  onnx.return %y : none
}

// -----

// Layer norm over two dimensions joins them; the statistics keep theirs.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3x4xf32> {neap.name = "x"}
// CHECK-SAME: %[[S:[^:]*]]: tensor<3x4xf32> {neap.name = "s"}
// CHECK-SAME: %[[B:[^:]*]]: tensor<3x4xf32> {neap.name = "b"}
// CHECK-SAME: -> (tensor<2x3x4xf32> {neap.name = "y"}, tensor<2x1x1xf32> {neap.name = "mean"})
// CHECK-NEXT: %[[V0:.*]] = neap.reshape %[[X]] : tensor<2x3x4xf32> -> tensor<2x12xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.reshape %[[S]] : tensor<3x4xf32> -> tensor<12xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.reshape %[[B]] : tensor<3x4xf32> -> tensor<12xf32>
// CHECK-NEXT: %[[RESULT:[^,]*]], %[[MEAN:[^,]*]], %[[RSTD:.*]] = neap.layer_norm %[[V0]], %[[V1]], %[[V2]] {epsilon = 9.99999974E-6 : f32} : tensor<2x12xf32>, tensor<12xf32>, tensor<12xf32>
// CHECK-NEXT: %[[V3:.*]] = neap.reshape %[[RESULT]] : tensor<2x12xf32> -> tensor<2x3x4xf32>
// CHECK-NEXT: %[[V4:.*]] = neap.reshape %[[MEAN]] : tensor<2xf32> -> tensor<2x1x1xf32>
// CHECK-NEXT: neap.return %[[V3]], %[[V4]] : tensor<2x3x4xf32>, tensor<2x1x1xf32>
onnx.graph attributes {dim_params = [["", "", ""], ["", ""], ["", ""]], input_names = ["x", "s", "b"], opsets = {}, output_names = ["y", "mean"], source = "model.onnx"} {
^bb0(%x: tensor<2x3x4xf32>, %s: tensor<3x4xf32>, %b: tensor<3x4xf32>):
  %y, %mean = onnx.node "LayerNormalization"(%x, %s, %b) {domain = "", name = "y", node_attributes = {axis = 1 : i64}, version = 20 : i64} : (tensor<2x3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>) -> (none, none)
  onnx.return %y, %mean : none, none
}
