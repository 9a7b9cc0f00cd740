// What folds to a constant, and what does not.
// RUN: neap-opt %s --canonicalize | FileCheck %s

// Integer arithmetic folds, of whatever size, and wraps.
// CHECK-LABEL: neap.step @integers
neap.step @integers() -> (tensor<3xi64>, tensor<3xi1>, tensor<2xi8>) {
  // CHECK-DAG: neap.constant dense<[5, 7, 9]> : tensor<3xi64>
  // CHECK-DAG: neap.constant dense<[true, true, false]> : tensor<3xi1>
  // CHECK-DAG: neap.constant dense<[-128, 0]> : tensor<2xi8>
  // CHECK-NEXT: neap.return
  %a = neap.constant dense<[1, 2, 3]> : tensor<3xi64>
  %b = neap.constant dense<[4, 5, 6]> : tensor<3xi64>
  %0 = neap.add %a, %b : tensor<3xi64>
  %two = neap.constant dense<2> : tensor<3xi64>
  %1 = neap.compare le %a, %two : tensor<3xi64>
  %c = neap.constant dense<[127, -1]> : tensor<2xi8>
  %one = neap.constant dense<1> : tensor<2xi8>
  %2 = neap.add %c, %one : tensor<2xi8>
  neap.return %0, %1, %2 : tensor<3xi64>, tensor<3xi1>, tensor<2xi8>
}

// Floats round once to their type.
// CHECK-LABEL: neap.step @floats
neap.step @floats() -> (tensor<2xf32>, tensor<f32>, tensor<f32>) {
  // CHECK-DAG: neap.constant dense<[0.333333343, 0.666666686]> : tensor<2xf32>
  // CHECK-DAG: neap.constant dense<8.000000e+00> : tensor<f32>
  // CHECK-DAG: neap.constant dense<2.77258873> : tensor<f32>
  %a = neap.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %three = neap.constant dense<3.0> : tensor<2xf32>
  %0 = neap.div %a, %three : tensor<2xf32>
  %b = neap.constant dense<64.0> : tensor<f32>
  %half = neap.constant dense<0.5> : tensor<f32>
  %1 = neap.pow %b, %half : tensor<f32>
  %sixteen = neap.constant dense<16.0> : tensor<f32>
  %2 = neap.log %sixteen : tensor<f32>
  neap.return %0, %1, %2 : tensor<2xf32>, tensor<f32>, tensor<f32>
}

// One value everywhere stays one value, however large the tensor.
// CHECK-LABEL: neap.step @splats
neap.step @splats() -> tensor<512x4096x4096xi1> {
  // CHECK: neap.constant dense<true> : tensor<512x4096x4096xi1>
  %a = neap.constant dense<1.0> : tensor<f32>
  %0 = neap.broadcast %a : tensor<f32> -> tensor<4096x4096xf32>
  %1 = neap.transpose %0 [1, 0] : tensor<4096x4096xf32>
  %2 = neap.reshape %1 : tensor<4096x4096xf32> -> tensor<1x4096x4096xf32>
  %3 = neap.broadcast %2 : tensor<1x4096x4096xf32> -> tensor<512x4096x4096xf32>
  %4 = neap.cast %3 : tensor<512x4096x4096xf32> -> tensor<512x4096x4096xi1>
  neap.return %4 : tensor<512x4096x4096xi1>
}

// A causal mask is computed here: comparisons look through broadcasts of constants.
// CHECK-LABEL: neap.step @causal_mask
neap.step @causal_mask() -> tensor<3x3xi1> {
  // CHECK: neap.constant dense<{{\[}}[true, false, false], [true, true, false], [true, true, true]]> : tensor<3x3xi1>
  %i = neap.constant dense<[0, 1, 2]> : tensor<3xi64>
  %row = neap.reshape %i : tensor<3xi64> -> tensor<3x1xi64>
  %rows = neap.broadcast %row : tensor<3x1xi64> -> tensor<3x3xi64>
  %columns = neap.broadcast %i : tensor<3xi64> -> tensor<3x3xi64>
  %0 = neap.compare ge %rows, %columns : tensor<3x3xi64>
  neap.return %0 : tensor<3x3xi1>
}

// A mask is not stretched in memory, and what is done to it is done at its own size.
// CHECK-LABEL: neap.step @stretched_mask
neap.step @stretched_mask() -> tensor<1024x1024x2xi1> {
  // CHECK: %[[MASK:.*]] = neap.constant dense<[false, true]> : tensor<2xi1>
  // CHECK: neap.broadcast %[[MASK]] : tensor<2xi1> -> tensor<1024x1024x2xi1>
  %mask = neap.constant dense<[true, false]> : tensor<2xi1>
  %0 = neap.broadcast %mask : tensor<2xi1> -> tensor<1024x1024x2xi1>
  %1 = neap.not %0 : tensor<1024x1024x2xi1>
  neap.return %1 : tensor<1024x1024x2xi1>
}

// What moves elements folds on constants of any type.
// CHECK-LABEL: neap.step @moves
neap.step @moves() -> (tensor<2xf32>, tensor<2xf32>, tensor<4xf32>, tensor<2xf32>, tensor<4xi64>, tensor<2xi64>) {
  // CHECK-DAG: neap.constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
  // CHECK-DAG: neap.constant dense<[2.000000e+00, 3.000000e+00]> : tensor<2xf32>
  // CHECK-DAG: neap.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 9.000000e+00]> : tensor<4xf32>
  // CHECK-DAG: neap.constant dense<[1.000000e+00, 3.000000e+00]> : tensor<2xf32>
  // CHECK-DAG: neap.constant dense<[9, 7, 4, 0]> : tensor<4xi64>
  // CHECK-DAG: neap.constant dense<[6, 3]> : tensor<2xi64>
  %a = neap.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %nine = neap.constant dense<9.0> : tensor<1xf32>
  %i = neap.constant dense<[[2], [0]]> : tensor<2x1xi64>
  %j = neap.constant dense<[1, 2]> : tensor<2xi64>
  %n = neap.constant dense<[2, 3, 4, 0]> : tensor<4xi64>
  %m = neap.constant dense<[[1, 2, 3], [0, 1, 2]]> : tensor<2x3xi64>
  %0 = neap.gather_nd %a, %i : tensor<3xf32>, tensor<2x1xi64> -> tensor<2xf32>
  %1 = neap.gather %a, %j : tensor<3xf32>, tensor<2xi64>
  %2 = neap.concat %a, %nine axis 0 : tensor<3xf32>, tensor<1xf32>
  %3 = neap.slice %a starts [0] sizes [2] strides [2] : tensor<3xf32>
  %k = neap.constant dense<[0, 2, 3, 4]> : tensor<4xi64>
  %4 = neap.cumsum %k axis 0 {exclusive, reverse} : tensor<4xi64>
  %5 = neap.reduce sum %m axes [1] : tensor<2x3xi64>
  neap.return %0, %1, %2, %3, %4, %5 : tensor<2xf32>, tensor<2xf32>, tensor<4xf32>, tensor<2xf32>, tensor<4xi64>, tensor<2xi64>
}

// An index outside the table is left for the check when the program runs; so is a sum of floats, whose order is the kernel's.
// CHECK-LABEL: neap.step @left_alone
neap.step @left_alone() -> (tensor<1xf32>, tensor<f32>) {
  // CHECK: neap.gather
  // CHECK: neap.reduce sum
  %a = neap.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %i = neap.constant dense<[3]> : tensor<1xi64>
  %0 = neap.gather %a, %i : tensor<3xf32>, tensor<1xi64>
  %1 = neap.reduce sum %a axes [0] : tensor<3xf32>
  neap.return %0, %1 : tensor<1xf32>, tensor<f32>
}
