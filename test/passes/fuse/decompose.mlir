// Compound ops become primitive ones, and reductions take a form that kernels have loops for.
// RUN: neap-opt %s --neap-decompose --split-input-file | FileCheck %s

// Softmax is a maximum and a sum along the rows, and what lies between them.
// CHECK-LABEL: neap.step @softmax(
// CHECK-SAME: %[[X:.*]]: tensor<8x64xf32>
neap.step @softmax(%x: tensor<8x64xf32>) -> tensor<8x64xf32> {
  // CHECK-DAG: neap.reduce max %[[X]] axes [1]
  // CHECK: neap.exp
  // CHECK: neap.reduce sum %{{.*}} axes [1]
  // CHECK: neap.div
  // CHECK-NOT: neap.softmax
  %y = neap.softmax %x : tensor<8x64xf32>
  neap.return %y : tensor<8x64xf32>
}

// -----

// A sum over everything runs along the rows first.
// CHECK-LABEL: neap.step @everything(
neap.step @everything(%x: tensor<4x8xf32>) -> tensor<f32> {
  // CHECK: %[[ROWS:.*]] = neap.reduce sum %{{.*}} axes [1] : tensor<4x8xf32>
  // CHECK: neap.reduce sum %[[ROWS]] axes [0] : tensor<4xf32>
  %y = neap.reduce sum %x axes [0, 1] : tensor<4x8xf32>
  neap.return %y : tensor<f32>
}

// -----

// A reduced axis in the middle moves to the front.
// CHECK-LABEL: neap.step @middle(
neap.step @middle(%x: tensor<4x5x6xf32>) -> tensor<4x6xf32> {
  // CHECK: %[[MOVED:.*]] = neap.transpose %{{.*}} [1, 0, 2] : tensor<4x5x6xf32>
  // CHECK: neap.reduce max %[[MOVED]] axes [0] : tensor<5x4x6xf32>
  %y = neap.reduce max %x axes [1] : tensor<4x5x6xf32>
  neap.return %y : tensor<4x6xf32>
}

// -----

// Reductions along leading axes, or the last one alone, stay as they are.
// CHECK-LABEL: neap.step @already(
neap.step @already(%x: tensor<4x5x6xf32>) -> (tensor<6xf32>, tensor<4x5xf32>) {
  // CHECK-NEXT: neap.reduce sum %{{.*}} axes [0, 1]
  // CHECK-NEXT: neap.reduce sum %{{.*}} axes [2]
  // CHECK-NEXT: neap.return
  %y = neap.reduce sum %x axes [0, 1] : tensor<4x5x6xf32>
  %z = neap.reduce sum %x axes [2] : tensor<4x5x6xf32>
  neap.return %y, %z : tensor<6xf32>, tensor<4x5xf32>
}

// -----

// A product that is only read transposed is computed transposed: the kernel writes what is read.
// CHECK-LABEL: neap.step @transposed(
// CHECK-SAME: %[[A:.*]]: tensor<8x4xf32>, %[[B:.*]]: tensor<4x6xf32>
neap.step @transposed(%a: tensor<8x4xf32>, %b: tensor<4x6xf32>) -> tensor<6x8xf32> {
  // CHECK-DAG: %[[BT:.*]] = neap.transpose %[[B]] [1, 0]
  // CHECK-DAG: %[[AT:.*]] = neap.transpose %[[A]] [1, 0]
  // CHECK: %[[C:.*]] = neap.matmul %[[BT]], %[[AT]]
  // CHECK-NEXT: neap.return %[[C]]
  %c = neap.matmul %a, %b : tensor<8x4xf32>, tensor<4x6xf32>
  %d = neap.transpose %c [1, 0] : tensor<8x6xf32>
  neap.return %d : tensor<6x8xf32>
}

// -----

// One that is read both ways is not.
// CHECK-LABEL: neap.step @both(
neap.step @both(%a: tensor<8x4xf32>, %b: tensor<4x6xf32>) -> (tensor<8x6xf32>, tensor<6x8xf32>) {
  // CHECK-NEXT: %[[C:.*]] = neap.matmul
  // CHECK-NEXT: neap.transpose %[[C]] [1, 0]
  %c = neap.matmul %a, %b : tensor<8x4xf32>, tensor<4x6xf32>
  %d = neap.transpose %c [1, 0] : tensor<8x6xf32>
  neap.return %c, %d : tensor<8x6xf32>, tensor<6x8xf32>
}

// -----

// Nor is one that goes on from another: that lies as the product does, to be written over.
// CHECK-LABEL: neap.step @goes_on(
neap.step @goes_on(%a: tensor<8x4xf32>, %b: tensor<4x6xf32>, %c: tensor<8x6xf32>) -> tensor<6x8xf32> {
  // CHECK-NEXT: %[[C:.*]] = neap.matmul %{{.*}}, %{{.*}} from
  // CHECK-NEXT: neap.transpose %[[C]] [1, 0]
  %d = neap.matmul %a, %b from %c : tensor<8x4xf32>, tensor<4x6xf32> from tensor<8x6xf32>
  %e = neap.transpose %d [1, 0] : tensor<8x6xf32>
  neap.return %e : tensor<6x8xf32>
}

// -----

// A sum keeps what it goes on from, and its chunks, when its axes move.
// CHECK-LABEL: neap.step @sum_goes_on(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<2x70x6xf32>, %[[C:[a-z0-9]+]]: tensor<2x6xf32>
neap.step @sum_goes_on(%x: tensor<2x70x6xf32>, %c: tensor<2x6xf32>) -> tensor<2x6xf32> {
  // CHECK: %[[T:.*]] = neap.transpose %[[X]] [1, 0, 2]
  // CHECK-NEXT: neap.reduce sum %[[T]] axes [0] from %[[C]] chunk 35 : tensor<70x2x6xf32> from tensor<2x6xf32>
  %0 = neap.reduce sum %x axes [1] from %c chunk 35 : tensor<2x70x6xf32> from tensor<2x6xf32>
  neap.return %0 : tensor<2x6xf32>
}
