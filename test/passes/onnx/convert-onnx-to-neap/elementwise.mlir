// Ops on elements at the same place.
// RUN: neap-opt %s --neap-convert-onnx-to-neap --split-input-file | FileCheck %s

// Two operands are stretched to one shape.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: %[[B:[^:]*]]: tensor<3xf32> {neap.name = "b"}
// CHECK-SAME: -> (tensor<2x3xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.broadcast %[[B]] : tensor<3xf32> -> tensor<2x3xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.add %[[X]], %[[V0]] : tensor<2x3xf32>
// CHECK-NEXT: neap.return %[[V1]] : tensor<2x3xf32>
onnx.graph attributes {dim_params = [["", ""], [""]], input_names = ["x", "b"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %b: tensor<3xf32>):
  %y = onnx.node "Add"(%x, %b) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<3xf32>) -> none
  onnx.return %y : none
}

// -----

// Min, Max and Sum take any number of operands and are joined from the left.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: %[[B:[^:]*]]: tensor<3xf32> {neap.name = "b"}
// CHECK-SAME: %[[C:[^:]*]]: tensor<f32> {neap.name = "c"}
// CHECK-SAME: -> (tensor<2x3xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.broadcast %[[B]] : tensor<3xf32> -> tensor<2x3xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.broadcast %[[C]] : tensor<f32> -> tensor<2x3xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.maximum %[[X]], %[[V0]] : tensor<2x3xf32>
// CHECK-NEXT: %[[V3:.*]] = neap.maximum %[[V2]], %[[V1]] : tensor<2x3xf32>
// CHECK-NEXT: neap.return %[[V3]] : tensor<2x3xf32>
onnx.graph attributes {dim_params = [["", ""], [""], []], input_names = ["x", "b", "c"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %b: tensor<3xf32>, %c: tensor<f32>):
  %y = onnx.node "Max"(%x, %b, %c) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<3xf32>, tensor<f32>) -> none
  onnx.return %y : none
}

// -----

// A comparison gives bools, whose logic stays bool.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: %[[B:[^:]*]]: tensor<3xf32> {neap.name = "b"}
// CHECK-SAME: -> (tensor<2x3xi1> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.broadcast %[[B]] : tensor<3xf32> -> tensor<2x3xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.compare le %[[X]], %[[V0]] : tensor<2x3xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.not %[[V1]] : tensor<2x3xi1>
// CHECK-NEXT: neap.return %[[V2]] : tensor<2x3xi1>
onnx.graph attributes {dim_params = [["", ""], [""]], input_names = ["x", "b"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %b: tensor<3xf32>):
  %l = onnx.node "LessOrEqual"(%x, %b) {domain = "", name = "l", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<3xf32>) -> none
  %y = onnx.node "Not"(%l) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (none) -> none
  onnx.return %y : none
}

// -----

// The condition is stretched like the values.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[C:[^:]*]]: tensor<3xi1> {neap.name = "c"}
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: %[[B:[^:]*]]: tensor<f32> {neap.name = "b"}
// CHECK-SAME: -> (tensor<2x3xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.broadcast %[[C]] : tensor<3xi1> -> tensor<2x3xi1>
// CHECK-NEXT: %[[V1:.*]] = neap.broadcast %[[B]] : tensor<f32> -> tensor<2x3xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.select %[[V0]], %[[X]], %[[V1]] : tensor<2x3xi1>, tensor<2x3xf32>
// CHECK-NEXT: neap.return %[[V2]] : tensor<2x3xf32>
onnx.graph attributes {dim_params = [[""], ["", ""], []], input_names = ["c", "x", "b"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%c: tensor<3xi1>, %x: tensor<2x3xf32>, %b: tensor<f32>):
  %y = onnx.node "Where"(%c, %x, %b) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<3xi1>, tensor<2x3xf32>, tensor<f32>) -> none
  onnx.return %y : none
}

// -----

// The exponent is cast to the base's type.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x3xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.constant dense<2.000000e+00> : tensor<2x3xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.pow %[[X]], %[[V0]] : tensor<2x3xf32>
// CHECK-NEXT: neap.return %[[V1]] : tensor<2x3xf32>
onnx.initializer @e : tensor<i64> {value = dense<2> : tensor<i64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %e = onnx.read @e : tensor<i64>
  %y = onnx.node "Pow"(%x, %e) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<i64>) -> none
  onnx.return %y : none
}

// -----

// Clip has two bounds, either of which may be absent. At a constant one, x has no gradient.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x3xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.constant dense<6.000000e+00> : tensor<2x3xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.compare ge %[[X]], %[[V0]] : tensor<2x3xf32>
// CHECK-NEXT: %[[V2:.*]] = neap.select %[[V1]], %[[V0]], %[[X]] : tensor<2x3xi1>, tensor<2x3xf32>
// CHECK-NEXT: neap.return %[[V2]] : tensor<2x3xf32>
onnx.initializer @high : tensor<f32> {value = dense<6.000000e+00> : tensor<f32>, trained = 2 : i32}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %absent = onnx.absent
  %high = onnx.read @high : tensor<f32>
  %y = onnx.node "Clip"(%x, %absent, %high) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, none, tensor<f32>) -> none
  onnx.return %y : none
}

// -----

// A computed bound shares the gradient on a tie.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}, %[[LOW:[^:]*]]: tensor<f32> {neap.name = "low"}
// CHECK-NEXT: %[[V0:.*]] = neap.broadcast %[[LOW]] : tensor<f32> -> tensor<2x3xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.maximum %[[X]], %[[V0]] : tensor<2x3xf32>
// CHECK-NEXT: neap.return %[[V1]] : tensor<2x3xf32>
onnx.graph attributes {dim_params = [["", ""], []], input_names = ["x", "low"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %low: tensor<f32>):
  %y = onnx.node "Clip"(%x, %low) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<f32>) -> none
  onnx.return %y : none
}

// -----

// Casts name a number of TensorProto.DataType; one to the same type disappears.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x3xi64> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.cast %[[X]] : tensor<2x3xf32> -> tensor<2x3xi64>
// CHECK-NEXT: neap.return %[[V0]] : tensor<2x3xi64>
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %same = onnx.node "Cast"(%x) {domain = "", name = "same", node_attributes = {to = 1 : i64}, version = 20 : i64} : (tensor<2x3xf32>) -> none
  %y = onnx.node "Cast"(%same) {domain = "", name = "y", node_attributes = {to = 7 : i64}, version = 20 : i64} : (none) -> none
  onnx.return %y : none
}

// -----

// CastLike takes the type of its second operand.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: %[[LIKE:[^:]*]]: tensor<f16> {neap.name = "like"}
// CHECK-SAME: -> (tensor<2x3xf16> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.cast %[[X]] : tensor<2x3xf32> -> tensor<2x3xf16>
// CHECK-NEXT: neap.return %[[V0]] : tensor<2x3xf16>
onnx.graph attributes {dim_params = [["", ""], []], input_names = ["x", "like"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %like: tensor<f16>):
  %y = onnx.node "CastLike"(%x, %like) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<f16>) -> none
  onnx.return %y : none
}

// -----

// GELU in its tanh form.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x3xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.gelu %[[X]] {approximation = #neap<approximation tanh>} : tensor<2x3xf32>
// CHECK-NEXT: neap.return %[[V0]] : tensor<2x3xf32>
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %y = onnx.node "Gelu"(%x) {domain = "", name = "y", node_attributes = {approximate = "tanh"}, version = 20 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

// Integer arithmetic on constants leaves one constant.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: -> (tensor<2xi64> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.constant dense<[9, -5]> : tensor<2xi64>
// CHECK-NEXT: neap.return %[[V0]] : tensor<2xi64>
onnx.initializer @a : tensor<2xi64> {value = dense<[7, -7]> : tensor<2xi64>}
onnx.initializer @two : tensor<i64> {value = dense<2> : tensor<i64>}
onnx.graph attributes {dim_params = [], input_names = [], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0():
  %a = onnx.read @a : tensor<2xi64>
  %two = onnx.read @two : tensor<i64>
  %m = onnx.node "Mod"(%a, %two) {domain = "", name = "m", node_attributes = {}, version = 20 : i64} : (tensor<2xi64>, tensor<i64>) -> none
  %p = onnx.node "Mul"(%m, %a) {domain = "", name = "p", node_attributes = {}, version = 20 : i64} : (none, tensor<2xi64>) -> none
  %y = onnx.node "Add"(%p, %two) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (none, tensor<i64>) -> none
  onnx.return %y : none
}

// -----

// fmod keeps the dividend's sign.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: %[[B:[^:]*]]: tensor<3xf32> {neap.name = "b"}
// CHECK-SAME: -> (tensor<2x3xf32> {neap.name = "y"})
// CHECK-NEXT: %[[V0:.*]] = neap.broadcast %[[B]] : tensor<3xf32> -> tensor<2x3xf32>
// CHECK-NEXT: %[[V1:.*]] = neap.mod %[[X]], %[[V0]] {fmod} : tensor<2x3xf32>
// CHECK-NEXT: neap.return %[[V1]] : tensor<2x3xf32>
onnx.graph attributes {dim_params = [["", ""], [""]], input_names = ["x", "b"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %b: tensor<3xf32>):
  %y = onnx.node "Mod"(%x, %b) {domain = "", name = "y", node_attributes = {fmod = 1 : i64}, version = 20 : i64} : (tensor<2x3xf32>, tensor<3xf32>) -> none
  onnx.return %y : none
}
