// A tile loop is one task with a storage for what its rounds make; views move with the round.
// RUN: neap-opt %s --split-input-file --pass-pipeline='builtin.module(neap-schedule-step,sched.program(neap-verify-plan))' | FileCheck %s

// The sum stays where its zeros were written; tiles of %y are written where they belong; only a tile of %t exists.
// CHECK-LABEL: sched.program @loop
neap.step @loop(%x: tensor<256x64xf32> {neap.name = "x"}) -> (tensor<64xf32> {neap.name = "sum"}, tensor<256x64xf32> {neap.name = "y"}) {
  // CHECK-DAG: %[[X:.*]] = sched.slot input "x" at 0
  // CHECK-DAG: %[[TILE:.*]] = sched.slot activation at {{[0-9]+}} : <tensor<64x64xf32>>
  // CHECK-DAG: %[[Y:.*]] = sched.slot output "y"
  // CHECK-DAG: %[[ZEROS:.*]] = sched.launch @pointwise_0 stream(compute) in() out(%{{.*}})
  %zeros = neap.fused pointwise () {
    %0 = neap.constant dense<0.0> : tensor<64xf32>
    neap.yield %0 : tensor<64xf32>
  } : () -> tensor<64xf32>
  // CHECK: %[[ALL:.*]]:2 = sched.loop 4 carries(%[[ZEROS]], %[[Y]]) {
  // CHECK-NEXT: ^bb0(%[[I:.*]]: index, %[[S:.*]]: !sched.slot<tensor<64xf32>>, %[[WHOLE:.*]]: !sched.slot<tensor<256x64xf32>>):
  %sum, %y = neap.tile_loop 4 slices(%x) wholes() carried(%zeros) {
  ^bb0(%t: tensor<64x64xf32>, %s: tensor<64xf32>):
    // CHECK-DAG: %[[X_I:.*]] = sched.view %[[X]] + [%[[I]]] * [16384]
    // CHECK-DAG: %[[Y_I:.*]] = sched.view %[[WHOLE]] + [%[[I]]] * [16384]
    // CHECK: %[[E:.*]] = sched.launch @{{.*}} in(%[[X_I]] : {{.*}}) out(%[[TILE]]
    %e = neap.fused pointwise (%t) {
    ^bb0(%p: tensor<64x64xf32>):
      %0 = neap.exp %p : tensor<64x64xf32>
      neap.yield %0 : tensor<64x64xf32>
    } : (tensor<64x64xf32>) -> tensor<64x64xf32>
    // CHECK: %[[T:.*]] = sched.launch @{{.*}} in(%[[E]] : {{.*}}) out(%[[Y_I]]
    %r = neap.fused pointwise (%e) {
    ^bb0(%p: tensor<64x64xf32>):
      %0 = neap.tanh %p : tensor<64x64xf32>
      neap.yield %0 : tensor<64x64xf32>
    } : (tensor<64x64xf32>) -> tensor<64x64xf32>
    // CHECK: %[[NEXT:.*]] = sched.launch @{{.*}} in(%[[T]], %[[S]] : {{.*}}) out(%[[S]]
    %n = neap.fused column (%r, %s) {
    ^bb0(%p: tensor<64x64xf32>, %q: tensor<64xf32>):
      %0 = neap.reduce sum %p axes [0] from %q chunk 32 : tensor<64x64xf32> from tensor<64xf32>
      neap.yield %0 : tensor<64xf32>
    } : (tensor<64x64xf32>, tensor<64xf32>) -> tensor<64xf32>
    // CHECK: %[[MERGED:.*]] = sched.merge %[[WHOLE]] with %[[T]]
    // CHECK: sched.yield %[[NEXT]], %[[MERGED]]
    neap.yield %n, %r : tensor<64xf32>, tensor<64x64xf32>
  } : (tensor<256x64xf32>, tensor<64xf32>) -> (tensor<64xf32>, tensor<256x64xf32>)
  // CHECK: sched.return %[[ALL]]#0, %[[ALL]]#1
  neap.return %sum, %y : tensor<64xf32>, tensor<256x64xf32>
}
