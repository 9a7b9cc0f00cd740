// Order and places of a step whose groups are written by hand.
// RUN: neap-opt -split-input-file -neap-schedule-step %s | FileCheck %s

// An update that reads the old value element by element is written over it, and runs before the next gradient is made.
// CHECK-LABEL: sched.kernel @pointwise_0 pointwise (tensor<16xf32>) -> tensor<16xf32> in_place [#sched.in_place<0 over 0>]
// CHECK: sched.kernel @pointwise_1 pointwise (tensor<16xf32>, tensor<16xf32>, tensor<f32>) -> tensor<16xf32>
// CHECK-SAME: in_place [#sched.in_place<0 over 0>, #sched.in_place<0 over 1>]
// CHECK-NOT: sched.kernel
// CHECK-LABEL: sched.program @train arenas [#sched.arena<device, 384>]
// CHECK: %[[U:.*]] = sched.slot parameter @u at 0
// CHECK: %[[V:.*]] = sched.slot parameter @v at 64
// CHECK: %[[X:.*]] = sched.slot input "x" at 128
// CHECK: %[[BLOCK:.*]] = sched.slot step_block at 192
// CHECK: %[[G:.*]] = sched.slot activation at 320
// CHECK: %[[G1:.*]] = sched.launch @pointwise_0 stream(compute) in(%[[X]] : {{.*}}) out(%[[G]] :
// CHECK: sched.observe %[[G1]] of @u
// CHECK: %[[LR:.*]] = sched.view %[[BLOCK]] : {{.*}} -> {{.*}}<tensor<f32>>
// CHECK: %[[U1:.*]] = sched.launch @pointwise_1 stream(compute) in(%[[U]], %[[G1]], %[[LR]] : {{.*}}) out(%[[U]] :
// CHECK: sched.launch @pointwise_0
// CHECK: %[[V1:.*]] = sched.launch @pointwise_1 stream(compute) in(%[[V]], {{.*}}) out(%[[V]] :
// CHECK: sched.return %[[U1]], %[[V1]]
neap.parameter @u : tensor<16xf32> trained {value = dense<0.0> : tensor<16xf32>}
neap.parameter @v : tensor<16xf32> trained {value = dense<0.0> : tensor<16xf32>}
neap.step @train(%x: tensor<16xf32> {neap.name = "x"}) {
  %u = neap.read @u : tensor<16xf32>
  %v = neap.read @v : tensor<16xf32>
  %gu = neap.fused pointwise (%x) {
  ^bb0(%a: tensor<16xf32>):
    %r = neap.exp %a : tensor<16xf32>
    neap.yield %r : tensor<16xf32>
  } : (tensor<16xf32>) -> tensor<16xf32>
  %gv = neap.fused pointwise (%x) {
  ^bb0(%a: tensor<16xf32>):
    %r = neap.exp %a : tensor<16xf32>
    neap.yield %r : tensor<16xf32>
  } : (tensor<16xf32>) -> tensor<16xf32>
  neap.observe @u, %gu : tensor<16xf32>
  %u1 = neap.fused pointwise (%u, %gu) {
  ^bb0(%a: tensor<16xf32>, %g: tensor<16xf32>):
    %lr = neap.step_value learning_rate : tensor<f32>
    %s = neap.broadcast %lr : tensor<f32> -> tensor<16xf32>
    %d = neap.mul %g, %s : tensor<16xf32>
    %r = neap.sub %a, %d : tensor<16xf32>
    neap.yield %r : tensor<16xf32>
  } : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  %v1 = neap.fused pointwise (%v, %gv) {
  ^bb0(%a: tensor<16xf32>, %g: tensor<16xf32>):
    %lr = neap.step_value learning_rate : tensor<f32>
    %s = neap.broadcast %lr : tensor<f32> -> tensor<16xf32>
    %d = neap.mul %g, %s : tensor<16xf32>
    %r = neap.sub %a, %d : tensor<16xf32>
    neap.yield %r : tensor<16xf32>
  } : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  neap.write @u, %u1 : tensor<16xf32>
  neap.write @v, %v1 : tensor<16xf32>
  neap.return
}

// -----

// A value that somebody reads later is not overwritten: the update is copied at the end.
// CHECK-LABEL: sched.program @old_value_needed
// CHECK: %[[W:.*]] = sched.slot parameter @w
// CHECK: %[[NEW:.*]] = sched.launch @pointwise_0 stream(compute) in(%[[W]] : {{.*}}) out(%[[SLOT:.*]] :
// CHECK: sched.launch @pointwise_1 stream(compute) in(%[[W]], %[[NEW]] :
// CHECK: %[[COPY:.*]] = sched.copy %[[NEW]] to %[[W]] stream(compute)
// CHECK: sched.return %[[COPY]],
neap.parameter @w : tensor<16xf32> trained {value = dense<0.0> : tensor<16xf32>}
neap.step @old_value_needed() -> (tensor<16xf32> {neap.name = "loss"}) {
  %w = neap.read @w : tensor<16xf32>
  %w1 = neap.fused pointwise (%w) {
  ^bb0(%a: tensor<16xf32>):
    %r = neap.exp %a : tensor<16xf32>
    neap.yield %r : tensor<16xf32>
  } : (tensor<16xf32>) -> tensor<16xf32>
  %loss = neap.fused pointwise (%w, %w1) {
  ^bb0(%a: tensor<16xf32>, %b: tensor<16xf32>):
    %r = neap.sub %a, %b : tensor<16xf32>
    neap.yield %r : tensor<16xf32>
  } : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  neap.write @w, %w1 : tensor<16xf32>
  neap.return %loss : tensor<16xf32>
}

// -----

// A reshape is the same bytes under another type, in place or not; a dying operand's bytes become the result's.
// CHECK-LABEL: sched.program @alias arenas [#sched.arena<device, 256>]
// CHECK: %[[X:.*]] = sched.slot input "x" at 0
// CHECK: %[[OUT:.*]] = sched.slot output "y" at 192 {{.*}}<tensor<2x8xf32>>
// CHECK: %[[OUT16:.*]] = sched.view %[[OUT]] {{.*}}<tensor<2x8xf32>> -> {{.*}}<tensor<16xf32>>
// CHECK: %[[A:.*]] = sched.launch @pointwise_0 stream(compute) in(%[[X]] : {{.*}}) out(%[[OUT16]] :
// CHECK: %[[A2:.*]] = sched.view %[[A]] {{.*}}<tensor<16xf32>> -> {{.*}}<tensor<2x8xf32>>
// CHECK: %[[B:.*]] = sched.launch @pointwise_1 stream(compute) in(%[[A2]] : {{.*}}) out(%[[OUT]] :
// CHECK: sched.return %[[B]]
neap.step @alias(%x: tensor<16xf32> {neap.name = "x"}) -> (tensor<2x8xf32> {neap.name = "y"}) {
  %a = neap.fused pointwise (%x) {
  ^bb0(%e: tensor<16xf32>):
    %r = neap.exp %e : tensor<16xf32>
    neap.yield %r : tensor<16xf32>
  } : (tensor<16xf32>) -> tensor<16xf32>
  %v = neap.reshape %a : tensor<16xf32> -> tensor<2x8xf32>
  %b = neap.fused pointwise (%v) {
  ^bb0(%e: tensor<2x8xf32>):
    %r = neap.exp %e : tensor<2x8xf32>
    neap.yield %r : tensor<2x8xf32>
  } : (tensor<2x8xf32>) -> tensor<2x8xf32>
  neap.return %b : tensor<2x8xf32>
}

// -----

// A row's sum is no element of the row: no bytes are shared. Constants lie in the arena.
// CHECK-LABEL: sched.program @decline
// CHECK: sched.slot constant at 0 value dense<[0.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK: %[[A:.*]] = sched.slot activation
// CHECK: %[[OUT:.*]] = sched.slot output
// CHECK: sched.launch @pointwise_1 stream(compute) in({{.*}}) out(%[[OUT]]
neap.step @decline() -> (tensor<2xf32> {neap.name = "y"}) {
  %c = neap.constant dense<[0.0, 1.0]> : tensor<2xf32>
  %a = neap.fused pointwise (%c) {
  ^bb0(%e: tensor<2xf32>):
    %r = neap.exp %e : tensor<2xf32>
    neap.yield %r : tensor<2xf32>
  } : (tensor<2xf32>) -> tensor<2xf32>
  %b = neap.fused pointwise (%a) {
  ^bb0(%e: tensor<2xf32>):
    %t = neap.slice %e starts [1] sizes [2] strides [-1] : tensor<2xf32>
    neap.yield %t : tensor<2xf32>
  } : (tensor<2xf32>) -> tensor<2xf32>
  neap.return %b : tensor<2xf32>
}

// -----

// Ids of random ops lie in memory as constants do, so dropouts that differ in nothing else share a kernel; seed and step are words of
// the step block.
// CHECK-LABEL: sched.kernel @pointwise_0 pointwise (tensor<16xf32>, tensor<ui32>, tensor<ui32>, tensor<ui32>, tensor<ui32>)
// CHECK-NOT: sched.kernel
// CHECK-LABEL: sched.program @dropout
// CHECK: %[[FIRST:.*]] = sched.slot constant {{.*}}dense<4> : tensor<ui32>
// CHECK: %[[SECOND:.*]] = sched.slot constant {{.*}}dense<4000000000> : tensor<ui32>
// CHECK: %[[BLOCK:.*]] = sched.slot step_block
// CHECK: %[[LOW:.*]] = sched.view %[[BLOCK]] at 60 : {{.*}} -> {{.*}}<tensor<ui32>>
// CHECK: %[[HIGH:.*]] = sched.view %[[BLOCK]] at 64 : {{.*}} -> {{.*}}<tensor<ui32>>
// CHECK: %[[STEP:.*]] = sched.view %[[BLOCK]] at 52 : {{.*}} -> {{.*}}<tensor<ui32>>
// CHECK: %[[Y:.*]] = sched.launch @pointwise_0 {{.*}}in(%{{.*}}, %[[LOW]], %[[HIGH]], %[[STEP]], %[[FIRST]] :
// CHECK: sched.launch @pointwise_0 {{.*}}in(%[[Y]], %{{.*}}, %{{.*}}, %{{.*}}, %[[SECOND]] :
neap.step @dropout(%x: tensor<16xf32> {neap.name = "x"}) -> (tensor<16xf32> {neap.name = "y"}) {
  %l = neap.step_value seed_low : tensor<ui32>
  %h = neap.step_value seed_high : tensor<ui32>
  %s = neap.step_value step : tensor<ui32>
  %i = neap.random_id 4 : tensor<ui32>
  %j = neap.random_id 4000000000 : tensor<ui32>
  %y = neap.fused pointwise (%x, %l, %h, %s, %i) {
  ^bb0(%a: tensor<16xf32>, %al: tensor<ui32>, %ah: tensor<ui32>, %as: tensor<ui32>, %ai: tensor<ui32>):
    %r = neap.dropout %a ratio 0.5 key %al, %ah, %as, %ai : tensor<16xf32>
    neap.yield %r : tensor<16xf32>
  } : (tensor<16xf32>, tensor<ui32>, tensor<ui32>, tensor<ui32>, tensor<ui32>) -> tensor<16xf32>
  %z = neap.fused pointwise (%y, %l, %h, %s, %j) {
  ^bb0(%a: tensor<16xf32>, %al: tensor<ui32>, %ah: tensor<ui32>, %as: tensor<ui32>, %ai: tensor<ui32>):
    %r = neap.dropout %a ratio 0.5 key %al, %ah, %as, %ai : tensor<16xf32>
    neap.yield %r : tensor<16xf32>
  } : (tensor<16xf32>, tensor<ui32>, tensor<ui32>, tensor<ui32>, tensor<ui32>) -> tensor<16xf32>
  neap.return %z : tensor<16xf32>
}
