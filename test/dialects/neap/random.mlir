// Ops that draw random numbers print what they parse; ops with words of their own are never one.
// RUN: neap-opt %s | FileCheck %s
// RUN: neap-opt %s | neap-opt | FileCheck %s
// RUN: neap-opt %s --mlir-print-op-generic | neap-opt | FileCheck %s
// RUN: neap-opt %s --canonicalize --cse --sccp --canonicalize | FileCheck %s --check-prefix=CANONICAL

// CHECK-LABEL: neap.step @random
neap.step @random(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<4xf64>) {
  // CHECK: %[[L:.*]] = neap.step_value seed_low : tensor<ui32>
  %l = neap.step_value seed_low : tensor<ui32>
  // CHECK: %[[H:.*]] = neap.step_value seed_high : tensor<ui32>
  %h = neap.step_value seed_high : tensor<ui32>
  // CHECK: %[[S:.*]] = neap.step_value step : tensor<ui32>
  %s = neap.step_value step : tensor<ui32>
  // CHECK: %[[ID:.*]] = neap.random_id 4294967295 : tensor<ui32>
  %id = neap.random_id 4294967295 : tensor<ui32>
  // CHECK: neap.dropout %{{.*}} ratio 1.000000e-01 key %[[L]], %[[H]], %[[S]], %[[ID]] : tensor<2x3xf32>
  %0 = neap.dropout %x ratio 0.1 key %l, %h, %s, %id : tensor<2x3xf32>
  // CHECK: neap.random_uniform key %[[L]], %[[H]], %[[S]], %[[ID]] : tensor<4xf64>
  %1 = neap.random_uniform key %l, %h, %s, %id : tensor<4xf64>
  // CHECK: neap.dropout %{{.*}} ratio 1.000000e-01 key %[[L]], %[[H]], %[[S]], %[[ID]] skip %[[S]] : tensor<2x3xf32>
  %2 = neap.dropout %0 ratio 0.1 key %l, %h, %s, %id skip %s : tensor<2x3xf32>
  // CHECK: neap.random_uniform key %[[L]], %[[H]], %[[S]], %[[ID]] skip %[[S]] : tensor<4xf64>
  %3 = neap.random_uniform key %l, %h, %s, %id skip %s : tensor<4xf64>
  neap.return %2, %3 : tensor<2x3xf32>, tensor<4xf64>
}

// Two ids are two masks, whatever else is equal. Equal ids are one: whoever repeats an op means it.
// CANONICAL-LABEL: neap.step @ids
neap.step @ids(%x: tensor<2x3xf32>, %l: tensor<ui32>, %h: tensor<ui32>, %s: tensor<ui32>)
    -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  // CANONICAL-DAG: %[[ONE:.*]] = neap.random_id 1
  // CANONICAL-DAG: %[[TWO:.*]] = neap.random_id 2
  %one = neap.random_id 1 : tensor<ui32>
  %two = neap.random_id 2 : tensor<ui32>
  %again = neap.random_id 1 : tensor<ui32>
  // CANONICAL: %[[A:.*]] = neap.dropout %{{.*}}, %[[ONE]] : tensor<2x3xf32>
  %0 = neap.dropout %x ratio 0.1 key %l, %h, %s, %one : tensor<2x3xf32>
  // CANONICAL-NEXT: %[[B:.*]] = neap.dropout %{{.*}}, %[[TWO]] : tensor<2x3xf32>
  %1 = neap.dropout %x ratio 0.1 key %l, %h, %s, %two : tensor<2x3xf32>
  %2 = neap.dropout %x ratio 0.1 key %l, %h, %s, %again : tensor<2x3xf32>
  // CANONICAL-NEXT: neap.return %[[A]], %[[B]], %[[A]]
  neap.return %0, %1, %2 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// A mask over constants stays where it is: it is another one at each element, and in each step.
// CANONICAL-LABEL: neap.step @constants
neap.step @constants(%x: tensor<4x3xf32>) -> (tensor<4x3xf32>, tensor<4x3xf32>) {
  // CANONICAL: %[[ONES:.*]] = neap.constant dense<1.000000e+00> : tensor<4x3xf32>
  // CANONICAL: %[[MASK:.*]] = neap.dropout %[[ONES]] ratio 5.000000e-01 key {{.*}} : tensor<4x3xf32>
  // CANONICAL: %[[KEPT:.*]] = neap.mul %[[MASK]], %{{.*}} : tensor<4x3xf32>
  // CANONICAL: %[[ROWS:.*]] = neap.dropout %{{.*}} ratio 5.000000e-01 key {{.*}} : tensor<4x3xf32>
  // CANONICAL: neap.return %[[KEPT]], %[[ROWS]]
  %l = neap.constant dense<1> : tensor<ui32>
  %ones = neap.constant dense<1.0> : tensor<4x3xf32>
  %row = neap.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %rows = neap.broadcast %row : tensor<3xf32> -> tensor<4x3xf32>
  %0 = neap.dropout %ones ratio 0.5 key %l, %l, %l, %l : tensor<4x3xf32>
  %1 = neap.mul %0, %x : tensor<4x3xf32>
  %2 = neap.dropout %rows ratio 0.5 key %l, %l, %l, %l : tensor<4x3xf32>
  neap.return %1, %2 : tensor<4x3xf32>, tensor<4x3xf32>
}

// CANONICAL-LABEL: neap.step @nothing_dropped
// CANONICAL-SAME: %[[X:[^:]*]]: tensor<2x3xf32>
neap.step @nothing_dropped(%x: tensor<2x3xf32>, %l: tensor<ui32>) -> tensor<2x3xf32> {
  // CANONICAL-NEXT: neap.return %[[X]]
  %0 = neap.dropout %x ratio 0.0 key %l, %l, %l, %l : tensor<2x3xf32>
  neap.return %0 : tensor<2x3xf32>
}
