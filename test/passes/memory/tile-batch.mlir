// neap-tile-batch: forward and backward pass in a loop, what the whole batch decides outside.
// RUN: neap-opt %s --split-input-file --pass-pipeline='builtin.module(neap.step(neap-tile-batch{count=2}))' | FileCheck %s
// RUN: neap-opt %s --split-input-file --pass-pipeline='builtin.module(neap.step(neap-tile-batch))' | FileCheck %s --check-prefix=ONE

// The number of labels that count is that of the whole batch; the gradient is a sum over both parts, the losses of rows are tiles.
// CHECK-LABEL: neap.step @train
// ONE-LABEL: neap.step @train
// ONE-NOT: neap.tile_loop
neap.parameter @w : tensor<16x32xf32> trained {value = dense<0.1> : tensor<16x32xf32>}
neap.step @train(%ids: tensor<8xi64> {neap.name = "ids"}, %labels: tensor<8xi64> {neap.name = "labels"}) -> (tensor<f32> {neap.name = "loss"}, tensor<16x32xf32> {neap.name = "gradient"}) {
  %w = neap.read @w : tensor<16x32xf32>
  %table = neap.constant dense<0.5> : tensor<10x16xf32>
  %ignored = neap.constant dense<-100> : tensor<8xi64>
  // CHECK: %[[COUNTED:.*]] = neap.compare ne %arg1
  %counted = neap.compare ne %labels, %ignored : tensor<8xi64>
  // CHECK: %[[COUNT:.*]] = neap.reduce sum
  %ones = neap.cast %counted : tensor<8xi1> -> tensor<8xf32>
  %count = neap.reduce sum %ones axes [0] : tensor<8xf32>
  // CHECK: %[[LOOP:.*]]:2 = neap.tile_loop 2 slices(%arg0) wholes({{.*}}%[[COUNT]]{{.*}}) carried(
  // CHECK: neap.gather {{.*}} : tensor<10x16xf32>, tensor<4xi64>
  %x = neap.gather %table, %ids : tensor<10x16xf32>, tensor<8xi64>
  %y = neap.matmul %x, %w : tensor<8x16xf32>, tensor<16x32xf32>
  %e = neap.exp %y : tensor<8x32xf32>
  %rows = neap.reduce sum %e axes [1] : tensor<8x32xf32>
  %loss = neap.reduce sum %rows axes [0] : tensor<8xf32>
  %divisor = neap.broadcast %count : tensor<f32> -> tensor<8x32xf32>
  %dy = neap.div %e, %divisor : tensor<8x32xf32>
  %xt = neap.transpose %x [1, 0] : tensor<8x16xf32>
  // CHECK: neap.matmul {{.*}} from {{.*}} : tensor<16x4xf32>, tensor<4x32xf32>
  %dw = neap.matmul %xt, %dy : tensor<16x8xf32>, tensor<8x32xf32>
  // CHECK: } : {{.*}} -> (tensor<16x32xf32>, tensor<8xf32>)
  // CHECK: %[[LOSS:.*]] = neap.reduce sum %[[LOOP]]#1
  // CHECK: neap.return %[[LOSS]], %[[LOOP]]#0
  neap.return %loss, %dw : tensor<f32>, tensor<16x32xf32>
}
