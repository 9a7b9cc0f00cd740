// Elementwise ops print what they parse.
// RUN: neap-opt %s | FileCheck %s
// RUN: neap-opt %s | neap-opt | FileCheck %s
// RUN: neap-opt %s --mlir-print-op-generic | neap-opt | FileCheck %s

// CHECK-LABEL: neap.step @unary
neap.step @unary(%x: tensor<2x3xf32>, %i: tensor<2x3xi64>, %b: tensor<2x3xi1>) {
  // CHECK: neap.negate %{{.*}} : tensor<2x3xf32>
  %0 = neap.negate %x : tensor<2x3xf32>
  // CHECK: neap.abs %{{.*}} : tensor<2x3xi64>
  %1 = neap.abs %i : tensor<2x3xi64>
  // CHECK: neap.sign
  %2 = neap.sign %x : tensor<2x3xf32>
  // CHECK: neap.exp
  %3 = neap.exp %x : tensor<2x3xf32>
  // CHECK: neap.log
  %4 = neap.log %x : tensor<2x3xf32>
  // CHECK: neap.sqrt
  %5 = neap.sqrt %x : tensor<2x3xf32>
  // CHECK: neap.reciprocal
  %6 = neap.reciprocal %x : tensor<2x3xf32>
  // CHECK: neap.tanh
  %7 = neap.tanh %x : tensor<2x3xf32>
  // CHECK: neap.sigmoid
  %8 = neap.sigmoid %x : tensor<2x3xf32>
  // CHECK: neap.erf
  %9 = neap.erf %x : tensor<2x3xf32>
  // CHECK: neap.sin
  %10 = neap.sin %x : tensor<2x3xf32>
  // CHECK: neap.cos
  %11 = neap.cos %x : tensor<2x3xf32>
  // CHECK: neap.floor
  %12 = neap.floor %x : tensor<2x3xf32>
  // CHECK: neap.ceil
  %13 = neap.ceil %x : tensor<2x3xf32>
  // CHECK: neap.round
  %14 = neap.round %x : tensor<2x3xf32>
  // CHECK: neap.relu
  %15 = neap.relu %x : tensor<2x3xf32>
  // CHECK: neap.not %{{.*}} : tensor<2x3xi1>
  %16 = neap.not %b : tensor<2x3xi1>
  // CHECK: neap.is_nan %{{.*}} : tensor<2x3xf32>
  %17 = neap.is_nan %x : tensor<2x3xf32>
  // CHECK: neap.gelu %{{[a-z0-9]+}} : tensor<2x3xf32>
  %18 = neap.gelu %x : tensor<2x3xf32>
  // CHECK: neap.gelu %{{[a-z0-9]+}} {approximation = #neap<approximation tanh>} : tensor<2x3xf32>
  %19 = neap.gelu %x {approximation = #neap<approximation tanh>} : tensor<2x3xf32>
  // CHECK: neap.cast %{{.*}} : tensor<2x3xf32> -> tensor<2x3xi1>
  %20 = neap.cast %x : tensor<2x3xf32> -> tensor<2x3xi1>
  neap.return
}

// CHECK-LABEL: neap.step @several_operands
neap.step @several_operands(%x: tensor<4xf32>, %y: tensor<4xf32>, %i: tensor<4xi64>, %b: tensor<4xi1>) {
  // CHECK: neap.add %{{.*}}, %{{.*}} : tensor<4xi64>
  %0 = neap.add %i, %i : tensor<4xi64>
  // CHECK: neap.sub
  %1 = neap.sub %x, %y : tensor<4xf32>
  // CHECK: neap.mul
  %2 = neap.mul %x, %y : tensor<4xf32>
  // CHECK: neap.div
  %3 = neap.div %x, %y : tensor<4xf32>
  // CHECK: neap.mod %{{.*}}, %{{[a-z0-9]+}} : tensor<4xf32>
  %4 = neap.mod %x, %y : tensor<4xf32>
  // CHECK: neap.mod %{{.*}}, %{{[a-z0-9]+}} {fmod} : tensor<4xf32>
  %5 = neap.mod %x, %y {fmod} : tensor<4xf32>
  // CHECK: neap.pow
  %6 = neap.pow %x, %y : tensor<4xf32>
  // CHECK: neap.maximum
  %7 = neap.maximum %x, %y : tensor<4xf32>
  // CHECK: neap.minimum
  %8 = neap.minimum %x, %y : tensor<4xf32>
  // CHECK: neap.and
  %9 = neap.and %b, %b : tensor<4xi1>
  // CHECK: neap.or
  %10 = neap.or %b, %b : tensor<4xi1>
  // CHECK: neap.xor
  %11 = neap.xor %b, %b : tensor<4xi1>
  // CHECK: neap.compare le %{{.*}}, %{{.*}} : tensor<4xf32>
  %12 = neap.compare le %x, %y : tensor<4xf32>
  // CHECK: neap.select %{{.*}}, %{{.*}}, %{{.*}} : tensor<4xi1>, tensor<4xf32>
  %13 = neap.select %12, %x, %y : tensor<4xi1>, tensor<4xf32>
  // CHECK: neap.fma
  %14 = neap.fma %x, %y, %x : tensor<4xf32>
  // CHECK: neap.gelu_backward
  %15 = neap.gelu_backward %x, %y : tensor<4xf32>
  neap.return
}
