// What the export did to the weights: found, said, and mended where asked.
// RUN: neap-opt %s --neap-decide-trained --split-input-file 2>&1 | FileCheck %s
// RUN: neap-opt %s --neap-decide-trained=tie --split-input-file 2>&1 | FileCheck %s --check-prefix=TIE
// RUN: neap-opt %s --neap-decide-trained=untie --split-input-file 2>&1 | FileCheck %s --check-prefix=UNTIE

// A tied weight that was written twice, the second time transposed and without its name.
// CHECK: warning: 'onnx::MatMul_9' holds the same numbers as 'table', transposed: a tied weight that the exporter wrote twice? They are trained as two; --tie makes them one
// CHECK: warning: weights without their names, as an export in evaluation mode folds them: 'onnx::MatMul_9'
// CHECK: remark: no Dropout node: if the model has dropout, it was exported in evaluation mode
// TIE-NOT: holds the same numbers
// TIE-LABEL: onnx.graph
// TIE-SAME: "tied"
// TIE: onnx.read @table
// TIE: %[[TABLE:.*]] = onnx.read @table : tensor<2x3xf32>
// TIE: %[[W:.*]] = onnx.node "Transpose"(%[[TABLE]]) {{.*}}node_attributes = {perm = [1, 0]}
// TIE: onnx.node "MatMul"(%{{.*}}, %[[W]])
module {
  onnx.initializer @table : tensor<2x3xf32> {value = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>}
  onnx.initializer @"onnx::MatMul_9" : tensor<3x2xf32> {value = dense<[[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]> : tensor<3x2xf32>}
  onnx.graph attributes {dim_params = [[""]], input_names = ["i"], opsets = {ai.onnx = 20 : i64}, output_names = ["tied"]} {
  ^bb0(%i: tensor<5xi64>):
    %t = onnx.read @table : tensor<2x3xf32>
    %w = onnx.read @"onnx::MatMul_9" : tensor<3x2xf32>
    %0 = onnx.node "Gather"(%t, %i) {domain = "", name = "g", node_attributes = {}, version = 20 : i64} : (tensor<2x3xf32>, tensor<5xi64>) -> none
    %1 = onnx.node "MatMul"(%0, %w) {domain = "", name = "m", node_attributes = {}, version = 20 : i64} : (none, tensor<3x2xf32>) -> none
    onnx.return %1 : none
  }
}

// -----

// Equal tensors of one repeated number are equal by accident.
// CHECK-NOT: holds the same numbers
module {
  onnx.initializer @a : tensor<2x2xf32> {value = dense<0.0> : tensor<2x2xf32>}
  onnx.initializer @b : tensor<2x2xf32> {value = dense<0.0> : tensor<2x2xf32>}
  onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {ai.onnx = 20 : i64}, output_names = ["zeros"]} {
  ^bb0(%x: tensor<2x2xf32>):
    %a = onnx.read @a : tensor<2x2xf32>
    %b = onnx.read @b : tensor<2x2xf32>
    %0 = onnx.node "MatMul"(%x, %a) {domain = "", name = "m", node_attributes = {}, version = 20 : i64} : (tensor<2x2xf32>, tensor<2x2xf32>) -> none
    %1 = onnx.node "MatMul"(%0, %b) {domain = "", name = "n", node_attributes = {}, version = 20 : i64} : (none, tensor<2x2xf32>) -> none
    %2 = onnx.node "Dropout"(%1) {domain = "", name = "d", node_attributes = {}, version = 20 : i64} : (none) -> none
    onnx.return %2 : none
  }
}

// -----

// Two norms share a vector, and the module had parameters that the file has not.
// CHECK: warning: 'norm.weight' is shared by 2 norms ('n1', 'n2'): the exporter merges parameters that are equal, as in a fresh model; --untie gives each its own
// CHECK: warning: 2 of 3 parameters of the PyTorch module have no tensor of their own in the file: 'norm2.weight', 'norm2.bias'; they are tied to another or unused, or the exporter merged them with an equal one, dropped a zero bias, or folded them away
// CHECK: warning: BatchNormalization was exported in evaluation mode: its statistics stay as they are
// UNTIE-NOT: is shared by
// UNTIE: onnx.initializer @norm.weight : tensor<4xf32>
// UNTIE: onnx.initializer @norm.weight.1 : tensor<4xf32>
// UNTIE: %[[ONE:.*]] = onnx.read @norm.weight :
// UNTIE: onnx.node "LayerNormalization"(%{{.*}}, %[[ONE]])
// UNTIE: %[[TWO:.*]] = onnx.read @norm.weight.1 :
// UNTIE: onnx.node "LayerNormalization"(%{{.*}}, %[[TWO]])
module {
  onnx.initializer @norm.weight : tensor<4xf32> {metadata = {kind = "PARAMETER"}, value = dense<1.0> : tensor<4xf32>}
  onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {ai.onnx = 20 : i64}, output_names = ["norms"],
      metadata = {pkg.torch.export.ExportedProgram.graph_signature = "\n# inputs\np_a: PARAMETER target='norm.weight'\np_b: PARAMETER target='norm2.weight'\np_c: PARAMETER target='norm2.bias'\n"}} {
  ^bb0(%x: tensor<4x4xf32>):
    %w = onnx.read @norm.weight : tensor<4xf32>
    %i = onnx.node "Identity"(%w) {domain = "", name = "id", node_attributes = {}, version = 20 : i64} : (tensor<4xf32>) -> none
    %0 = onnx.node "LayerNormalization"(%x, %w) {domain = "", name = "n1", node_attributes = {}, version = 20 : i64} : (tensor<4x4xf32>, tensor<4xf32>) -> none
    %1 = onnx.node "LayerNormalization"(%0, %i) {domain = "", name = "n2", node_attributes = {}, version = 20 : i64} : (none, none) -> none
    %2 = onnx.node "BatchNormalization"(%1) {domain = "", name = "bn", node_attributes = {}, version = 20 : i64} : (none) -> none
    onnx.return %2 : none
  }
}
