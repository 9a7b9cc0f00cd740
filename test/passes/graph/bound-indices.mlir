// Indices that the step computes stay inside what they index, and their extremes are returned for a check.
// RUN: neap-opt -split-input-file -neap-bound-indices %s | FileCheck %s
// RUN: neap-opt -split-input-file -neap-bound-indices -remarks-filter=neap-bound-indices -o /dev/null %s 2>&1 | FileCheck %s --check-prefix=REMARK

// Arithmetic on an input: two results with bounds, and a gather at clamped indices.
// REMARK: computed indices of node 'neap.gather' are clamped
// CHECK-LABEL: neap.step @computed
// CHECK-SAME: tensor<f32> {neap.name = "loss"}
// CHECK-SAME: tensor<i64> {neap.limit = 8 : i64, neap.minimum = 0 : i64, neap.name = "lowest index of node 'neap.gather'"}
// CHECK-SAME: tensor<i64> {neap.limit = 8 : i64, neap.minimum = 0 : i64, neap.name = "highest index of node 'neap.gather'"}
neap.step @computed(%ids: tensor<4xi64> {neap.name = "ids"}, %w: tensor<8xf32> {neap.name = "w"}) -> (tensor<f32> {neap.name = "loss"}) {
  // CHECK-DAG: %[[ZERO:.*]] = neap.constant dense<0> : tensor<4xi64>
  // CHECK-DAG: %[[LAST:.*]] = neap.constant dense<7> : tensor<4xi64>
  // CHECK-DAG: %[[SUM:.*]] = neap.add
  // CHECK-DAG: %[[ABOVE:.*]] = neap.maximum %[[SUM]], %[[ZERO]]
  // CHECK-DAG: %[[INSIDE:.*]] = neap.minimum %[[ABOVE]], %[[LAST]]
  // CHECK-DAG: %[[LOW:.*]] = neap.reduce min %[[SUM]] axes [0]
  // CHECK-DAG: %[[HIGH:.*]] = neap.reduce max %[[SUM]] axes [0]
  // CHECK: neap.gather %{{.*}}, %[[INSIDE]]
  // CHECK: neap.return %{{.*}}, %[[LOW]], %[[HIGH]]
  %two = neap.constant dense<2> : tensor<4xi64>
  %i = neap.add %ids, %two : tensor<4xi64>
  %x = neap.gather %w, %i : tensor<8xf32>, tensor<4xi64>
  %loss = neap.reduce sum %x axes [0] : tensor<4xf32>
  neap.return %loss : tensor<f32>
}

// -----

// Two readers of the same indices share them, and one pair of results.
// CHECK-LABEL: neap.step @shared
// CHECK-SAME: -> (tensor<f32> {neap.name = "loss"}, tensor<i64> {{{.*}}"lowest{{.*}}}, tensor<i64> {{{.*}}"highest{{.*}}}) {
neap.step @shared(%ids: tensor<4xi64> {neap.name = "ids"}, %w: tensor<8xf32> {neap.name = "w"}) -> (tensor<f32> {neap.name = "loss"}) {
  // CHECK: %[[INSIDE:.*]] = neap.minimum
  // CHECK: neap.gather %{{.*}}, %[[INSIDE]]
  // CHECK: neap.gather %{{.*}}, %[[INSIDE]]
  %i = neap.add %ids, %ids : tensor<4xi64>
  %x = neap.gather %w, %i : tensor<8xf32>, tensor<4xi64>
  %y = neap.gather %w, %i : tensor<8xf32>, tensor<4xi64>
  %z = neap.mul %x, %y : tensor<4xf32>
  %loss = neap.reduce sum %z axes [0] : tensor<4xf32>
  neap.return %loss : tensor<f32>
}

// -----

// An ignored label passes: it counts as 0 among the extremes and reaches the loss as it is.
// CHECK-LABEL: neap.step @labels
// CHECK-SAME: "lowest index of node 'neap.cross_entropy'"
neap.step @labels(%scores: tensor<4x10xf32> {neap.name = "scores"}, %y: tensor<4xi64> {neap.name = "y"}) -> (tensor<f32> {neap.name = "loss"}) {
  // CHECK: %[[LABELS:.*]] = neap.add
  // CHECK: %[[IGNORED:.*]] = neap.compare eq %[[LABELS]], %{{.*}}
  // CHECK-DAG: %[[COUNTED:.*]] = neap.select %[[IGNORED]], %{{.*}}, %[[LABELS]]
  // CHECK-DAG: %[[KEPT:.*]] = neap.select %[[IGNORED]], %[[LABELS]], %{{.*}}
  // CHECK-DAG: neap.reduce min %[[COUNTED]]
  // CHECK: neap.cross_entropy %{{.*}}, %[[KEPT]]
  %labels = neap.add %y, %y : tensor<4xi64>
  %loss, %lse, %count = neap.cross_entropy %scores, %labels {ignore_index = -100 : i64} : tensor<4x10xf32>, tensor<4xi64>
  neap.return %loss : tensor<f32>
}

// -----

// What is read from an input unchanged is checked before the step: nothing to do.
// CHECK-LABEL: neap.step @input
// CHECK-SAME: -> (tensor<f32> {neap.name = "loss"}) {
neap.step @input(%ids: tensor<2x2xi32> {neap.name = "ids"}, %w: tensor<8xf32> {neap.name = "w"}) -> (tensor<f32> {neap.name = "loss"}) {
  // CHECK-NOT: neap.minimum
  %flat = neap.reshape %ids : tensor<2x2xi32> -> tensor<4xi32>
  %i = neap.cast %flat : tensor<4xi32> -> tensor<4xi64>
  %x = neap.gather %w, %i : tensor<8xf32>, tensor<4xi64>
  %loss = neap.reduce sum %x axes [0] : tensor<4xf32>
  neap.return %loss : tensor<f32>
}

// -----

// Constants inside the table need no check when the program runs.
// CHECK-LABEL: neap.step @constant
// CHECK-SAME: -> (tensor<f32> {neap.name = "loss"}) {
neap.step @constant(%w: tensor<8xf32> {neap.name = "w"}) -> (tensor<f32> {neap.name = "loss"}) {
  %i = neap.constant dense<[0, 7]> : tensor<2xi64>
  %x = neap.gather %w, %i : tensor<8xf32>, tensor<2xi64>
  %loss = neap.reduce sum %x axes [0] : tensor<2xf32>
  neap.return %loss : tensor<f32>
}

// -----

// Labels that end in ignored ones come from the input unchanged; those that end in anything else are computed.
// CHECK-LABEL: neap.step @joined
// CHECK: neap.cross_entropy %{{.*}}, %[[IGNORED:.*]] {ignore_index = -100 : i64}
// CHECK: neap.minimum
// CHECK: neap.cross_entropy
neap.step @joined(%scores: tensor<4x10xf32> {neap.name = "scores"}, %labels: tensor<3xi64> {neap.name = "labels"})
    -> (tensor<f32> {neap.name = "loss"}, tensor<f32> {neap.name = "other"}) {
  %none = neap.constant dense<-100> : tensor<1xi64>
  %first = neap.constant dense<0> : tensor<1xi64>
  %a = neap.concat %labels, %none axis 0 : tensor<3xi64>, tensor<1xi64>
  %b = neap.concat %labels, %first axis 0 : tensor<3xi64>, tensor<1xi64>
  %loss, %lse, %count = neap.cross_entropy %scores, %a {ignore_index = -100 : i64} : tensor<4x10xf32>, tensor<4xi64>
  %loss2, %lse2, %count2 = neap.cross_entropy %scores, %b {ignore_index = -100 : i64} : tensor<4x10xf32>, tensor<4xi64>
  neap.return %loss, %loss2 : tensor<f32>, tensor<f32>
}
