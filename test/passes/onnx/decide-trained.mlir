// RUN: neap-opt %s --neap-decide-trained --split-input-file | FileCheck %s

// Without metadata: weight slots train, angles, exponents and made-up scalars do not, names decide the rest.
// CHECK-DAG: @layer.weight {{.*}}reason = "a weight of MatMul 'mm'", trained = 1
// CHECK-DAG: @"onnx::MatMul_7" {{.*}}reason = "a weight of MatMul 'mm2'", trained = 1
// CHECK-DAG: @frequencies {{.*}}reason = "leads to Sin and Cos only, as frequencies do", trained = 2
// CHECK-DAG: @two {{.*}}reason = "an exponent, a bound or a divisor", trained = 2
// CHECK-DAG: @val_3 {{.*}}reason = "a constant: its name was made up by the exporter", trained = 2
// CHECK-DAG: @cls_token {{.*}}reason = "named like a parameter", trained = 1
// CHECK-DAG: @rotary.inv_freq {{.*}}reason = "named like a buffer", trained = 2
// CHECK-DAG: @unused {{.*}}reason = "no node uses it", trained = 2
// CHECK-DAG: @rounded {{.*}}reason = "no gradient reaches it", trained = 2
module {
  onnx.initializer @"layer.weight" : tensor<4x4xf32> {value = dense<[[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 5.0]]> : tensor<4x4xf32>}
  onnx.initializer @"onnx::MatMul_7" : tensor<4xf32> {value = dense<1.0> : tensor<4xf32>}
  onnx.initializer @frequencies : tensor<4xf32> {value = dense<1.0> : tensor<4xf32>}
  onnx.initializer @two : tensor<f32> {value = dense<2.0> : tensor<f32>}
  onnx.initializer @val_3 : tensor<f32> {value = dense<0.5> : tensor<f32>}
  onnx.initializer @cls_token : tensor<4xf32> {value = dense<1.0> : tensor<4xf32>}
  onnx.initializer @"rotary.inv_freq" : tensor<4xf32> {value = dense<1.0> : tensor<4xf32>}
  onnx.initializer @unused : tensor<4xf32> {value = dense<1.0> : tensor<4xf32>}
  onnx.initializer @rounded : tensor<4xf32> {value = dense<1.0> : tensor<4xf32>}
  onnx.graph attributes {dim_params = [["", ""]], input_names = ["x"], opsets = {ai.onnx = 20 : i64}, output_names = ["y"]} {
  ^bb0(%x: tensor<4x4xf32>):
    %w = onnx.read @"layer.weight" : tensor<4x4xf32>
    %u = onnx.read @"onnx::MatMul_7" : tensor<4xf32>
    %f = onnx.read @frequencies : tensor<4xf32>
    %two = onnx.read @two : tensor<f32>
    %half = onnx.read @val_3 : tensor<f32>
    %cls = onnx.read @cls_token : tensor<4xf32>
    %inv = onnx.read @"rotary.inv_freq" : tensor<4xf32>
    %rounded = onnx.read @rounded : tensor<4xf32>
    %0 = onnx.node "Transpose"(%w) {domain = "", name = "t", node_attributes = {}, version = 20 : i64} : (tensor<4x4xf32>) -> none
    %1 = onnx.node "MatMul"(%x, %0) {domain = "", name = "mm", node_attributes = {}, version = 20 : i64} : (tensor<4x4xf32>, none) -> none
    %2 = onnx.node "MatMul"(%1, %u) {domain = "", name = "mm2", node_attributes = {}, version = 20 : i64} : (none, tensor<4xf32>) -> none
    %3 = onnx.node "MatMul"(%x, %f) {domain = "", name = "angles", node_attributes = {}, version = 20 : i64} : (tensor<4x4xf32>, tensor<4xf32>) -> none
    %4 = onnx.node "Cos"(%3) {domain = "", name = "cos", node_attributes = {}, version = 20 : i64} : (none) -> none
    %5 = onnx.node "Pow"(%4, %two) {domain = "", name = "pow", node_attributes = {}, version = 20 : i64} : (none, tensor<f32>) -> none
    %6 = onnx.node "Mul"(%5, %half) {domain = "", name = "half", node_attributes = {}, version = 20 : i64} : (none, tensor<f32>) -> none
    %7 = onnx.node "Add"(%6, %cls) {domain = "", name = "cls", node_attributes = {}, version = 20 : i64} : (none, tensor<4xf32>) -> none
    %8 = onnx.node "Mul"(%7, %inv) {domain = "", name = "inv", node_attributes = {}, version = 20 : i64} : (none, tensor<4xf32>) -> none
    %9 = onnx.node "Cast"(%rounded) {domain = "", name = "to_int", node_attributes = {to = 7 : i64}, version = 20 : i64} : (tensor<4xf32>) -> none
    %10 = onnx.node "Cast"(%9) {domain = "", name = "to_float", node_attributes = {to = 1 : i64}, version = 20 : i64} : (none) -> none
    %11 = onnx.node "Add"(%8, %10) {domain = "", name = "sum", node_attributes = {}, version = 20 : i64} : (none, none) -> none
    %12 = onnx.node "Add"(%11, %2) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (none, none) -> none
    onnx.return %12 : none
  }
}

// -----

// With metadata: kinds decide; a tensor folded from one parameter by moving it is that parameter, all else is not.
// CHECK-DAG: @p {{.*}}reason = "a parameter, says the exporter", trained = 1
// CHECK-DAG: @b {{.*}}reason = "a buffer or constant, says the exporter", trained = 2
// CHECK-DAG: @val_1 {{.*}}reason = "holds the parameter a.weight, transposed or reshaped by the exporter", trained = 1
// CHECK-DAG: @embedding_1 {{.*}}reason = "holds the rows of the parameter a.weight that are looked up", trained = 1
// CHECK-DAG: @mul_1 {{.*}}reason = "the result of an operation on the parameter a.weight", trained = 2
// CHECK-DAG: @val_2 {{.*}}reason = "computed from several tensors: a.weight, c.weight", trained = 2
// CHECK-DAG: @val_4 {{.*}}reason = "computed from several tensors: a.weight, mask", trained = 2
// CHECK-DAG: @val_5 {{.*}}reason = "computed from constants, says the exporter", trained = 2
module {
  onnx.initializer @p : tensor<4xf32> {metadata = {kind = "PARAMETER"}, value = dense<1.0> : tensor<4xf32>}
  onnx.initializer @b : tensor<4xf32> {metadata = {kind = "BUFFER"}, value = dense<1.0> : tensor<4xf32>}
  onnx.initializer @val_1 : tensor<4xf32> {metadata = {folded_from = ["a.weight", "val_0"]}, value = dense<1.0> : tensor<4xf32>}
  onnx.initializer @embedding_1 : tensor<4xf32> {metadata = {folded_from = ["a.weight", "arange"]}, value = dense<1.0> : tensor<4xf32>}
  onnx.initializer @mul_1 : tensor<4xf32> {metadata = {folded_from = ["a.weight", "add"]}, value = dense<1.0> : tensor<4xf32>}
  onnx.initializer @val_2 : tensor<4xf32> {metadata = {folded_from = ["a.weight", "c.weight"]}, value = dense<1.0> : tensor<4xf32>}
  onnx.initializer @val_4 : tensor<4xf32> {metadata = {folded_from = ["a.weight", "mask"]}, value = dense<1.0> : tensor<4xf32>}
  onnx.initializer @val_5 : tensor<4xf32> {metadata = {folded_from = ["val_6"]}, value = dense<1.0> : tensor<4xf32>}
  onnx.graph attributes {dim_params = [], input_names = [], opsets = {ai.onnx = 20 : i64}, output_names = ["y"],
      metadata = {pkg.torch.export.ExportedProgram.graph_signature = "\n# inputs\np_a: PARAMETER target='a.weight'\np_c: PARAMETER target='c.weight'\nb_m: BUFFER target='mask' persistent=True\n"}} {
    %0 = onnx.read @p : tensor<4xf32>
    %1 = onnx.read @b : tensor<4xf32>
    %2 = onnx.read @val_1 : tensor<4xf32>
    %3 = onnx.read @embedding_1 : tensor<4xf32>
    %4 = onnx.read @mul_1 : tensor<4xf32>
    %5 = onnx.read @val_2 : tensor<4xf32>
    %6 = onnx.read @val_4 : tensor<4xf32>
    %7 = onnx.read @val_5 : tensor<4xf32>
    %8 = onnx.node "Sum"(%0, %1, %2, %3, %4, %5, %6, %7) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> none
    onnx.return %8 : none
  }
}
