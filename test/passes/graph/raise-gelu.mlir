// The forms of GELU that exporters write out become neap.gelu.
// RUN: neap-opt %s --neap-raise-gelu | FileCheck %s
// RUN: neap-opt %s --canonicalize --neap-raise-gelu | FileCheck %s

// As the pass documents it: x * (1 + erf(x * 0.7071)) * 0.5.
// CHECK-LABEL: neap.step @erf(
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>
neap.step @erf(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: %[[Y:.*]] = neap.gelu %[[X]] : tensor<4xf32>
  // CHECK: neap.return %[[Y]]
  %half = neap.constant dense<5.0e-01> : tensor<4xf32>
  %one = neap.constant dense<1.0> : tensor<4xf32>
  %scale = neap.constant dense<0.707106769> : tensor<4xf32>
  %0 = neap.mul %x, %scale : tensor<4xf32>
  %1 = neap.erf %0 : tensor<4xf32>
  %2 = neap.add %1, %one : tensor<4xf32>
  %3 = neap.mul %x, %2 : tensor<4xf32>
  %y = neap.mul %3, %half : tensor<4xf32>
  neap.return %y : tensor<4xf32>
}

// x is itself a product, the argument a quotient.
// CHECK-LABEL: neap.step @erf_of_product
neap.step @erf_of_product(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: %[[X:.*]] = neap.mul
  // CHECK: %[[Y:.*]] = neap.gelu %[[X]] : tensor<4xf32>
  // CHECK: neap.return %[[Y]]
  %half = neap.constant dense<5.0e-01> : tensor<4xf32>
  %one = neap.constant dense<1.0> : tensor<4xf32>
  %root = neap.constant dense<1.41421354> : tensor<4xf32>
  %x = neap.mul %a, %b : tensor<4xf32>
  %0 = neap.div %x, %root : tensor<4xf32>
  %1 = neap.erf %0 : tensor<4xf32>
  %2 = neap.add %one, %1 : tensor<4xf32>
  %3 = neap.mul %half, %x : tensor<4xf32>
  %y = neap.mul %2, %3 : tensor<4xf32>
  neap.return %y : tensor<4xf32>
}

// GPT-2's "gelu_new", with the cube as a power.
// CHECK-LABEL: neap.step @tanh(
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>
neap.step @tanh(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: %[[Y:.*]] = neap.gelu %[[X]] {approximation = #neap<approximation tanh>} : tensor<4xf32>
  // CHECK: neap.return %[[Y]]
  %half = neap.constant dense<5.0e-01> : tensor<4xf32>
  %one = neap.constant dense<1.0> : tensor<4xf32>
  %three = neap.constant dense<3.0> : tensor<4xf32>
  %cubic = neap.constant dense<4.471500e-02> : tensor<4xf32>
  %scale = neap.constant dense<0.797884583> : tensor<4xf32>
  %0 = neap.mul %half, %x : tensor<4xf32>
  %1 = neap.pow %x, %three : tensor<4xf32>
  %2 = neap.mul %cubic, %1 : tensor<4xf32>
  %3 = neap.add %x, %2 : tensor<4xf32>
  %4 = neap.mul %scale, %3 : tensor<4xf32>
  %5 = neap.tanh %4 : tensor<4xf32>
  %6 = neap.add %one, %5 : tensor<4xf32>
  %y = neap.mul %0, %6 : tensor<4xf32>
  neap.return %y : tensor<4xf32>
}

// "gelu_fast": x factored out of the argument.
// CHECK-LABEL: neap.step @tanh_factored(
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>
neap.step @tanh_factored(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: neap.gelu %[[X]] {approximation = #neap<approximation tanh>} : tensor<4xf32>
  %half = neap.constant dense<5.0e-01> : tensor<4xf32>
  %one = neap.constant dense<1.0> : tensor<4xf32>
  %cubic = neap.constant dense<4.471500e-02> : tensor<4xf32>
  %scale = neap.constant dense<0.797884583> : tensor<4xf32>
  %0 = neap.mul %half, %x : tensor<4xf32>
  %1 = neap.mul %x, %scale : tensor<4xf32>
  %2 = neap.mul %x, %cubic : tensor<4xf32>
  %3 = neap.mul %2, %x : tensor<4xf32>
  %4 = neap.add %one, %3 : tensor<4xf32>
  %5 = neap.mul %1, %4 : tensor<4xf32>
  %6 = neap.tanh %5 : tensor<4xf32>
  %7 = neap.add %one, %6 : tensor<4xf32>
  %y = neap.mul %0, %7 : tensor<4xf32>
  neap.return %y : tensor<4xf32>
}

// Another constant is another function.
// CHECK-LABEL: neap.step @other_constant
neap.step @other_constant(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-NOT: neap.gelu
  %half = neap.constant dense<5.0e-01> : tensor<4xf32>
  %one = neap.constant dense<1.0> : tensor<4xf32>
  %scale = neap.constant dense<0.7072> : tensor<4xf32>
  %0 = neap.mul %x, %scale : tensor<4xf32>
  %1 = neap.erf %0 : tensor<4xf32>
  %2 = neap.add %1, %one : tensor<4xf32>
  %3 = neap.mul %x, %2 : tensor<4xf32>
  %y = neap.mul %3, %half : tensor<4xf32>
  neap.return %y : tensor<4xf32>
}

// erf of one value times another value is not GELU.
// CHECK-LABEL: neap.step @two_values
neap.step @two_values(%x: tensor<4xf32>, %z: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-NOT: neap.gelu
  %half = neap.constant dense<5.0e-01> : tensor<4xf32>
  %one = neap.constant dense<1.0> : tensor<4xf32>
  %scale = neap.constant dense<0.707106769> : tensor<4xf32>
  %0 = neap.mul %x, %scale : tensor<4xf32>
  %1 = neap.erf %0 : tensor<4xf32>
  %2 = neap.add %1, %one : tensor<4xf32>
  %3 = neap.mul %z, %2 : tensor<4xf32>
  %y = neap.mul %3, %half : tensor<4xf32>
  neap.return %y : tensor<4xf32>
}
