// Ops that move elements, and those that ask for a shape.
// RUN: neap-opt %s --neap-convert-onnx-to-neap --split-input-file | FileCheck %s

// Shape is a constant at once; since opset 15 it has a start and an end.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3x4xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2xi64> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.constant dense<[3, 4]> : tensor<2xi64>
// CHECK-NEXT: neap.return %[[V0]] : tensor<2xi64>
onnx.graph attributes {dim_params = [["", "", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3x4xf32>):
  %y = onnx.node "Shape"(%x) {domain = "", name = "y", node_attributes = {end = 10 : i64, start = -2 : i64}, version = 20 : i64} : (tensor<2x3x4xf32>) -> none
  onnx.return %y : none
}

// -----

// Arithmetic on shapes disappears: the last two dimensions are joined.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3x4xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x12xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.reshape %[[X]] : tensor<2x3x4xf32> -> tensor<2x12xf32>
// CHECK-NEXT: neap.return %[[V0]] : tensor<2x12xf32>
onnx.initializer @zero : tensor<i64> {value = dense<0> : tensor<i64>}
onnx.initializer @minus : tensor<1xi64> {value = dense<-1> : tensor<1xi64>}
onnx.initializer @first : tensor<1xi64> {value = dense<0> : tensor<1xi64>}
onnx.graph attributes {dim_params = [["", "", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3x4xf32>):
  %zero = onnx.read @zero : tensor<i64>
  %minus = onnx.read @minus : tensor<1xi64>
  %first = onnx.read @first : tensor<1xi64>
  %s = onnx.node "Shape"(%x) {domain = "", name = "s", node_attributes = {}, version = 20 : i64} : (tensor<2x3x4xf32>) -> none
  %n = onnx.node "Gather"(%s, %zero) {domain = "", name = "n", node_attributes = {axis = 0 : i64}, version = 20 : i64} : (none, tensor<i64>) -> none
  %u = onnx.node "Unsqueeze"(%n, %first) {domain = "", name = "u", node_attributes = {}, version = 20 : i64} : (none, tensor<1xi64>) -> none
  %t = onnx.node "Concat"(%u, %minus) {domain = "", name = "t", node_attributes = {axis = 0 : i64}, version = 20 : i64} : (none, tensor<1xi64>) -> none
  %y = onnx.node "Reshape"(%x, %t) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3x4xf32>, none) -> none
  onnx.return %y : none
}

// -----

// A 0 in the shape is the input's size, unless allowzero says otherwise.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3x4xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x12xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.reshape %[[X]] : tensor<2x3x4xf32> -> tensor<2x12xf32>
// CHECK-NEXT: neap.return %[[V0]] : tensor<2x12xf32>
onnx.initializer @s : tensor<2xi64> {value = dense<[0, -1]> : tensor<2xi64>}
onnx.graph attributes {dim_params = [["", "", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3x4xf32>):
  %s = onnx.read @s : tensor<2xi64>
  %y = onnx.node "Reshape"(%x, %s) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3x4xf32>, tensor<2xi64>) -> none
  onnx.return %y : none
}

// -----

// Flatten before a negative axis.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3x4xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<6x4xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.reshape %[[X]] : tensor<2x3x4xf32> -> tensor<6x4xf32>
// CHECK-NEXT: neap.return %[[V0]] : tensor<6x4xf32>
onnx.graph attributes {dim_params = [["", "", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3x4xf32>):
  %y = onnx.node "Flatten"(%x) {domain = "", name = "y", node_attributes = {axis = -1 : i64}, version = 20 : i64} : (tensor<2x3x4xf32>) -> none
  onnx.return %y : none
}

// -----

// Squeeze with axes as an attribute, below opset 13.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<1x3x1xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<1x3xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.reshape %[[X]] : tensor<1x3x1xf32> -> tensor<1x3xf32>
// CHECK-NEXT: neap.return %[[V0]] : tensor<1x3xf32>
onnx.graph attributes {dim_params = [["", "", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<1x3x1xf32>):
  %y = onnx.node "Squeeze"(%x) {domain = "", name = "y", node_attributes = {axes = [-1 : i64]}, version = 11 : i64} : (tensor<1x3x1xf32>) -> none
  onnx.return %y : none
}

// -----

// Squeeze with axes as an input, since opset 13.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<1x3x1xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<3x1xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.reshape %[[X]] : tensor<1x3x1xf32> -> tensor<3x1xf32>
// CHECK-NEXT: neap.return %[[V0]] : tensor<3x1xf32>
onnx.initializer @a : tensor<1xi64> {value = dense<0> : tensor<1xi64>}
onnx.graph attributes {dim_params = [["", "", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<1x3x1xf32>):
  %a = onnx.read @a : tensor<1xi64>
  %y = onnx.node "Squeeze"(%x, %a) {domain = "", name = "y", node_attributes = {}, version = 13 : i64} : (tensor<1x3x1xf32>, tensor<1xi64>) -> none
  onnx.return %y : none
}

// -----

// Squeeze without axes takes every dimension of size 1.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<1x3x1xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<3xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.reshape %[[X]] : tensor<1x3x1xf32> -> tensor<3xf32>
// CHECK-NEXT: neap.return %[[V0]] : tensor<3xf32>
onnx.graph attributes {dim_params = [["", "", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<1x3x1xf32>):
  %y = onnx.node "Squeeze"(%x) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<1x3x1xf32>) -> none
  onnx.return %y : none
}

// -----

// Unsqueeze with axes as an attribute, below opset 13.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<1x2x3x1xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.reshape %[[X]] : tensor<2x3xf32> -> tensor<1x2x3x1xf32>
// CHECK-NEXT: neap.return %[[V0]] : tensor<1x2x3x1xf32>
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %y = onnx.node "Unsqueeze"(%x) {domain = "", name = "y", node_attributes = {axes = [0 : i64, 3 : i64]}, version = 11 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

// Unsqueeze with axes as an input, since opset 13.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x3x1xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.reshape %[[X]] : tensor<2x3xf32> -> tensor<2x3x1xf32>
// CHECK-NEXT: neap.return %[[V0]] : tensor<2x3x1xf32>
onnx.initializer @a : tensor<1xi64> {value = dense<-1> : tensor<1xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %a = onnx.read @a : tensor<1xi64>
  %y = onnx.node "Unsqueeze"(%x, %a) {domain = "", name = "y", node_attributes = {}, version = 13 : i64} : (tensor<2x3xf32>, tensor<1xi64>) -> none
  onnx.return %y : none
}

// -----

// Transpose reverses the dimensions unless perm says otherwise.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3x4xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<4x3x2xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.transpose %[[X]] [2, 1, 0] : tensor<2x3x4xf32>
// CHECK-NEXT: neap.return %[[V0]] : tensor<4x3x2xf32>
onnx.graph attributes {dim_params = [["", "", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3x4xf32>):
  %y = onnx.node "Transpose"(%x) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3x4xf32>) -> none
  onnx.return %y : none
}

// -----

// Expand stretches both shapes to each other.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x1xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x3xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.broadcast %[[X]] : tensor<2x1xf32> -> tensor<2x3xf32>
// CHECK-NEXT: neap.return %[[V0]] : tensor<2x3xf32>
onnx.initializer @s : tensor<2xi64> {value = dense<[1, 3]> : tensor<2xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x1xf32>):
  %s = onnx.read @s : tensor<2xi64>
  %y = onnx.node "Expand"(%x, %s) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x1xf32>, tensor<2xi64>) -> none
  onnx.return %y : none
}

// -----

// Tile spreads, stretches and joins.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<4x3xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.reshape %[[X]] : tensor<2x3xf32> -> tensor<1x2x1x3xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.broadcast %[[V0]] : tensor<1x2x1x3xf32> -> tensor<2x2x1x3xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.reshape %[[V1]] : tensor<2x2x1x3xf32> -> tensor<4x3xf32>
// CHECK-NEXT: neap.return %[[V2]] : tensor<4x3xf32>
onnx.initializer @r : tensor<2xi64> {value = dense<[2, 1]> : tensor<2xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %r = onnx.read @r : tensor<2xi64>
  %y = onnx.node "Tile"(%x, %r) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2xi64>) -> none
  onnx.return %y : none
}

// -----

// Split into parts of given sizes, as an attribute below opset 13.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x1xf32> {neap.name = "p"}, tensor<2x2xf32> {neap.name = "q"})
// CHECK-NEXT: %[[V0:.*]] = neap.slice %[[X]] starts [0, 0] sizes [2, 1] strides [1, 1] : tensor<2x3xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.slice %[[X]] starts [0, 1] sizes [2, 2] strides [1, 1] : tensor<2x3xf32>
// CHECK-NEXT: neap.return %[[V0]], %[[V1]] : tensor<2x1xf32>, tensor<2x2xf32>
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["p", "q"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %p, %q = onnx.node "Split"(%x) {domain = "", name = "p", node_attributes = {axis = 1 : i64, split = [1 : i64, 2 : i64]}, version = 11 : i64} : (tensor<2x3xf32>) -> (none, none)
  onnx.return %p, %q : none, none
}

// -----

// Split into num_outputs parts, the last of which may be smaller.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<5xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<3xf32> {neap.name = "p"}, tensor<2xf32> {neap.name = "q"})
// CHECK-NEXT: %[[V0:.*]] = neap.slice %[[X]] starts [0] sizes [3] strides [1] : tensor<5xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.slice %[[X]] starts [3] sizes [2] strides [1] : tensor<5xf32>
// CHECK-NEXT: neap.return %[[V0]], %[[V1]] : tensor<3xf32>, tensor<2xf32>
onnx.graph attributes {dim_params = [[""]], input_names = ["x"], opsets = {}, output_names = ["p", "q"], source = "model.onnx"} {
^bb0(%x: tensor<5xf32>):
  %p, %q = onnx.node "Split"(%x) {domain = "", name = "p", node_attributes = {axis = 0 : i64, num_outputs = 2 : i64}, version = 18 : i64} : (tensor<5xf32>) -> (none, none)
  onnx.return %p, %q : none, none
}

// -----

// Slice backwards from the end, with bounds clamped.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x2xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.slice %[[X]] starts [0, 2] sizes [2, 2] strides [1, -2] : tensor<2x3xf32>
// CHECK-NEXT: neap.return %[[V0]] : tensor<2x2xf32>
onnx.initializer @st : tensor<1xi64> {value = dense<9223372036854775807> : tensor<1xi64>}
onnx.initializer @en : tensor<1xi64> {value = dense<-9223372036854775808> : tensor<1xi64>}
onnx.initializer @ax : tensor<1xi64> {value = dense<-1> : tensor<1xi64>}
onnx.initializer @sp : tensor<1xi64> {value = dense<-2> : tensor<1xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %st = onnx.read @st : tensor<1xi64>
  %en = onnx.read @en : tensor<1xi64>
  %ax = onnx.read @ax : tensor<1xi64>
  %sp = onnx.read @sp : tensor<1xi64>
  %y = onnx.node "Slice"(%x, %st, %en, %ax, %sp) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> none
  onnx.return %y : none
}

// -----

// A slice of everything is the input.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x3xf32> {neap.name = "y"})
// CHECK-NEXT: neap.return %[[X]] : tensor<2x3xf32>
onnx.initializer @st : tensor<1xi64> {value = dense<0> : tensor<1xi64>}
onnx.initializer @en : tensor<1xi64> {value = dense<9223372036854775807> : tensor<1xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %st = onnx.read @st : tensor<1xi64>
  %en = onnx.read @en : tensor<1xi64>
  %y = onnx.node "Slice"(%x, %st, %en) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<1xi64>, tensor<1xi64>) -> none
  onnx.return %y : none
}

// -----

// Concat along a negative axis.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: %[[Z:[^:]*]]: tensor<2x1xf32> {neap.name = "z"}
// CHECK-SAME: -> (tensor<2x4xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.concat %[[X]], %[[Z]] axis 1 : tensor<2x3xf32>, tensor<2x1xf32>
// CHECK-NEXT: neap.return %[[V0]] : tensor<2x4xf32>
onnx.graph attributes {dim_params = [["", ""], ["", ""]], input_names = ["x", "z"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %z: tensor<2x1xf32>):
  %y = onnx.node "Concat"(%x, %z) {domain = "", name = "y", node_attributes = {axis = -1 : i64}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2x1xf32>) -> none
  onnx.return %y : none
}
