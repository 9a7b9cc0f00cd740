// Ops that read at indices.
// RUN: neap-opt %s --neap-convert-onnx-to-neap --split-input-file | FileCheck %s

// Rows of a table at an input: the runtime checks its range, nothing is added.
// CHECK: neap.parameter @w : tensor<8x2xf32> trained {file = "w.bin", offset = 0 : i64}
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[I:[^:]*]]: tensor<4xi64> {neap.name = "i"}
// CHECK-SAME: -> (tensor<4x2xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.read @w : tensor<8x2xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.gather %[[V0]], %[[I]] : tensor<8x2xf32>, tensor<4xi64>
// CHECK-NEXT: neap.return %[[V1]] : tensor<4x2xf32>
onnx.initializer @w : tensor<8x2xf32> {file = "w.bin", offset = 0 : i64, trained = 1 : i32}
onnx.graph attributes {dim_params = [[""]], input_names = ["i"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%i: tensor<4xi64>):
  %w = onnx.read @w : tensor<8x2xf32>
  %y = onnx.node "Gather"(%w, %i) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<8x2xf32>, tensor<4xi64>) -> none
  onnx.return %y : none
}

// -----

// Along another axis the dimension is moved to the front and back.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3x4xf32> {neap.name = "x"}
// CHECK-SAME: %[[I:[^:]*]]: tensor<5x6xi64> {neap.name = "i"}
// CHECK-SAME: -> (tensor<2x5x6x4xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.transpose %[[X]] [1, 0, 2] : tensor<2x3x4xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.gather %[[V0]], %[[I]] : tensor<3x2x4xf32>, tensor<5x6xi64>
// CHECK-NEXT: %[[V2:.*]] = neap.transpose %[[V1]] [2, 0, 1, 3] : tensor<5x6x2x4xf32>
// CHECK-NEXT: neap.return %[[V2]] : tensor<2x5x6x4xf32>
onnx.graph attributes {dim_params = [["", "", ""], ["", ""]], input_names = ["x", "i"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3x4xf32>, %i: tensor<5x6xi64>):
  %y = onnx.node "Gather"(%x, %i) {domain = "", name = "y", node_attributes = {axis = 1 : i64}, version = 20 : i64} : (tensor<2x3x4xf32>, tensor<5x6xi64>) -> none
  onnx.return %y : none
}

// -----

// Computed indices may count from the end.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<8x2xf32> {neap.name = "x"}
// CHECK-SAME: %[[I:[^:]*]]: tensor<4xi64> {neap.name = "i"}
// CHECK-SAME: -> (tensor<4x2xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.constant dense<1> : tensor<4xi64>
// CHECK-NEXT: %[[V1:.*]] = neap.sub %[[I]], %[[V0]] : tensor<4xi64>
// CHECK-NEXT: %[[V2:.*]] = neap.constant dense<0> : tensor<4xi64>
// CHECK-NEXT: %[[V3:.*]] = neap.compare lt %[[V1]], %[[V2]] : tensor<4xi64>
// CHECK-NEXT: %[[V4:.*]] = neap.constant dense<8> : tensor<4xi64>
// CHECK-NEXT: %[[V5:.*]] = neap.add %[[V1]], %[[V4]] : tensor<4xi64>
// CHECK-NEXT: %[[V6:.*]] = neap.select %[[V3]], %[[V5]], %[[V1]] : tensor<4xi1>, tensor<4xi64>
// CHECK-NEXT: %[[V7:.*]] = neap.gather %[[X]], %[[V6]] : tensor<8x2xf32>, tensor<4xi64>
// CHECK-NEXT: neap.return %[[V7]] : tensor<4x2xf32>
onnx.initializer @one : tensor<i64> {value = dense<1> : tensor<i64>}
onnx.graph attributes {dim_params = [["", ""], [""]], input_names = ["x", "i"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<8x2xf32>, %i: tensor<4xi64>):
  %one = onnx.read @one : tensor<i64>
  %j = onnx.node "Sub"(%i, %one) {domain = "", name = "j", node_attributes = {}, version = 20 : i64} : (tensor<4xi64>, tensor<i64>) -> none
  %y = onnx.node "Gather"(%x, %j) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<8x2xf32>, none) -> none
  onnx.return %y : none
}

// -----

// Constant indices from the end are counted from the front.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<8x2xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x2xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.constant dense<[7, 0]> : tensor<2xi64>
// CHECK-NEXT: %[[V1:.*]] = neap.gather %[[X]], %[[V0]] : tensor<8x2xf32>, tensor<2xi64>
// CHECK-NEXT: neap.return %[[V1]] : tensor<2x2xf32>
onnx.initializer @i : tensor<2xi64> {value = dense<[-1, 0]> : tensor<2xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<8x2xf32>):
  %i = onnx.read @i : tensor<2xi64>
  %y = onnx.node "Gather"(%x, %i) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<8x2xf32>, tensor<2xi64>) -> none
  onnx.return %y : none
}

// -----

// A single constant index is a slice.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<8x2xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<8xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.slice %[[X]] starts [0, 1] sizes [8, 1] strides [1, 1] : tensor<8x2xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.reshape %[[V0]] : tensor<8x1xf32> -> tensor<8xf32>
// CHECK-NEXT: neap.return %[[V1]] : tensor<8xf32>
onnx.initializer @i : tensor<i64> {value = dense<-1> : tensor<i64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<8x2xf32>):
  %i = onnx.read @i : tensor<i64>
  %y = onnx.node "Gather"(%x, %i) {domain = "", name = "y", node_attributes = {axis = 1 : i64}, version = 20 : i64} : (tensor<8x2xf32>, tensor<i64>) -> none
  onnx.return %y : none
}

// -----

// Tuples of constant indices become positions in the flat data.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[M:[^:]*]]: tensor<2x3xi64> {neap.name = "m"}
// CHECK-SAME: -> (tensor<2xi64> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.constant dense<[1, 5]> : tensor<2xi64>
// CHECK-NEXT: %[[V1:.*]] = neap.reshape %[[M]] : tensor<2x3xi64> -> tensor<6xi64>
// CHECK-NEXT: %[[V2:.*]] = neap.gather %[[V1]], %[[V0]] : tensor<6xi64>, tensor<2xi64>
// CHECK-NEXT: neap.return %[[V2]] : tensor<2xi64>
onnx.initializer @i : tensor<2x2xi64> {value = dense<[[0, 1], [-1, 2]]> : tensor<2x2xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["m"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%m: tensor<2x3xi64>):
  %i = onnx.read @i : tensor<2x2xi64>
  %y = onnx.node "GatherND"(%m, %i) {domain = "", name = "y", node_attributes = {batch_dims = 0 : i64}, version = 20 : i64} : (tensor<2x3xi64>, tensor<2x2xi64>) -> none
  onnx.return %y : none
}

// -----

// Tuples that cover leading dimensions only gather the rest.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3x4xf32> {neap.name = "x"}
// CHECK-SAME: %[[I:[^:]*]]: tensor<5x2xi64> {neap.name = "i"}
// CHECK-SAME: -> (tensor<5x4xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.slice %[[I]] starts [0, 0] sizes [5, 1] strides [1, 1] : tensor<5x2xi64>
// CHECK-NEXT: %[[V1:.*]] = neap.reshape %[[V0]] : tensor<5x1xi64> -> tensor<5xi64>
// CHECK-NEXT: %[[V2:.*]] = neap.constant dense<0> : tensor<5xi64>
// CHECK-NEXT: %[[V3:.*]] = neap.compare lt %[[V1]], %[[V2]] : tensor<5xi64>
// CHECK-NEXT: %[[V4:.*]] = neap.constant dense<2> : tensor<5xi64>
// CHECK-NEXT: %[[V5:.*]] = neap.add %[[V1]], %[[V4]] : tensor<5xi64>
// CHECK-NEXT: %[[V6:.*]] = neap.select %[[V3]], %[[V5]], %[[V1]] : tensor<5xi1>, tensor<5xi64>
// CHECK-NEXT: %[[V7:.*]] = neap.constant dense<3> : tensor<5xi64>
// CHECK-NEXT: %[[V8:.*]] = neap.mul %[[V6]], %[[V7]] : tensor<5xi64>
// CHECK-NEXT: %[[V9:.*]] = neap.slice %[[I]] starts [0, 1] sizes [5, 1] strides [1, 1] : tensor<5x2xi64>
// CHECK-NEXT: %[[V10:.*]] = neap.reshape %[[V9]] : tensor<5x1xi64> -> tensor<5xi64>
// CHECK-NEXT: %[[V11:.*]] = neap.constant dense<0> : tensor<5xi64>
// CHECK-NEXT: %[[V12:.*]] = neap.compare lt %[[V10]], %[[V11]] : tensor<5xi64>
// CHECK-NEXT: %[[V13:.*]] = neap.constant dense<3> : tensor<5xi64>
// CHECK-NEXT: %[[V14:.*]] = neap.add %[[V10]], %[[V13]] : tensor<5xi64>
// CHECK-NEXT: %[[V15:.*]] = neap.select %[[V12]], %[[V14]], %[[V10]] : tensor<5xi1>, tensor<5xi64>
// CHECK-NEXT: %[[V16:.*]] = neap.add %[[V8]], %[[V15]] : tensor<5xi64>
// CHECK-NEXT: %[[V17:.*]] = neap.reshape %[[X]] : tensor<2x3x4xf32> -> tensor<6x4xf32>
// CHECK-NEXT: %[[V18:.*]] = neap.gather %[[V17]], %[[V16]] : tensor<6x4xf32>, tensor<5xi64>
// CHECK-NEXT: neap.return %[[V18]] : tensor<5x4xf32>
onnx.graph attributes {dim_params = [["", "", ""], ["", ""]], input_names = ["x", "i"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3x4xf32>, %i: tensor<5x2xi64>):
  %y = onnx.node "GatherND"(%x, %i) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3x4xf32>, tensor<5x2xi64>) -> none
  onnx.return %y : none
}

// -----

// A running sum of a constant is a constant.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: -> (tensor<4xi64> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.constant dense<[1, 2, 3, 4]> : tensor<4xi64>
// CHECK-NEXT: neap.return %[[V0]] : tensor<4xi64>
onnx.initializer @c : tensor<4xi64> {value = dense<1> : tensor<4xi64>}
onnx.initializer @a : tensor<i64> {value = dense<0> : tensor<i64>}
onnx.graph attributes {dim_params = [], input_names = [], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0():
  %c = onnx.read @c : tensor<4xi64>
  %a = onnx.read @a : tensor<i64>
  %y = onnx.node "CumSum"(%c, %a) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<4xi64>, tensor<i64>) -> none
  onnx.return %y : none
}

// -----

// Trilu keeps by a constant mask.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x3xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.constant dense<{{\[\[}}true, false, false], [true, true, false]]> : tensor<2x3xi1>
// CHECK-NEXT: %[[V1:.*]] = neap.constant dense<0.000000e+00> : tensor<2x3xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.select %[[V0]], %[[X]], %[[V1]] : tensor<2x3xi1>, tensor<2x3xf32>
// CHECK-NEXT: neap.return %[[V2]] : tensor<2x3xf32>
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %y = onnx.node "Trilu"(%x) {domain = "", name = "y", node_attributes = {upper = 0 : i64}, version = 20 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

// Elements at constant indices, which may count from the end.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x1xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.reshape %[[X]] : tensor<2x3xf32> -> tensor<6xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.constant dense<{{\[\[}}2], [3]]> : tensor<2x1xi64>
// CHECK-NEXT: %[[V2:.*]] = neap.gather %[[V0]], %[[V1]] : tensor<6xf32>, tensor<2x1xi64>
// CHECK-NEXT: neap.return %[[V2]] : tensor<2x1xf32>
onnx.initializer @i : tensor<2x1xi64> {value = dense<[[-1], [0]]> : tensor<2x1xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %i = onnx.read @i : tensor<2x1xi64>
  %y = onnx.node "GatherElements"(%x, %i) {domain = "", name = "y", node_attributes = {axis = 1 : i64}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2x1xi64>) -> none
  onnx.return %y : none
}
