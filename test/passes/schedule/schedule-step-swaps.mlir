// Copies to far memory and back: streams, events, and when bytes are free.
// RUN: neap-opt %s --split-input-file --pass-pipeline='builtin.module(neap-schedule-step,sched.program(neap-verify-plan))' | FileCheck %s

// An activation goes out behind what makes it; what runs behind %b waits for that, so %a's bytes are free for %d. It comes back
// for %e once %c is there.
// CHECK-LABEL: sched.program @swap arenas [#sched.arena<device, {{[0-9]+}}>, #sched.arena<far, 4096>]
neap.step @swap(%x: tensor<1024xf32> {neap.name = "x"}) -> (tensor<1024xf32> {neap.name = "y"}) {
  // CHECK: %[[X:.*]] = sched.slot input "x"
  // CHECK: %[[A:.*]] = sched.launch @pointwise_0 stream(compute) in(%[[X]]
  %a = neap.fused pointwise (%x) {
  ^bb0(%p: tensor<1024xf32>):
    %0 = neap.exp %p : tensor<1024xf32>
    neap.yield %0 : tensor<1024xf32>
  } : (tensor<1024xf32>) -> tensor<1024xf32>
  // CHECK: %[[MADE:.*]] = sched.signal stream(compute)
  // CHECK: %[[FAR:.*]] = sched.copy %[[A]] to %{{.*}} stream(offload) after(%[[MADE]]) : <tensor<1024xf32>> to <tensor<1024xf32>, far>
  // CHECK: %[[OUT:.*]] = sched.signal stream(offload)
  %far = neap.offload %a : tensor<1024xf32>
  // CHECK: %[[B:.*]] = sched.launch
  %b = neap.fused pointwise (%x) {
  ^bb0(%p: tensor<1024xf32>):
    %0 = neap.tanh %p : tensor<1024xf32>
    neap.yield %0 : tensor<1024xf32>
  } : (tensor<1024xf32>) -> tensor<1024xf32>
  %done = neap.await %far after %b : tensor<1024xf32> after tensor<1024xf32>
  // CHECK: %[[C:.*]] = sched.launch {{.*}} after(%[[OUT]])
  %c = neap.fused pointwise (%b, %x) {
  ^bb0(%p: tensor<1024xf32>, %q: tensor<1024xf32>):
    %0 = neap.mul %p, %q : tensor<1024xf32>
    neap.yield %0 : tensor<1024xf32>
  } : (tensor<1024xf32>, tensor<1024xf32>) -> tensor<1024xf32>
  // CHECK: %[[FREE:.*]] = sched.signal stream(compute)
  // CHECK: %[[BACK:.*]] = sched.copy %[[FAR]] to %{{.*}} stream(reload) after(%[[OUT]], %[[FREE]])
  // CHECK: %[[IN:.*]] = sched.signal stream(reload)
  %a2 = neap.reload %done after %c : tensor<1024xf32> after tensor<1024xf32>
  // CHECK: sched.launch {{.*}} in(%[[BACK]], %[[C]] : {{.*}} after(%[[IN]])
  %e = neap.fused pointwise (%a2, %c) {
  ^bb0(%p: tensor<1024xf32>, %q: tensor<1024xf32>):
    %0 = neap.add %p, %q : tensor<1024xf32>
    neap.yield %0 : tensor<1024xf32>
  } : (tensor<1024xf32>, tensor<1024xf32>) -> tensor<1024xf32>
  neap.return %e : tensor<1024xf32>
}

// -----

// A state in far memory comes in for its update and goes back to its place, which is no slot of the device.
neap.parameter @w : tensor<1024xf32> trained {value = dense<0.0> : tensor<1024xf32>}
neap.state @m : tensor<1024xf32> of @w far
// CHECK-LABEL: sched.program @state
neap.step @state(%g: tensor<1024xf32> {neap.name = "g"}) {
  // CHECK-DAG: %[[W:.*]] = sched.slot parameter @w
  // CHECK-DAG: %[[M:.*]] = sched.slot state @m at 0 : <tensor<1024xf32>, far>
  %w = neap.read @w : tensor<1024xf32>
  %m = neap.read @m : tensor<1024xf32>
  // CHECK: %[[OLD:.*]] = sched.copy %[[M]] to %{{.*}} stream(reload)
  // CHECK: %[[IN:.*]] = sched.signal stream(reload)
  %old = neap.reload %m after %g : tensor<1024xf32> after tensor<1024xf32>
  // CHECK: %[[NEW:.*]]:2 = sched.launch {{.*}} in(%[[OLD]], {{.*}} after(%[[IN]])
  %new:2 = neap.fused pointwise (%old, %g, %w) {
  ^bb0(%p: tensor<1024xf32>, %q: tensor<1024xf32>, %r: tensor<1024xf32>):
    %0 = neap.add %p, %q : tensor<1024xf32>
    %1 = neap.sub %r, %0 : tensor<1024xf32>
    neap.yield %0, %1 : tensor<1024xf32>, tensor<1024xf32>
  } : (tensor<1024xf32>, tensor<1024xf32>, tensor<1024xf32>) -> (tensor<1024xf32>, tensor<1024xf32>)
  // CHECK: sched.copy %[[NEW]]#0 to %[[M]] stream(offload)
  %far = neap.offload %new#0 : tensor<1024xf32>
  neap.write @m, %far : tensor<1024xf32>
  neap.write @w, %new#1 : tensor<1024xf32>
  neap.return
}

// -----

// Without a neap.await the copy may take until the end of the step: %b gets bytes of its own.
// CHECK-LABEL: sched.program @until_the_end
neap.step @until_the_end(%x: tensor<1024xf32> {neap.name = "x"}) -> (tensor<1024xf32> {neap.name = "y"}) {
  // CHECK: sched.slot activation at [[PLACE:[0-9]+]] : <tensor<1024xf32>>
  // CHECK-NEXT: sched.launch
  // CHECK-NOT: sched.slot {{.*}} at [[PLACE]] : <tensor<1024xf32>>
  // CHECK: sched.return
  %a = neap.fused pointwise (%x) {
  ^bb0(%p: tensor<1024xf32>):
    %0 = neap.exp %p : tensor<1024xf32>
    neap.yield %0 : tensor<1024xf32>
  } : (tensor<1024xf32>) -> tensor<1024xf32>
  %far = neap.offload %a : tensor<1024xf32>
  %b = neap.fused pointwise (%x) {
  ^bb0(%p: tensor<1024xf32>):
    %0 = neap.tanh %p : tensor<1024xf32>
    neap.yield %0 : tensor<1024xf32>
  } : (tensor<1024xf32>) -> tensor<1024xf32>
  %back = neap.reload %far after %b : tensor<1024xf32> after tensor<1024xf32>
  %c = neap.fused pointwise (%back, %b) {
  ^bb0(%p: tensor<1024xf32>, %q: tensor<1024xf32>):
    %0 = neap.add %p, %q : tensor<1024xf32>
    neap.yield %0 : tensor<1024xf32>
  } : (tensor<1024xf32>, tensor<1024xf32>) -> tensor<1024xf32>
  neap.return %c : tensor<1024xf32>
}
