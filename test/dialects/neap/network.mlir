// Reductions, products and compound ops print what they parse, and infer their results.
// RUN: neap-opt %s | FileCheck %s
// RUN: neap-opt %s | neap-opt | FileCheck %s
// RUN: neap-opt %s --mlir-print-op-generic | neap-opt | FileCheck %s

// CHECK-LABEL: neap.step @network
neap.step @network(%x: tensor<2x3x4xf32>, %w: tensor<2x4x5xf32>, %g: tensor<4xf32>)
    -> (tensor<2xf32>, tensor<2x3x5xf32>, tensor<2x3xf32>) {
  // CHECK: neap.reduce max %{{.*}} axes [1, 2] : tensor<2x3x4xf32>
  %0 = neap.reduce max %x axes [1, 2] : tensor<2x3x4xf32>
  // CHECK: neap.matmul %{{.*}}, %{{.*}} : tensor<2x3x4xf32>, tensor<2x4x5xf32>
  %1 = neap.matmul %x, %w : tensor<2x3x4xf32>, tensor<2x4x5xf32>
  // CHECK: neap.softmax %{{.*}} : tensor<2x3x4xf32>
  %2 = neap.softmax %x : tensor<2x3x4xf32>
  // CHECK: neap.softmax_backward %{{.*}}, %{{.*}} : tensor<2x3x4xf32>
  %3 = neap.softmax_backward %2, %x : tensor<2x3x4xf32>
  // CHECK: neap.layer_norm %{{.*}}, %{{.*}}, %{{.*}} {epsilon = {{.*}} : f32} : tensor<2x3x4xf32>, tensor<4xf32>, tensor<4xf32>
  %y, %mean, %rstd = neap.layer_norm %x, %g, %g {epsilon = 1.0e-05 : f32} : tensor<2x3x4xf32>, tensor<4xf32>, tensor<4xf32>
  // CHECK: neap.layer_norm_backward %{{.*}} : tensor<2x3x4xf32>, tensor<4xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3x4xf32>
  %dx, %dg, %db = neap.layer_norm_backward %x, %g, %mean, %rstd, %y : tensor<2x3x4xf32>, tensor<4xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3x4xf32>
  neap.return %0, %1, %mean : tensor<2xf32>, tensor<2x3x5xf32>, tensor<2x3xf32>
}

// Sums that go on from where another stopped.
// CHECK-LABEL: neap.step @goes_on
neap.step @goes_on(%x: tensor<64x4xf32>, %t: tensor<4x64xf32>, %c: tensor<4x4xf32>, %r: tensor<4xf32>)
    -> (tensor<4x4xf32>, tensor<4xf32>, tensor<4xf32>) {
  // CHECK: neap.matmul %{{.*}}, %{{.*}} from %{{.*}} : tensor<4x64xf32>, tensor<64x4xf32> from tensor<4x4xf32>
  %0 = neap.matmul %t, %x from %c : tensor<4x64xf32>, tensor<64x4xf32> from tensor<4x4xf32>
  // CHECK: neap.reduce sum %{{.*}} axes [0] from %{{.*}} chunk 16 : tensor<64x4xf32> from tensor<4xf32>
  %1 = neap.reduce sum %x axes [0] from %r chunk 16 : tensor<64x4xf32> from tensor<4xf32>
  // CHECK: neap.reduce sum %{{.*}} axes [0] chunk 40 : tensor<64x4xf32>
  %2 = neap.reduce sum %x axes [0] chunk 40 : tensor<64x4xf32>
  neap.return %0, %1, %2 : tensor<4x4xf32>, tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: neap.step @loss
neap.step @loss(%x: tensor<3x4xf32>, %labels: tensor<3xi64>) -> (tensor<f32>, tensor<3xf32>, tensor<f32>) {
  // CHECK: neap.cross_entropy %{{.*}}, %{{.*}} {ignore_index = -100 : i64} : tensor<3x4xf32>, tensor<3xi64>
  %loss, %lse, %count = neap.cross_entropy %x, %labels {ignore_index = -100 : i64} : tensor<3x4xf32>, tensor<3xi64>
  // CHECK: neap.cross_entropy_backward %{{.*}} {ignore_index = -100 : i64} : tensor<3x4xf32>, tensor<3xi64>, tensor<3xf32>, tensor<f32>, tensor<f32>
  %dx = neap.cross_entropy_backward %x, %labels, %lse, %count, %loss {ignore_index = -100 : i64} : tensor<3x4xf32>, tensor<3xi64>, tensor<3xf32>, tensor<f32>, tensor<f32>
  neap.return %loss, %lse, %count : tensor<f32>, tensor<3xf32>, tensor<f32>
}
