// neap-insert-stashes: what waits in bf16 from the forward to the backward pass, and what does not.
// RUN: neap-opt %s --split-input-file --pass-pipeline='builtin.module(neap.step(neap-insert-stashes))' | FileCheck %s
// RUN: neap-opt %s --split-input-file --pass-pipeline='builtin.module(neap.step(neap-insert-stashes))' --remarks-filter=neap-insert-stashes 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK

// As the pass documents it: readers behind the loss get the rounded number, the forward pass does not. An activation is made of what it
// was made of, once more. The parameter and the input are read as they are.
// CHECK-LABEL: neap.step @layers
// REMARK-DAG: [Passed] Stash | Category:neap-insert-stashes | Bytes=8192, Remark="waits in bf16"
// REMARK-DAG: [Passed] Repeat | Category:neap-insert-stashes | Bytes=16384, Remark="computed from what is kept"
// REMARK-DAG: [Analysis] Stashes | Category:neap-insert-stashes | Bytes=8192, BytesBefore=16384, RepeatedBytes=16384, Values=1
neap.parameter @w : tensor<64x64xf32> trained {value = dense<0.1> : tensor<64x64xf32>}
neap.step @layers(%x: tensor<64x64xf32> {neap.name = "x"}) -> (tensor<f32> {neap.name = "loss"}, tensor<64x64xf32> {neap.name = "a"}, tensor<64x64xf32> {neap.name = "b"}, tensor<64x64xf32> {neap.name = "c"}) {
  // CHECK: %[[W:.*]] = neap.read @w
  %w = neap.read @w : tensor<64x64xf32>
  // CHECK: %[[H:.*]] = neap.matmul %arg0, %[[W]]
  // CHECK-NEXT: %[[STASH:.*]] = neap.stash %[[H]] : tensor<64x64xf32> -> tensor<64x64xbf16>
  %h = neap.matmul %x, %w : tensor<64x64xf32>, tensor<64x64xf32>
  // CHECK-NEXT: %[[G:.*]] = neap.gelu %[[H]]
  %g = neap.gelu %h : tensor<64x64xf32>
  // CHECK: neap.matmul %[[G]], %[[W]]
  %y = neap.matmul %g, %w : tensor<64x64xf32>, tensor<64x64xf32>
  %rows = neap.reduce sum %y axes [1] : tensor<64x64xf32>
  %loss = neap.reduce sum %rows axes [0] : tensor<64xf32>
  // CHECK: %[[LATE:.*]] = neap.cast %[[STASH]] : tensor<64x64xbf16> -> tensor<64x64xf32>
  // CHECK: %[[AGAIN:.*]] = neap.gelu %[[LATE]]
  // CHECK: %[[VIEW:.*]] = neap.transpose %[[AGAIN]] [1, 0]
  // CHECK: neap.matmul %[[VIEW]], %[[W]]
  %gt = neap.transpose %g [1, 0] : tensor<64x64xf32>
  %a = neap.matmul %gt, %w : tensor<64x64xf32>, tensor<64x64xf32>
  // CHECK: neap.gelu_backward %[[LATE]], %[[W]]
  %b = neap.gelu_backward %h, %w : tensor<64x64xf32>
  // CHECK-NOT: neap.stash
  // CHECK: neap.mul %arg0, %[[W]]
  %c = neap.mul %x, %w : tensor<64x64xf32>
  // CHECK: neap.return
  neap.return %loss, %a, %b, %c : tensor<f32>, tensor<64x64xf32>, tensor<64x64xf32>, tensor<64x64xf32>
}

// -----

// What is small beside others (the sums), an integer, what an exponential needs (the scores), what nothing large is made behind (the
// difference), and what leaves the step stay as they are.
// CHECK-LABEL: neap.step @exceptions
// CHECK-NOT: neap.stash
// REMARK-DAG: [Missed] Stash | Category:neap-insert-stashes | Bytes=16384, Reason="an op behind the forward pass needs it in fp32"
// REMARK-DAG: [Missed] Stash | Category:neap-insert-stashes | Bytes=16384, Reason="nothing large is made while it waits"
neap.step @exceptions(%x: tensor<64x64xf32> {neap.name = "x"}, %i: tensor<64x64xi64>) -> (tensor<f32> {neap.name = "loss"}, tensor<64x64xf32> {neap.name = "p"}, tensor<64x64xf32> {neap.name = "d"}, tensor<64x64xi64> {neap.name = "n"}, tensor<64x64xf32> {neap.name = "out"}) {
  %table = neap.constant dense<0.5> : tensor<64x64xf32>
  // CHECK: %[[SCORES:.*]] = neap.matmul
  // CHECK-NOT: neap.stash
  %scores = neap.matmul %x, %table : tensor<64x64xf32>, tensor<64x64xf32>
  %sums = neap.reduce sum %scores axes [1] : tensor<64x64xf32>
  %y = neap.matmul %scores, %table : tensor<64x64xf32>, tensor<64x64xf32>
  %j = neap.add %i, %i : tensor<64x64xi64>
  %numbers = neap.cast %j : tensor<64x64xi64> -> tensor<64x64xf32>
  %n0 = neap.add %y, %numbers : tensor<64x64xf32>
  // CHECK: %[[DIFFERENCE:.*]] = neap.sub
  // CHECK-NOT: neap.stash
  %difference = neap.sub %n0, %x : tensor<64x64xf32>
  %rows = neap.reduce sum %difference axes [1] : tensor<64x64xf32>
  %both = neap.add %rows, %sums : tensor<64xf32>
  %loss = neap.reduce sum %both axes [0] : tensor<64xf32>
  %r = neap.reshape %sums : tensor<64xf32> -> tensor<64x1xf32>
  %b = neap.broadcast %r : tensor<64x1xf32> -> tensor<64x64xf32>
  // CHECK: %[[SHIFTED:.*]] = neap.sub %[[SCORES]]
  %shifted = neap.sub %scores, %b : tensor<64x64xf32>
  %p = neap.exp %shifted : tensor<64x64xf32>
  // CHECK: neap.mul %[[DIFFERENCE]], %arg0
  %d = neap.mul %difference, %x : tensor<64x64xf32>
  %n = neap.mul %j, %j : tensor<64x64xi64>
  neap.return %loss, %p, %d, %n, %y : tensor<f32>, tensor<64x64xf32>, tensor<64x64xf32>, tensor<64x64xi64>, tensor<64x64xf32>
}

// -----

// A view is seen through: the whole is stashed, and viewed late. A mask that is drawn waits for nobody.
// CHECK-LABEL: neap.step @views
neap.step @views(%x: tensor<64x64xf32> {neap.name = "x"}, %w: tensor<64x64xf32>) -> (tensor<f32> {neap.name = "loss"}, tensor<64x32xf32> {neap.name = "a"}) {
  // CHECK: %[[Q:.*]] = neap.matmul
  // CHECK-NEXT: %[[STASH:.*]] = neap.stash %[[Q]]
  // CHECK-NOT: neap.stash
  %q = neap.matmul %x, %w : tensor<64x64xf32>, tensor<64x64xf32>
  %left = neap.slice %q starts [0, 0] sizes [64, 32] strides [1, 1] : tensor<64x64xf32>
  %right = neap.slice %q starts [0, 32] sizes [64, 32] strides [1, 1] : tensor<64x64xf32>
  %rt = neap.transpose %right [1, 0] : tensor<64x32xf32>
  %y = neap.matmul %left, %rt : tensor<64x32xf32>, tensor<32x64xf32>
  %rows = neap.reduce sum %y axes [1] : tensor<64x64xf32>
  %loss = neap.reduce sum %rows axes [0] : tensor<64xf32>
  // CHECK: %[[LATE:.*]] = neap.cast %[[STASH]]
  // CHECK: %[[LEFT:.*]] = neap.slice %[[LATE]] starts [0, 0]
  // CHECK: %[[RIGHT:.*]] = neap.slice %[[LATE]] starts [0, 32]
  // CHECK: neap.mul %[[LEFT]], %[[RIGHT]]
  %a = neap.mul %left, %right : tensor<64x32xf32>
  neap.return %loss, %a : tensor<f32>, tensor<64x32xf32>
}
