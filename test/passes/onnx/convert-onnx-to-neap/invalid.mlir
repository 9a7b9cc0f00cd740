// Every error that a node can give.
// RUN: neap-opt %s --neap-convert-onnx-to-neap --split-input-file --verify-diagnostics

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+2 {{node 'y' (Gemmm, opset 20): expected an op that can be converted, got 'Gemmm'}}
  // expected-note @+1 {{the nearest is 'Gemm'}}
  %y = onnx.node "Gemmm"(%x) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+1 {{node 'y' (Conv3000, opset 20): expected an op that can be converted, got 'custom::Conv3000'}}
  %y = onnx.node "Conv3000"(%x) {domain = "custom", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+1 {{node 'y' (Relu, opset 10): expected opset 11 to 25 for Relu, got 10}}
  %y = onnx.node "Relu"(%x) {domain = "", name = "y", node_attributes = {}, version = 10 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+1 {{expected at least 2 inputs, got 1}}
  %y = onnx.node "Add"(%x) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+1 {{expected at most 1 inputs, got 2}}
  %y = onnx.node "Relu"(%x, %x) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %absent = onnx.absent
  // expected-error @+1 {{expected input 0, got none}}
  %y = onnx.node "Add"(%absent, %x) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (none, tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""], [""]], input_names = ["x", "z"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %z: tensor<2xf32>):
  // expected-error @+1 {{expected shapes that broadcast, got 2x3 and 2}}
  %y = onnx.node "Add"(%x, %z) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""], [""]], input_names = ["x", "z"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %z: tensor<3xi64>):
  // expected-error @+1 {{expected inputs of one element type, got 'f32' and 'i64'}}
  %y = onnx.node "Add"(%x, %z) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<3xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [[""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2xi1>):
  // expected-error @+1 {{expected input 0 to be a number, got 'tensor<2xi1>'}}
  %y = onnx.node "Add"(%x, %x) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2xi1>, tensor<2xi1>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [[""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2xi64>):
  // expected-error @+1 {{expected input 0 to be floating-point, got 'tensor<2xi64>'}}
  %y = onnx.node "Exp"(%x) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+1 {{expected input 0 to be bool, got 'tensor<2x3xf32>'}}
  %y = onnx.node "Not"(%x) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+1 {{expected fmod = 1 for floating-point inputs, got 0}}
  %y = onnx.node "Mod"(%x, %x) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+1 {{expected approximate to be 'none' or 'tanh', got 'sigmoid'}}
  %y = onnx.node "Gelu"(%x) {domain = "", name = "y", node_attributes = {approximate = "sigmoid"}, version = 20 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+1 {{expected a cast to bool, an integer of 8 to 64 bits or a float of 16 to 64 bits, got data type 8}}
  %y = onnx.node "Cast"(%x) {domain = "", name = "y", node_attributes = {to = 8 : i64}, version = 20 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @b : tensor<2xf32> {value = dense<1.0> : tensor<2xf32>, trained = 2 : i32}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %b = onnx.read @b : tensor<2xf32>
  // expected-error @+1 {{expected a bound that broadcasts to 2x3, got 2}}
  %y = onnx.node "Clip"(%x, %b) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""], [""]], input_names = ["x", "s"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %s: tensor<1xi64>):
  // expected-error @+1 {{expected a shape that is known at compile time, got one that depends on an input or weight}}
  %y = onnx.node "Reshape"(%x, %s) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<1xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @s : tensor<1xi64> {value = dense<4> : tensor<1xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %s = onnx.read @s : tensor<1xi64>
  // expected-error @+1 {{expected a shape of 6 elements, got 4}}
  %y = onnx.node "Reshape"(%x, %s) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<1xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @s : tensor<2xi64> {value = dense<-1> : tensor<2xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %s = onnx.read @s : tensor<2xi64>
  // expected-error @+1 {{expected at most one -1 in the shape, got 2}}
  %y = onnx.node "Reshape"(%x, %s) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @s : tensor<1xi64> {value = dense<-2> : tensor<1xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %s = onnx.read @s : tensor<1xi64>
  // expected-error @+1 {{expected sizes of at least -1, got -2}}
  %y = onnx.node "Reshape"(%x, %s) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<1xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @s : tensor<3xi64> {value = dense<[6, 1, 0]> : tensor<3xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %s = onnx.read @s : tensor<3xi64>
  // expected-error @+1 {{expected a 0 in the shape to stand for a dimension of the input, got one at position 2 of an input of rank 2}}
  %y = onnx.node "Reshape"(%x, %s) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<3xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @s : tensor<1xf32> {value = dense<1.0> : tensor<1xf32>, trained = 2 : i32}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %s = onnx.read @s : tensor<1xf32>
  // expected-error @+1 {{expected a shape as a list of integers, got 'tensor<1xf32>'}}
  %y = onnx.node "Reshape"(%x, %s) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<1xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+1 {{expected an axis in [-2, 1], got 3}}
  %y = onnx.node "Flatten"(%x) {domain = "", name = "y", node_attributes = {axis = 3 : i64}, version = 20 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+1 {{expected size 1 of the squeezed dimension 0, got 2}}
  %y = onnx.node "Squeeze"(%x) {domain = "", name = "y", node_attributes = {axes = [0 : i64]}, version = 11 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+1 {{expected axes, got none}}
  %y = onnx.node "Unsqueeze"(%x) {domain = "", name = "y", node_attributes = {}, version = 11 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+1 {{expected every axis once, got 0 twice}}
  %y = onnx.node "Unsqueeze"(%x) {domain = "", name = "y", node_attributes = {axes = [0 : i64, 0 : i64]}, version = 11 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+1 {{expected perm to be a permutation of 2 dimensions, got 0x0}}
  %y = onnx.node "Transpose"(%x) {domain = "", name = "y", node_attributes = {perm = [0 : i64, 0 : i64]}, version = 20 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @s : tensor<1xi64> {value = dense<2> : tensor<1xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %s = onnx.read @s : tensor<1xi64>
  // expected-error @+1 {{expected shapes that broadcast, got 2x3 and 2}}
  %y = onnx.node "Expand"(%x, %s) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<1xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @s : tensor<1xi64> {value = dense<2> : tensor<1xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %s = onnx.read @s : tensor<1xi64>
  // expected-error @+1 {{expected 2 repeats of at least 0, got 2}}
  %y = onnx.node "Tile"(%x, %s) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<1xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""], ["", ""]], input_names = ["x", "z"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %z: tensor<3x2xf32>):
  // expected-error @+1 {{expected inputs that differ in dimension 0 only, got 2x3 and 3x2}}
  %y = onnx.node "Concat"(%x, %z) {domain = "", name = "y", node_attributes = {axis = 0 : i64}, version = 20 : i64} : (tensor<2x3xf32>, tensor<3x2xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["p", "q"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+1 {{expected 2 parts that add up to 3, got 1x1}}
  %p, %q = onnx.node "Split"(%x) {domain = "", name = "p", node_attributes = {axis = 1 : i64, split = [1 : i64, 1 : i64]}, version = 11 : i64} : (tensor<2x3xf32>) -> (none, none)
  onnx.return %p, %q : none, none
}

// -----

onnx.initializer @a : tensor<1xi64> {value = dense<0> : tensor<1xi64>}
onnx.initializer @s : tensor<1xi64> {value = dense<0> : tensor<1xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %a = onnx.read @a : tensor<1xi64>
  %s = onnx.read @s : tensor<1xi64>
  // expected-error @+1 {{expected steps other than 0, got 0}}
  %y = onnx.node "Slice"(%x, %a, %a, %a, %s) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @a : tensor<1xi64> {value = dense<0> : tensor<1xi64>}
onnx.initializer @s : tensor<2xi64> {value = dense<0> : tensor<2xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %a = onnx.read @a : tensor<1xi64>
  %s = onnx.read @s : tensor<2xi64>
  // expected-error @+1 {{expected starts, ends, axes and steps of one length, got 1, 2, 1 and 1}}
  %y = onnx.node "Slice"(%x, %a, %s) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<1xi64>, tensor<2xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @i : tensor<1xi64> {value = dense<2> : tensor<1xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %i = onnx.read @i : tensor<1xi64>
  // expected-error @+1 {{expected indices in [-2, 1], got 2}}
  %y = onnx.node "Gather"(%x, %i) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<1xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""], [""]], input_names = ["x", "i"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %i: tensor<1xf32>):
  // expected-error @+1 {{expected input 1 to be integral, got 'tensor<1xf32>'}}
  %y = onnx.node "Gather"(%x, %i) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<1xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""], ["", ""]], input_names = ["x", "i"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %i: tensor<4x3xi64>):
  // expected-error @+1 {{expected index tuples of 1 to 2 elements, got 3}}
  %y = onnx.node "GatherND"(%x, %i) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<4x3xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @i : tensor<1x2xi64> {value = dense<[[0, 3]]> : tensor<1x2xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %i = onnx.read @i : tensor<1x2xi64>
  // expected-error @+1 {{expected indices in [-3, 2], got 3}}
  %y = onnx.node "GatherND"(%x, %i) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<1x2xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""], ["", ""]], input_names = ["x", "i"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %i: tensor<2x1xi64>):
  // expected-error @+1 {{expected batch_dims 0, got 1}}
  %y = onnx.node "GatherND"(%x, %i) {domain = "", name = "y", node_attributes = {batch_dims = 1 : i64}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2x1xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @i : tensor<3x1xi64> {value = dense<0> : tensor<3x1xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %i = onnx.read @i : tensor<3x1xi64>
  // expected-error @+1 {{expected indices that fit into 2x3, got 3x1}}
  %y = onnx.node "GatherElements"(%x, %i) {domain = "", name = "y", node_attributes = {axis = 1 : i64}, version = 20 : i64} : (tensor<2x3xf32>, tensor<3x1xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @i : tensor<2x1xi64> {value = dense<3> : tensor<2x1xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %i = onnx.read @i : tensor<2x1xi64>
  // expected-error @+1 {{expected indices in [-3, 2], got 3}}
  %y = onnx.node "GatherElements"(%x, %i) {domain = "", name = "y", node_attributes = {axis = 1 : i64}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2x1xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""], ["", ""]], input_names = ["x", "i"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %i: tensor<2x1xi64>):
  // expected-error @+1 {{expected a tensor of indices that is known at compile time, got one that depends on an input or weight}}
  %y = onnx.node "GatherElements"(%x, %i) {domain = "", name = "y", node_attributes = {axis = 1 : i64}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2x1xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @a : tensor<2xi64> {value = dense<0> : tensor<2xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %a = onnx.read @a : tensor<2xi64>
  // expected-error @+1 {{expected one axis, got 2}}
  %y = onnx.node "CumSum"(%x, %a) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [[""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2xf32>):
  // expected-error @+1 {{expected an input of rank 2 or more, got 'tensor<2xf32>'}}
  %y = onnx.node "Trilu"(%x) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @k : tensor<2xi64> {value = dense<0> : tensor<2xi64>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %k = onnx.read @k : tensor<2xi64>
  // expected-error @+1 {{expected one k, got 2}}
  %y = onnx.node "Trilu"(%x, %k) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [], input_names = [], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0():
  // expected-error @+1 {{expected value, value_int, value_ints, value_float or value_floats, got another attribute}}
  %y = onnx.node "Constant"() {domain = "", name = "y", node_attributes = {value_string = "a"}, version = 20 : i64} : () -> none
  onnx.return %y : none
}

// -----

onnx.initializer @s : tensor<1xi64> {value = dense<-1> : tensor<1xi64>}
onnx.graph attributes {dim_params = [], input_names = [], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0():
  %s = onnx.read @s : tensor<1xi64>
  // expected-error @+1 {{expected sizes of at least 0, got -1}}
  %y = onnx.node "ConstantOfShape"(%s) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<1xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @s : tensor<1xi64> {value = dense<1> : tensor<1xi64>}
onnx.graph attributes {dim_params = [], input_names = [], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0():
  %s = onnx.read @s : tensor<1xi64>
  // expected-error @+1 {{expected a value of one element, got 2}}
  %y = onnx.node "ConstantOfShape"(%s) {domain = "", name = "y", node_attributes = {value = dense<0> : tensor<2xi64>}, version = 20 : i64} : (tensor<1xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @s : tensor<i64> {value = dense<0> : tensor<i64>}
onnx.graph attributes {dim_params = [], input_names = [], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0():
  %s = onnx.read @s : tensor<i64>
  // expected-error @+1 {{expected a delta other than 0, got 0}}
  %y = onnx.node "Range"(%s, %s, %s) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<i64>, tensor<i64>, tensor<i64>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @s : tensor<2xi64> {value = dense<1> : tensor<2xi64>}
onnx.graph attributes {dim_params = [], input_names = [], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0():
  %s = onnx.read @s : tensor<2xi64>
  // expected-error @+1 {{expected start, limit and delta to be scalars, got 'tensor<2xi64>'}}
  %y = onnx.node "Range"(%s, %s, %s) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+1 {{expected as many rows on the right as columns on the left, got 2x3 and 2x3}}
  %y = onnx.node "MatMul"(%x, %x) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""], []], input_names = ["x", "z"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %z: tensor<f32>):
  // expected-error @+1 {{expected inputs of rank 1 or more, got a scalar}}
  %y = onnx.node "MatMul"(%x, %z) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<f32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", "", ""], ["", "", ""]], input_names = ["x", "z"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x1x3xf32>, %z: tensor<4x3x1xf32>):
  // expected-error @+1 {{expected batch dimensions that broadcast, got 2x1x3 and 4x3x1}}
  %y = onnx.node "MatMul"(%x, %z) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x1x3xf32>, tensor<4x3x1xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", "", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3x3xf32>):
  // expected-error @+1 {{expected two matrices, got 2x3x3 and 2x3x3}}
  %y = onnx.node "Gemm"(%x, %x) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3x3xf32>, tensor<2x3x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+1 {{expected as many rows on the right as columns on the left, got 2x3 and 2x3}}
  %y = onnx.node "Gemm"(%x, %x) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""], [""]], input_names = ["x", "c"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %c: tensor<3xf32>):
  // expected-error @+1 {{expected a bias that broadcasts to 2x2, got 3}}
  %y = onnx.node "Gemm"(%x, %x, %c) {domain = "", name = "y", node_attributes = {transB = 1 : i64}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2x3xf32>, tensor<3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""], [""]], input_names = ["x", "s"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %s: tensor<2xf32>):
  // expected-error @+1 {{expected a scale that broadcasts to 3, got 2}}
  %y = onnx.node "LayerNormalization"(%x, %s) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @r : tensor<f32> {value = dense<1.0> : tensor<f32>, trained = 2 : i32}
onnx.initializer @t : tensor<i1> {value = dense<true> : tensor<i1>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %r = onnx.read @r : tensor<f32>
  %t = onnx.read @t : tensor<i1>
  // expected-error @+1 {{expected a ratio in [0, 1), got 1.000000e+00}}
  %y = onnx.node "Dropout"(%x, %r, %t) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<f32>, tensor<i1>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""], [""], [""]], input_names = ["x", "l", "w"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %l: tensor<2xi64>, %w: tensor<3xf32>):
  // expected-error @+1 {{expected no class weights, got some}}
  %y = onnx.node "SoftmaxCrossEntropyLoss"(%x, %l, %w) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2xi64>, tensor<3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""], [""]], input_names = ["x", "l"], opsets = {}, output_names = ["y", "p"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %l: tensor<2xi64>):
  // expected-error @+1 {{expected the second output, log_prob, to be unused, got a use}}
  %y, %p = onnx.node "SoftmaxCrossEntropyLoss"(%x, %l) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2xi64>) -> (none, none)
  onnx.return %y, %p : none, none
}

// -----

onnx.graph attributes {dim_params = [["", ""], [""]], input_names = ["x", "l"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %l: tensor<2xi64>):
  // expected-error @+1 {{expected reduction 'mean' or 'sum', got 'none'}}
  %y = onnx.node "SoftmaxCrossEntropyLoss"(%x, %l) {domain = "", name = "y", node_attributes = {reduction = "none"}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""], [""]], input_names = ["x", "l"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %l: tensor<2xi64>):
  // expected-error @+1 {{expected reduction 'mean', 'sum' or 'none', got 'avg'}}
  %y = onnx.node "SoftmaxCrossEntropyLoss"(%x, %l) {domain = "", name = "y", node_attributes = {reduction = "avg"}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""], [""]], input_names = ["x", "l"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %l: tensor<3xi64>):
  // expected-error @+1 {{expected labels of shape 2, got 3}}
  %y = onnx.node "SoftmaxCrossEntropyLoss"(%x, %l) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<3xi64>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [[""], []], input_names = ["x", "l"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2xf32>, %l: tensor<i64>):
  // expected-error @+1 {{expected scores of rank 2 or more, got 'tensor<2xf32>'}}
  %y = onnx.node "SoftmaxCrossEntropyLoss"(%x, %l) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2xf32>, tensor<i64>) -> none
  onnx.return %y : none
}

// -----

onnx.initializer @r : tensor<2xf32> {value = dense<0.5> : tensor<2xf32>, trained = 2 : i32}
onnx.initializer @t : tensor<i1> {value = dense<true> : tensor<i1>}
onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  %r = onnx.read @r : tensor<2xf32>
  %t = onnx.read @t : tensor<i1>
  // expected-error @+1 {{expected one floating-point ratio, got 'tensor<2xf32>'}}
  %y = onnx.node "Dropout"(%x, %r, %t) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<2xf32>, tensor<i1>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""], []], input_names = ["x", "t"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>, %t: tensor<i1>):
  %r = onnx.absent
  // expected-error @+1 {{expected a training_mode that is known at compile time, got one that depends on an input or weight}}
  %y = onnx.node "Dropout"(%x, %r, %t) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, none, tensor<i1>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+1 {{expected a floating-point dtype, got 'i64'}}
  %y = onnx.node "RandomUniformLike"(%x) {domain = "", name = "y", node_attributes = {dtype = 7 : i64}, version = 20 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {}, output_names = ["y"], source = "model.onnx"} {
^bb0(%x: tensor<2x3xf32>):
  // expected-error @+1 {{expected a dtype of bool, an integer of 8 to 64 bits or a float of 16 to 64 bits, got data type 8}}
  %y = onnx.node "Bernoulli"(%x) {domain = "", name = "y", node_attributes = {dtype = 8 : i64}, version = 20 : i64} : (tensor<2x3xf32>) -> none
  onnx.return %y : none
}

// -----

onnx.graph attributes {dim_params = [], input_names = [], opsets = {}, output_names = ["y"], source = "model.onnx"} {
  // expected-error @+1 {{expected an attribute 'shape', got none}}
  %y = onnx.node "RandomUniform"() {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : () -> none
  onnx.return %y : none
}
