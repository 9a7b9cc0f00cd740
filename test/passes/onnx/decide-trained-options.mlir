// The user's word on what is trained.
// RUN: neap-opt %s --neap-decide-trained='train=layer.*' | FileCheck %s --check-prefix=TRAIN
// RUN: neap-opt %s --neap-decide-trained='freeze=*.bias' | FileCheck %s --check-prefix=FREEZE
// RUN: neap-opt %s --neap-decide-trained='train=layer.* freeze=*.bias' | FileCheck %s --check-prefix=BOTH
// RUN: echo head > %t.list
// RUN: neap-opt %s --neap-decide-trained='train-list=%t.list' | FileCheck %s --check-prefix=LIST
// RUN: neap-opt %s --neap-decide-trained='output=other' | FileCheck %s --check-prefix=OTHER
// RUN: neap-opt %s --neap-decide-trained='train=dead' 2>&1 | FileCheck %s --check-prefix=DEAD

// TRAIN-DAG: @layer.weight {{.*}}reason = "--train layer.*", trained = 1
// TRAIN-DAG: @layer.bias {{.*}}reason = "--train layer.*", trained = 1
// TRAIN-DAG: @head {{.*}}reason = "no --train pattern matches", trained = 2
// FREEZE-DAG: @layer.weight {{.*}}trained = 1
// FREEZE-DAG: @layer.bias {{.*}}reason = "--freeze *.bias", trained = 2
// FREEZE-DAG: @head {{.*}}trained = 1
// BOTH-DAG: @layer.weight {{.*}}trained = 1
// BOTH-DAG: @layer.bias {{.*}}reason = "--freeze *.bias", trained = 2
// BOTH-DAG: @head {{.*}}trained = 2
// LIST-DAG: @layer.weight {{.*}}reason = "not in --train-list", trained = 2
// LIST-DAG: @head {{.*}}reason = "in --train-list", trained = 1
// OTHER-DAG: @layer.weight {{.*}}reason = "no gradient reaches it", trained = 2
// OTHER-DAG: @dead {{.*}}trained = 1
// DEAD-DAG: warning: 'dead' is not trained: --train dead, but no gradient reaches it

// RUN: not neap-opt %s --neap-decide-trained='train=hed' 2>&1 | FileCheck %s --check-prefix=NOMATCH
// RUN: not neap-opt %s --neap-decide-trained='freeze=[' 2>&1 | FileCheck %s --check-prefix=GLOB
// RUN: echo haed > %t.wrong
// RUN: not neap-opt %s --neap-decide-trained='train-list=%t.wrong' 2>&1 | FileCheck %s --check-prefix=WRONG
// RUN: not neap-opt %s --neap-decide-trained='train-list=%t.none' 2>&1 | FileCheck %s --check-prefix=NOLIST
// RUN: not neap-opt %s --neap-decide-trained='train-list=%t.list freeze=head' 2>&1 | FileCheck %s --check-prefix=ALONE
// RUN: not neap-opt %s --neap-decide-trained='output=z' 2>&1 | FileCheck %s --check-prefix=OUTPUT

// NOMATCH: error: --train: expected a pattern that matches a floating-point initializer, got 'hed'
// NOMATCH: note: the nearest is 'head'
// GLOB: error: --freeze: expected a glob, got '['
// WRONG: error: --train-list: expected the name of a floating-point initializer, got 'haed'
// WRONG: note: the nearest is 'head'
// NOLIST: error: --train-list: cannot read '{{.*}}.none': No such file or directory
// ALONE: error: --train-list: expected it alone, got it with --train or --freeze
// OUTPUT: error: expected the name of an output, got 'z'
// OUTPUT: note: the outputs are y, other
module {
  onnx.initializer @layer.weight : tensor<4xf32> {value = dense<1.0> : tensor<4xf32>}
  onnx.initializer @layer.bias : tensor<4xf32> {value = dense<1.0> : tensor<4xf32>}
  onnx.initializer @head : tensor<4xf32> {value = dense<1.0> : tensor<4xf32>}
  onnx.initializer @dead : tensor<4xf32> {value = dense<1.0> : tensor<4xf32>}
  onnx.graph attributes {dim_params = [], input_names = [], opsets = {ai.onnx = 20 : i64}, output_names = ["y", "other"]} {
    %0 = onnx.read @layer.weight : tensor<4xf32>
    %1 = onnx.read @layer.bias : tensor<4xf32>
    %2 = onnx.read @head : tensor<4xf32>
    %3 = onnx.read @dead : tensor<4xf32>
    %4 = onnx.node "Sum"(%0, %1, %2) {domain = "", name = "y", node_attributes = {}, version = 20 : i64} : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> none
    onnx.return %4, %3 : none, tensor<4xf32>
  }
}
