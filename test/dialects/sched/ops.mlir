// What the dialect can say survives printing and parsing.
// RUN: neap-opt %s | neap-opt | FileCheck %s
// RUN: neap-opt -mlir-print-op-generic %s | neap-opt | FileCheck %s

neap.parameter @w : tensor<64xf32> trained {value = dense<0.0> : tensor<64xf32>}
neap.state @w.m : tensor<64xf32> of @w

// CHECK-LABEL: sched.kernel @scale pointwise (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32> in_place [#sched.in_place<0 over 1>]
sched.kernel @scale pointwise (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32> in_place [#sched.in_place<0 over 1>] {
^bb0(%a: tensor<64xf32>, %b: tensor<64xf32>):
  %c = neap.mul %a, %b : tensor<64xf32>
  neap.yield %c : tensor<64xf32>
}
sched.kernel @fill pointwise () -> tensor<64xf32> {
  %c = neap.constant dense<1.0> : tensor<64xf32>
  neap.yield %c : tensor<64xf32>
}

// CHECK-LABEL: sched.program @train arenas [#sched.arena<device, 8192>, #sched.arena<far, 4096>]
sched.program @train arenas [#sched.arena<device, 8192>, #sched.arena<far, 4096>] {
  // CHECK: %[[W:.*]] = sched.slot parameter @w at 0 {{.*}}<tensor<64xf32>>
  %w = sched.slot parameter @w at 0 : !sched.slot<tensor<64xf32>>
  // CHECK: sched.slot input "x" at 256 {neap.limit = 9 : i64} {{.*}}<tensor<64xf32>>
  %x = sched.slot input "x" at 256 {neap.limit = 9 : i64} : !sched.slot<tensor<64xf32>>
  // CHECK: sched.slot step_block at 512 {{.*}}<tensor<18xi32>>
  %block = sched.slot step_block at 512 : !sched.slot<tensor<18xi32>>
  // CHECK: sched.slot constant at 640 value dense<1.000000e+00> : tensor<2xf32> {{.*}}<tensor<2xf32>>
  %one = sched.slot constant at 640 value dense<1.0> : tensor<2xf32> : !sched.slot<tensor<2xf32>>
  // CHECK: %[[FAR:.*]] = sched.slot activation at 0 {{.*}}<tensor<64xf32>, far>
  %far = sched.slot activation at 0 : !sched.slot<tensor<64xf32>, far>
  // CHECK: %[[BIG:.*]] = sched.slot activation at 1024 {{.*}}<tensor<16x64xf32>>
  %big = sched.slot activation at 1024 : !sched.slot<tensor<16x64xf32>>
  // CHECK: sched.view %{{.*}} at 12 {{.*}}<tensor<18xi32>> -> {{.*}}<tensor<f32>>
  %beta = sched.view %block at 12 : !sched.slot<tensor<18xi32>> -> !sched.slot<tensor<f32>>
  // CHECK: %[[V:.*]] = sched.launch @scale stream(compute) in(%{{.*}}, %[[W]] : {{.*}}) out(%[[W]] {{.*}}<tensor<64xf32>>)
  %v = sched.launch @scale stream(compute) in(%x, %w : !sched.slot<tensor<64xf32>>, !sched.slot<tensor<64xf32>>)
    out(%w : !sched.slot<tensor<64xf32>>)
  // CHECK: sched.observe %{{.*}} of @w
  sched.observe %x of @w : !sched.slot<tensor<64xf32>>
  // CHECK: %[[E:.*]] = sched.signal stream(compute)
  %e = sched.signal stream(compute)
  // CHECK: sched.copy %[[V]] to %[[FAR]] stream(offload) after(%[[E]]) {{.*}}<tensor<64xf32>> to {{.*}}<tensor<64xf32>, far>
  %h = sched.copy %v to %far stream(offload) after(%e) : !sched.slot<tensor<64xf32>> to !sched.slot<tensor<64xf32>, far>
  // CHECK: sched.loop 16 carries(%[[BIG]], %[[E]]) {
  // CHECK-NEXT: ^bb0(%[[I:[a-z0-9]+]]: index, %[[WHOLE:[a-z0-9]+]]: {{.*}}<tensor<16x64xf32>>, %{{.*}}: !sched.event):
  %all, %last = sched.loop 16 carries(%big, %e) {
  ^bb0(%i: index, %whole: !sched.slot<tensor<16x64xf32>>, %before: !sched.event):
    // CHECK: sched.view %[[WHOLE]] + [%[[I]]] * [256]
    %row = sched.view %whole at 0 + [%i] * [256] : !sched.slot<tensor<16x64xf32>> -> !sched.slot<tensor<64xf32>>
    // CHECK: sched.launch @fill stream(compute) in() out({{.*}}) after(%{{.*}})
    %done = sched.launch @fill stream(compute) in() out(%row : !sched.slot<tensor<64xf32>>) after(%before)
    // CHECK: sched.merge %[[WHOLE]] with %{{.*}}
    %next = sched.merge %whole with %done : !sched.slot<tensor<16x64xf32>> with !sched.slot<tensor<64xf32>>
    %after = sched.signal stream(compute)
    sched.yield %next, %after : !sched.slot<tensor<16x64xf32>>, !sched.event
  } : (!sched.slot<tensor<16x64xf32>>, !sched.event) -> (!sched.slot<tensor<16x64xf32>>, !sched.event)
  // CHECK: sched.return %[[V]]
  sched.return %v : !sched.slot<tensor<64xf32>>
}
