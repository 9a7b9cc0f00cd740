// RUN: split-file %s %t
// RUN: neap-opt %t/scores.mlir --neap-attach-loss | FileCheck %s --check-prefix=PLAIN
// RUN: neap-opt %t/scores.mlir --neap-attach-loss='kind=cross-entropy shift-labels labels=targets' | FileCheck %s --check-prefix=SHIFT
// RUN: neap-opt %t/scores.mlir --neap-attach-loss='shift-labels labels=ids' | FileCheck %s --check-prefix=REUSE
// RUN: neap-opt %t/scores.mlir --neap-attach-loss='kind=mse' | FileCheck %s --check-prefix=MSE
// RUN: neap-opt %t/two.mlir --neap-attach-loss='loss-output=cost' | FileCheck %s --check-prefix=GRAPH
// RUN: neap-opt %t/half.mlir --neap-attach-loss | FileCheck %s --check-prefix=HALF

// Cross-entropy of all rows; labels become the last input.
// PLAIN: neap.step @forward(%{{.*}}: tensor<2x3xi64> {neap.name = "ids"}, %[[X:.*]]: tensor<2x3x5xf32> {neap.name = "x"}, %[[L:.*]]: tensor<2x3xi64> {neap.name = "labels"}) -> (tensor<f32> {neap.name = "loss"})
// PLAIN-NEXT: %[[ROWS:.*]] = neap.reshape %[[X]] : tensor<2x3x5xf32> -> tensor<6x5xf32>
// PLAIN-NEXT: %[[FLAT:.*]] = neap.reshape %[[L]] : tensor<2x3xi64> -> tensor<6xi64>
// PLAIN-NEXT: %[[LOSS:[^,]*]], %{{.*}} = neap.cross_entropy %[[ROWS]], %[[FLAT]] {ignore_index = -100 : i64}
// PLAIN-NEXT: neap.return %[[LOSS]] : tensor<f32>

// Shifted: labels move by one, and the last position has none. No score is copied.
// SHIFT: neap.step @forward(%{{.*}}: tensor<2x3xi64> {neap.name = "ids"}, %[[X:.*]]: tensor<2x3x5xf32> {neap.name = "x"}, %[[L:.*]]: tensor<2x3xi64> {neap.name = "targets"})
// SHIFT-NEXT: %[[LS:.*]] = neap.slice %[[L]] starts [0, 1] sizes [2, 2]
// SHIFT-NEXT: %[[NONE:.*]] = neap.constant dense<-100> : tensor<2x1xi64>
// SHIFT-NEXT: %[[SHIFTED:.*]] = neap.concat %[[LS]], %[[NONE]] axis 1
// SHIFT-NEXT: %[[ROWS:.*]] = neap.reshape %[[X]] : tensor<2x3x5xf32> -> tensor<6x5xf32>
// SHIFT-NEXT: %[[FLAT:.*]] = neap.reshape %[[SHIFTED]] : tensor<2x3xi64> -> tensor<6xi64>
// SHIFT: neap.cross_entropy %[[ROWS]], %[[FLAT]]

// An input of the right type serves as labels.
// REUSE: neap.step @forward(%[[IDS:.*]]: tensor<2x3xi64> {neap.name = "ids"}, %{{.*}}: tensor<2x3x5xf32> {neap.name = "x"}) ->
// REUSE: neap.slice %[[IDS]] starts [0, 1] sizes [2, 2]

// The mean squared error: along the last axis first, then the rest in order.
// MSE: neap.step @forward({{.*}}%[[L:.*]]: tensor<2x3x5xf32> {neap.name = "labels"})
// MSE: %[[D:.*]] = neap.sub %{{.*}}, %[[L]]
// MSE-NEXT: %[[SQUARE:.*]] = neap.mul %[[D]], %[[D]]
// MSE-NEXT: %[[SUMS:.*]] = neap.reduce sum %[[SQUARE]] axes [2]
// MSE-NEXT: %[[FLAT:.*]] = neap.reshape %[[SUMS]] : tensor<2x3xf32> -> tensor<6xf32>
// MSE-NEXT: %[[SUM:.*]] = neap.reduce sum %[[FLAT]] axes [0]
// MSE-NEXT: %[[N:.*]] = neap.constant dense<3.000000e+01>
// MSE-NEXT: neap.div %[[SUM]], %[[N]]

// A loss in the graph is made a scalar; the other output goes with what only it needs.
// GRAPH: neap.step @forward(%[[X:.*]]: tensor<1xf32> {neap.name = "x"}) -> (tensor<f32> {neap.name = "loss"})
// GRAPH-NEXT: %[[LOSS:.*]] = neap.reshape %[[X]] : tensor<1xf32> -> tensor<f32>
// GRAPH-NEXT: neap.return %[[LOSS]]

// Scores in 16 bits are widened before the loss.
// HALF: %[[WIDE:.*]] = neap.cast %{{.*}} : tensor<4x5xf16> -> tensor<4x5xf32>
// HALF: neap.cross_entropy %[[WIDE]]

//--- scores.mlir
neap.step @forward(%ids: tensor<2x3xi64> {neap.name = "ids"}, %x: tensor<2x3x5xf32> {neap.name = "x"}) -> (tensor<2x3x5xf32> {neap.name = "logits"}) {
  neap.return %x : tensor<2x3x5xf32>
}
//--- two.mlir
neap.step @forward(%x: tensor<1xf32> {neap.name = "x"}) -> (tensor<1xf32> {neap.name = "cost"}, tensor<1xf32> {neap.name = "other"}) {
  %0 = neap.exp %x : tensor<1xf32>
  neap.return %x, %0 : tensor<1xf32>, tensor<1xf32>
}
//--- half.mlir
neap.step @forward(%x: tensor<4x5xf16> {neap.name = "x"}) -> (tensor<4x5xf16> {neap.name = "logits"}) {
  neap.return %x : tensor<4x5xf16>
}
