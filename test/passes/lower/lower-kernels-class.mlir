// A kernel's class comes from its ops and from what they were made for, which locations say.
// RUN: neap-opt -neap-lower-kernels %s | FileCheck %s

// A weight is one matrix for the whole batch, however it is stretched.
// CHECK-LABEL: func.func @dense(
// CHECK-SAME: class = "products"
sched.kernel @dense gemm (tensor<2x6x8xf32>, tensor<8x4xf32>) -> tensor<2x6x4xf32> {
^bb0(%a: tensor<2x6x8xf32>, %b: tensor<8x4xf32>):
  %w = neap.broadcast %b : tensor<8x4xf32> -> tensor<2x8x4xf32>
  %c = neap.matmul %a, %w : tensor<2x6x8xf32>, tensor<2x8x4xf32>
  neap.yield %c : tensor<2x6x4xf32>
}

// A product of two activations for each matrix of a batch is what attention consists of.
// CHECK-LABEL: func.func @scores(
// CHECK-SAME: class = "attention"
sched.kernel @scores gemm (tensor<2x6x8xf32>, tensor<2x4x8xf32>) -> tensor<2x6x4xf32> {
^bb0(%a: tensor<2x6x8xf32>, %b: tensor<2x4x8xf32>):
  %t = neap.transpose %b [0, 2, 1] : tensor<2x4x8xf32>
  %c = neap.matmul %a, %t : tensor<2x6x8xf32>, tensor<2x8x4xf32>
  neap.yield %c : tensor<2x6x4xf32>
}

// Two heads that share their keys; the keys are a part of a larger tensor.
// CHECK-LABEL: func.func @grouped(
// CHECK-SAME: class = "attention"
sched.kernel @grouped gemm (tensor<3x2x6x8xf32>, tensor<3x4x16xf32>) -> tensor<3x2x6x4xf32> {
^bb0(%a: tensor<3x2x6x8xf32>, %b: tensor<3x4x16xf32>):
  %s = neap.slice %b starts [0, 0, 8] sizes [3, 4, 8] strides [1, 1, 1] : tensor<3x4x16xf32>
  %t = neap.transpose %s [0, 2, 1] : tensor<3x4x8xf32>
  %r = neap.reshape %t : tensor<3x8x4xf32> -> tensor<3x1x8x4xf32>
  %k = neap.broadcast %r : tensor<3x1x8x4xf32> -> tensor<3x2x8x4xf32>
  %c = neap.matmul %a, %k : tensor<3x2x6x8xf32>, tensor<3x2x8x4xf32>
  neap.yield %c : tensor<3x2x6x4xf32>
}

// A part of a larger weight, the same for the whole batch.
// CHECK-LABEL: func.func @part(
// CHECK-SAME: class = "products"
sched.kernel @part gemm (tensor<2x6x8xf32>, tensor<8x40xf32>) -> tensor<2x6x4xf32> {
^bb0(%a: tensor<2x6x8xf32>, %b: tensor<8x40xf32>):
  %s = neap.slice %b starts [0, 36] sizes [8, 4] strides [1, 1] : tensor<8x40xf32>
  %w = neap.broadcast %s : tensor<8x4xf32> -> tensor<2x8x4xf32>
  %c = neap.matmul %a, %w : tensor<2x6x8xf32>, tensor<2x8x4xf32>
  neap.yield %c : tensor<2x6x4xf32>
}

// Made for attention, whatever it is now.
// CHECK-LABEL: func.func @inner(
// CHECK-SAME: class = "attention"
sched.kernel @inner pointwise (tensor<16xf32>) -> tensor<16xf32> {
^bb0(%a: tensor<16xf32>):
  %b = neap.exp %a : tensor<16xf32> loc(fused<"attention_backward">["model.onnx":1:1])
  neap.yield %b : tensor<16xf32>
}

// The loss before the norm, the norm before the embedding.
// CHECK-LABEL: func.func @both(
// CHECK-SAME: class = "loss"
sched.kernel @both pointwise (tensor<16xf32>) -> tensor<16xf32> {
^bb0(%a: tensor<16xf32>):
  %b = neap.exp %a : tensor<16xf32> loc(fused<"layer_norm">["model.onnx":1:1])
  %c = neap.exp %b : tensor<16xf32> loc(fused<"cross_entropy_backward">["model.onnx":1:1])
  neap.yield %c : tensor<16xf32>
}
// CHECK-LABEL: func.func @rows(
// CHECK-SAME: class = "norms"
sched.kernel @rows pointwise (tensor<16x4xf32>, tensor<8xi64>) -> tensor<8x4xf32> {
^bb0(%a: tensor<16x4xf32>, %i: tensor<8xi64>):
  %g = neap.gather %a, %i : tensor<16x4xf32>, tensor<8xi64>
  %c = neap.exp %g : tensor<8x4xf32> loc(fused<"layer_norm">["model.onnx":1:1])
  neap.yield %c : tensor<8x4xf32>
}
// CHECK-LABEL: func.func @table(
// CHECK-SAME: class = "embedding"
sched.kernel @table pointwise (tensor<16x4xf32>, tensor<8xi64>) -> tensor<8x4xf32> {
^bb0(%a: tensor<16x4xf32>, %i: tensor<8xi64>):
  %g = neap.gather %a, %i : tensor<16x4xf32>, tensor<8xi64>
  neap.yield %g : tensor<8x4xf32>
}
// CHECK-LABEL: func.func @update(
// CHECK-SAME: class = "optimizer"
sched.kernel @update pointwise (tensor<16xf32>) -> tensor<16xf32> {
^bb0(%a: tensor<16xf32>):
  %b = neap.sqrt %a : tensor<16xf32> loc(fused<"optimizer">["model.onnx":1:1])
  neap.yield %b : tensor<16xf32>
}
