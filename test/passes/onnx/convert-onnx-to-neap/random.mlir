// Ops that draw random numbers: dropout, uniform numbers, and what is made of them.
// RUN: neap-opt %s --neap-convert-onnx-to-neap --split-input-file | FileCheck %s

// Dropout outside of training does nothing; its mask is all true.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x3xf32> {neap.name = "y"}, tensor<2x3xi1> {neap.name = "mask"})
// CHECK-NEXT: %[[V0:.*]] = neap.constant dense<true> : tensor<2x3xi1>
// CHECK-NEXT: neap.return %[[X]], %[[V0]] : tensor<2x3xf32>, tensor<2x3xi1>
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y", "mask"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %y, %mask = onnx.node "Dropout"(%x) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>) -> (none, none)
  onnx.return %y, %mask : none, none
}

// -----

// Dropout with ratio 0 does nothing in training either.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK-SAME: -> (tensor<2x3xf32> {neap.name = "y"})
// CHECK-NEXT: neap.return %[[X]] : tensor<2x3xf32>
onnx.initializer @r : tensor<f32> {value = dense<0.000000e+00> : tensor<f32>, trained = 2 : i32}
onnx.initializer @t : tensor<i1> {value = dense<true> : tensor<i1>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %r = onnx.read @r : tensor<f32>
  %t = onnx.read @t : tensor<i1>
  %y = onnx.node "Dropout"(%x, %r, %t) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<f32>, tensor<i1>) -> none
  onnx.return %y : none
}

// -----

// In training every Dropout has an id; the key is read from the step block.
// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK: %[[L:.*]] = neap.step_value seed_low : tensor<ui32>
// CHECK: %[[H:.*]] = neap.step_value seed_high : tensor<ui32>
// CHECK: %[[S:.*]] = neap.step_value step : tensor<ui32>
// CHECK: %[[FIRST:.*]] = neap.random_id 0
// CHECK: %[[Y:.*]] = neap.dropout %[[X]] ratio 2.500000e-01 key %[[L]], %[[H]], %[[S]], %[[FIRST]] : tensor<2x3xf32>
// CHECK: %[[SECOND:.*]] = neap.random_id 1
// CHECK: %[[Z:.*]] = neap.dropout %[[Y]] ratio 5.000000e-01 key {{.*}}, %[[SECOND]] : tensor<2x3xf32>
// CHECK: neap.return %[[Z]]
onnx.initializer @r : tensor<f32> {value = dense<0.25> : tensor<f32>, trained = 2 : i32}
onnx.initializer @t : tensor<i1> {value = dense<true> : tensor<i1>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["z"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %r = onnx.read @r : tensor<f32>
  %t = onnx.read @t : tensor<i1>
  %a = onnx.absent
  %y = onnx.node "Dropout"(%x, %r, %t) {domain = "", name = "y", node_attributes = {}, version = 12 : i64} : (tensor<2x3xf32>, tensor<f32>, tensor<i1>) -> none
  %z = onnx.node "Dropout"(%y, %a, %t) {domain = "", name = "z", node_attributes = {seed = 7 : i64}, version = 22 : i64} : (none, none, tensor<i1>) -> none
  onnx.return %z : none
}

// -----

// The mask is what the same words leave of ones.
// CHECK-LABEL: neap.step @forward(
// CHECK: %[[ID:.*]] = neap.random_id 0
// CHECK: %[[Y:.*]] = neap.dropout %{{.*}} ratio 2.500000e-01 key {{.*}}, %[[ID]] : tensor<2x3xf32>
// CHECK: %[[ONES:.*]] = neap.constant dense<1.000000e+00> : tensor<2x3xf32>
// CHECK: %[[KEPT:.*]] = neap.dropout %[[ONES]] ratio 2.500000e-01 key {{.*}}, %[[ID]] : tensor<2x3xf32>
// CHECK: %[[MASK:.*]] = neap.compare ne %[[KEPT]], %{{.*}} : tensor<2x3xf32>
// CHECK: neap.return %[[Y]], %[[MASK]]
onnx.initializer @r : tensor<f32> {value = dense<0.25> : tensor<f32>, trained = 2 : i32}
onnx.initializer @t : tensor<i1> {value = dense<true> : tensor<i1>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y", "mask"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %r = onnx.read @r : tensor<f32>
  %t = onnx.read @t : tensor<i1>
  %y, %mask = onnx.node "Dropout"(%x, %r, %t) {domain = "", name = "y", node_attributes = {}, version = 13 : i64} : (tensor<2x3xf32>, tensor<f32>, tensor<i1>) -> (none, none)
  onnx.return %y, %mask : none, none
}

// -----

// Uniform numbers between bounds, of the input's type or another one; 16-bit ones are drawn in fp32.
// CHECK-LABEL: neap.step @forward(
// CHECK: %[[IDU:.*]] = neap.random_id 0
// CHECK: %[[U:.*]] = neap.random_uniform key {{.*}}, %[[IDU]] : tensor<2x3xf32>
// CHECK: %[[C:.*]] = neap.constant dense<4.000000e+00> : tensor<2x3xf32>
// CHECK: %[[M:.*]] = neap.mul %[[U]], %[[C]] : tensor<2x3xf32>
// CHECK: %[[L:.*]] = neap.constant dense<-1.000000e+00> : tensor<2x3xf32>
// CHECK: %[[Y:.*]] = neap.add %[[M]], %[[L]] : tensor<2x3xf32>
// CHECK: %[[IDD:.*]] = neap.random_id 1
// CHECK: %[[D:.*]] = neap.random_uniform key {{.*}}, %[[IDD]] : tensor<2x3xf64>
// CHECK: %[[IDW:.*]] = neap.random_id 2
// CHECK: %[[W:.*]] = neap.random_uniform key {{.*}}, %[[IDW]] : tensor<5x2xf32>
// CHECK: %[[H:.*]] = neap.cast %[[W]] : tensor<5x2xf32> -> tensor<5x2xf16>
// CHECK: neap.return %[[Y]], %[[D]], %[[H]]
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y", "d", "h"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %y = onnx.node "RandomUniformLike"(%x) {domain = "", name = "y", node_attributes = {low = -1.0 : f32, high = 3.0 : f32}, version = 20 : i64} : (tensor<2x3xf32>) -> none
  %d = onnx.node "RandomUniformLike"(%x) {domain = "", name = "d", node_attributes = {dtype = 11 : i64}, version = 20 : i64} : (tensor<2x3xf32>) -> none
  %h = onnx.node "RandomUniform"() {domain = "", name = "h", node_attributes = {shape = [5, 2], dtype = 10 : i64}, version = 20 : i64} : () -> none
  onnx.return %y, %d, %h : none, none, none
}

// -----

// CHECK-LABEL: neap.step @forward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32> {neap.name = "x"}
// CHECK: %[[IDU:.*]] = neap.random_id 0
// CHECK: %[[U:.*]] = neap.random_uniform key {{.*}}, %[[IDU]] : tensor<2x3xf32>
// CHECK: %[[P:.*]] = neap.compare lt %[[U]], %[[X]] : tensor<2x3xf32>
// CHECK: %[[Y:.*]] = neap.cast %[[P]] : tensor<2x3xi1> -> tensor<2x3xf32>
// CHECK: %[[IDV:.*]] = neap.random_id 1
// CHECK: %[[V:.*]] = neap.random_uniform key {{.*}}, %[[IDV]] : tensor<2x3xf32>
// CHECK: %[[Q:.*]] = neap.compare lt %[[V]], %[[X]] : tensor<2x3xf32>
// CHECK: neap.return %[[Y]], %[[Q]]
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y", "q"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %y = onnx.node "Bernoulli"(%x) {domain = "", name = "y", node_attributes = {}, version = 15 : i64} : (tensor<2x3xf32>) -> none
  %q = onnx.node "Bernoulli"(%x) {domain = "", name = "q", node_attributes = {dtype = 9 : i64}, version = 22 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y, %q : none, none
}
