// What an input indexes, and how a file of tokens fills it.
// RUN: neap-opt -split-input-file -neap-describe-inputs %s | FileCheck %s

// Token ids index the rows of the smallest table they reach through views.
// CHECK-LABEL: neap.step @tokens
// CHECK-SAME: %{{.*}}: tensor<2x4xi64> {neap.limit = 16 : i64, neap.minimum = 0 : i64, neap.name = "input_ids", neap.role = "tokens"}
// CHECK-SAME: %{{.*}}: tensor<2x4xi64> {neap.name = "attention_mask", neap.role = "mask"}
// CHECK-SAME: %{{.*}}: tensor<32x8xf32> {neap.name = "x"}
neap.parameter @w : tensor<16x8xf32> trained {value = dense<0.0> : tensor<16x8xf32>}
neap.step @tokens(%ids: tensor<2x4xi64> {neap.name = "input_ids"}, %mask: tensor<2x4xi64> {neap.name = "attention_mask"},
                  %x: tensor<32x8xf32> {neap.name = "x"}) -> (tensor<8x8xf32> {neap.name = "y"}) {
  %w = neap.read @w : tensor<16x8xf32>
  %flat = neap.reshape %ids : tensor<2x4xi64> -> tensor<8xi64>
  %a = neap.gather %x, %flat : tensor<32x8xf32>, tensor<8xi64>
  %b = neap.gather %w, %flat : tensor<16x8xf32>, tensor<8xi64>
  %c = neap.add %a, %b : tensor<8x8xf32>
  neap.return %c : tensor<8x8xf32>
}

// -----

// Labels are below the number of classes, or the ignored one, whatever the input is called.
// CHECK-LABEL: neap.step @labels
// CHECK-SAME: %{{.*}}: tensor<2x4xi64> {neap.ignore = -100 : i64, neap.limit = 10 : i64, neap.minimum = 0 : i64, neap.name = "targets", neap.role = "labels"}
neap.step @labels(%scores: tensor<8x10xf32> {neap.name = "scores"}, %labels: tensor<2x4xi64> {neap.name = "targets"})
    -> (tensor<f32> {neap.name = "loss"}) {
  %flat = neap.reshape %labels : tensor<2x4xi64> -> tensor<8xi64>
  %loss, %lse, %count = neap.cross_entropy %scores, %flat {ignore_index = -100 : i64} : tensor<8x10xf32>, tensor<8xi64>
  neap.return %loss : tensor<f32>
}

// -----

// A comparison yields no index, and a number that indexes nothing is left alone.
// CHECK-LABEL: neap.step @no_index
// CHECK-SAME: %{{.*}}: tensor<4xi64> {neap.name = "n"}
neap.step @no_index(%n: tensor<4xi64> {neap.name = "n"}) -> (tensor<4xi1> {neap.name = "y"}) {
  %zero = neap.constant dense<0> : tensor<4xi64>
  %y = neap.compare lt %n, %zero : tensor<4xi64>
  neap.return %y : tensor<4xi1>
}

// -----

// Indices computed from an input say nothing of the input; a loss still makes labels of it.
// CHECK-LABEL: neap.step @computed
// CHECK-SAME: %{{.*}}: tensor<8xi64> {neap.name = "targets", neap.role = "labels"}
neap.step @computed(%scores: tensor<8x10xf32> {neap.name = "scores"}, %labels: tensor<8xi64> {neap.name = "targets"})
    -> (tensor<f32> {neap.name = "loss"}) {
  %one = neap.constant dense<1> : tensor<8xi64>
  %shifted = neap.sub %labels, %one : tensor<8xi64>
  %loss, %lse, %count = neap.cross_entropy %scores, %shifted {ignore_index = -100 : i64} : tensor<8x10xf32>, tensor<8xi64>
  neap.return %loss : tensor<f32>
}

// -----

// A label that the loss ignores is no row of a table: with both readers it is not allowed.
// CHECK-LABEL: neap.step @both
// CHECK-SAME: %{{.*}}: tensor<8xi64> {neap.limit = 10 : i64, neap.minimum = 0 : i64, neap.name = "targets", neap.role = "labels"}
neap.step @both(%table: tensor<16x10xf32> {neap.name = "table"}, %labels: tensor<8xi64> {neap.name = "targets"})
    -> (tensor<f32> {neap.name = "loss"}) {
  %scores = neap.gather %table, %labels : tensor<16x10xf32>, tensor<8xi64>
  %loss, %lse, %count = neap.cross_entropy %scores, %labels {ignore_index = -100 : i64} : tensor<8x10xf32>, tensor<8xi64>
  neap.return %loss : tensor<f32>
}

// -----

// Shifted labels are labels all the same: what is joined to them is ignored.
// CHECK-LABEL: neap.step @shifted
// CHECK-SAME: %{{.*}}: tensor<2x4xi64> {neap.ignore = -100 : i64, neap.limit = 10 : i64, neap.minimum = 0 : i64, neap.name = "targets", neap.role = "labels"}
neap.step @shifted(%scores: tensor<8x10xf32> {neap.name = "scores"}, %labels: tensor<2x4xi64> {neap.name = "targets"})
    -> (tensor<f32> {neap.name = "loss"}) {
  %kept = neap.slice %labels starts [0, 1] sizes [2, 3] strides [1, 1] : tensor<2x4xi64>
  %none = neap.constant dense<-100> : tensor<2x1xi64>
  %all = neap.concat %kept, %none axis 1 : tensor<2x3xi64>, tensor<2x1xi64>
  %flat = neap.reshape %all : tensor<2x4xi64> -> tensor<8xi64>
  %loss, %lse, %count = neap.cross_entropy %scores, %flat {ignore_index = -100 : i64} : tensor<8x10xf32>, tensor<8xi64>
  neap.return %loss : tensor<f32>
}
