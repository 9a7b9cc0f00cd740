// Ops that move elements print what they parse, and infer their results.
// RUN: neap-opt %s | FileCheck %s
// RUN: neap-opt %s | neap-opt | FileCheck %s
// RUN: neap-opt %s --mlir-print-op-generic | neap-opt | FileCheck %s

// CHECK-LABEL: neap.step @views
neap.step @views(%x: tensor<4x6xf32>) -> (tensor<6x4xf32>, tensor<2x3xf32>) {
  // CHECK: neap.reshape %{{.*}} : tensor<4x6xf32> -> tensor<2x2x6xf32>
  %0 = neap.reshape %x : tensor<4x6xf32> -> tensor<2x2x6xf32>
  // CHECK: neap.transpose %{{.*}} [1, 0] : tensor<4x6xf32>
  %1 = neap.transpose %x [1, 0] : tensor<4x6xf32>
  // CHECK: neap.broadcast %{{.*}} : tensor<4x6xf32> -> tensor<3x4x6xf32>
  %2 = neap.broadcast %x : tensor<4x6xf32> -> tensor<3x4x6xf32>
  // CHECK: neap.slice %{{.*}} starts [3, 0] sizes [2, 3] strides [-1, 2] : tensor<4x6xf32>
  %3 = neap.slice %x starts [3, 0] sizes [2, 3] strides [-1, 2] : tensor<4x6xf32>
  // CHECK: neap.unslice %{{.*}} starts [3, 0] strides [-1, 2] : tensor<2x3xf32> -> tensor<4x6xf32>
  %4 = neap.unslice %3 starts [3, 0] strides [-1, 2] : tensor<2x3xf32> -> tensor<4x6xf32>
  neap.return %1, %3 : tensor<6x4xf32>, tensor<2x3xf32>
}

// CHECK-LABEL: neap.step @moves
neap.step @moves(%x: tensor<4x6xf32>, %i: tensor<2x5xi64>, %n: tensor<4x1xi64>)
    -> (tensor<8x6xf32>, tensor<2x5x6xf32>) {
  // CHECK: neap.concat %{{.*}}, %{{.*}} axis 0 : tensor<4x6xf32>, tensor<4x6xf32>
  %0 = neap.concat %x, %x axis 0 : tensor<4x6xf32>, tensor<4x6xf32>
  // CHECK: neap.gather %{{.*}}, %{{.*}} : tensor<4x6xf32>, tensor<2x5xi64>
  %1 = neap.gather %x, %i : tensor<4x6xf32>, tensor<2x5xi64>
  // CHECK: neap.scatter_add %{{.*}}, %{{.*}}, %{{.*}} : tensor<4x6xf32>, tensor<2x5xi64>, tensor<2x5x6xf32>
  %2 = neap.scatter_add %x, %i, %1 : tensor<4x6xf32>, tensor<2x5xi64>, tensor<2x5x6xf32>
  // CHECK: neap.gather_nd %{{.*}}, %{{.*}} {batch_dims = 1 : i64} : tensor<4x6xf32>, tensor<4x1xi64> -> tensor<4xf32>
  %3 = neap.gather_nd %x, %n {batch_dims = 1 : i64} : tensor<4x6xf32>, tensor<4x1xi64> -> tensor<4xf32>
  // CHECK: neap.cumsum %{{.*}} axis 1 {exclusive, reverse} : tensor<4x6xf32>
  %4 = neap.cumsum %x axis 1 {exclusive, reverse} : tensor<4x6xf32>
  // CHECK: neap.iota 1 : tensor<2x3xi32>
  %5 = neap.iota 1 : tensor<2x3xi32>
  neap.return %0, %1 : tensor<8x6xf32>, tensor<2x5x6xf32>
}
