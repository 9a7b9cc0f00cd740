// neap-rematerialize: what is cloned, and what it waits for.
// RUN: neap-opt %s --split-input-file --pass-pipeline='builtin.module(neap.step(neap-rematerialize))' | FileCheck %s

// The example of the documentation: the source is read behind a barrier.
// CHECK-LABEL: neap.step @chain
neap.step @chain(%x: tensor<8x64xf32>, %dz: tensor<8x64xf32>) -> tensor<8x64xf32> {
  // CHECK: %[[FIRST:.*]] = neap.exp %arg0
  %y = neap.exp %x : tensor<8x64xf32>
  %z = neap.tanh %y : tensor<8x64xf32>
  // CHECK: %[[TIMER:.*]] = neap.sqrt %arg1
  %timer = neap.sqrt %dz : tensor<8x64xf32>
  // CHECK: %[[LATE:.*]] = neap.barrier %arg0 after %[[TIMER]]
  // CHECK: %[[Y:.*]] = neap.exp %[[LATE]]
  // CHECK: %[[Z:.*]] = neap.tanh %[[Y]]
  %z2 = neap.recompute %z from(%x) after %timer : tensor<8x64xf32> from(tensor<8x64xf32>) after tensor<8x64xf32>
  // CHECK: %[[R:.*]] = neap.mul %[[Z]], %[[TIMER]]
  %r = neap.mul %z2, %timer : tensor<8x64xf32>
  // CHECK: neap.return %[[R]]
  neap.return %r : tensor<8x64xf32>
}

// -----

// In the body of a loop as in the step: what is read late waits for something of the same round.
// CHECK-LABEL: neap.step @in_rounds
neap.step @in_rounds(%x: tensor<8x64xf32>) -> tensor<8x64xf32> {
  // CHECK: ^bb0(%[[X:.*]]: tensor<4x64xf32>):
  %r = neap.tile_loop 2 slices(%x) wholes() carried() {
  ^bb0(%xi: tensor<4x64xf32>):
    %y = neap.exp %xi : tensor<4x64xf32>
    // CHECK: %[[TIMER:.*]] = neap.tanh
    %z = neap.tanh %y : tensor<4x64xf32>
    // CHECK: %[[LATE:.*]] = neap.barrier %[[X]] after %[[TIMER]]
    // CHECK: %[[Y:.*]] = neap.exp %[[LATE]]
    %y2 = neap.recompute %y from(%xi) after %z : tensor<4x64xf32> from(tensor<4x64xf32>) after tensor<4x64xf32>
    // CHECK: neap.mul %[[Y]], %[[TIMER]]
    %w = neap.mul %y2, %z : tensor<4x64xf32>
    neap.yield %w : tensor<4x64xf32>
  } : (tensor<8x64xf32>) -> tensor<8x64xf32>
  neap.return %r : tensor<8x64xf32>
}

// -----

// A source that is computed again itself needs no barrier: it stands behind one already.
// CHECK-LABEL: neap.step @from_what_was_computed_again
neap.step @from_what_was_computed_again(%x: tensor<64xf32>, %dz: tensor<64xf32>) -> tensor<64xf32> {
  %y = neap.exp %x : tensor<64xf32>
  %z = neap.tanh %y : tensor<64xf32>
  // CHECK: %[[LATE:.*]] = neap.barrier %arg0 after %arg1
  // CHECK-NOT: neap.barrier
  // CHECK: %[[Y:.*]] = neap.exp %[[LATE]]
  %y2 = neap.recompute %y from(%x) after %dz : tensor<64xf32> from(tensor<64xf32>) after tensor<64xf32>
  // CHECK: %[[Z:.*]] = neap.tanh %[[Y]]
  %z2 = neap.recompute %z from(%y2) after %dz : tensor<64xf32> from(tensor<64xf32>) after tensor<64xf32>
  // CHECK: neap.add %[[Y]], %[[Z]]
  %r = neap.add %y2, %z2 : tensor<64xf32>
  neap.return %r : tensor<64xf32>
}

// -----

// A source that comes back from far memory stands for what was moved: nothing before it is computed again.
// CHECK-LABEL: neap.step @from_what_was_moved
neap.step @from_what_was_moved(%x: tensor<64xf32>, %dz: tensor<64xf32>) -> tensor<64xf32> {
  // CHECK: neap.exp
  %y = neap.exp %x : tensor<64xf32>
  %far = neap.offload %y : tensor<64xf32>
  %z = neap.tanh %y : tensor<64xf32>
  %out = neap.await %far after %z : tensor<64xf32> after tensor<64xf32>
  // CHECK: %[[BACK:.*]] = neap.reload
  %back = neap.reload %out after %dz : tensor<64xf32> after tensor<64xf32>
  // CHECK: %[[LATE:.*]] = neap.barrier %[[BACK]] after %arg1
  // CHECK-NOT: neap.exp
  // CHECK: neap.tanh %[[LATE]]
  %z2 = neap.recompute %z from(%back) after %dz : tensor<64xf32> from(tensor<64xf32>) after tensor<64xf32>
  %r = neap.add %z2, %dz : tensor<64xf32>
  neap.return %r : tensor<64xf32>
}

// -----

// What two values need is cloned once where both read the same behind the same barrier.
// CHECK-LABEL: neap.step @shared
neap.step @shared(%x: tensor<64xf32>, %dz: tensor<64xf32>) -> tensor<64xf32> {
  %y = neap.exp %x : tensor<64xf32>
  %a = neap.tanh %y : tensor<64xf32>
  %b = neap.sqrt %y : tensor<64xf32>
  // CHECK-COUNT-2: neap.exp
  // CHECK-NOT: neap.exp
  %a2 = neap.recompute %a from(%x) after %dz : tensor<64xf32> from(tensor<64xf32>) after tensor<64xf32>
  %b2 = neap.recompute %b from(%x) after %dz : tensor<64xf32> from(tensor<64xf32>) after tensor<64xf32>
  %r = neap.add %a2, %b2 : tensor<64xf32>
  neap.return %r : tensor<64xf32>
}

// -----

// Random numbers have counters, so a mask comes out again as it was; a parameter is read as it is.
neap.parameter @w : tensor<64xf32> {value = dense<1.0> : tensor<64xf32>}
// CHECK-LABEL: neap.step @dropout
neap.step @dropout(%x: tensor<64xf32>, %dz: tensor<64xf32>) -> tensor<64xf32> {
  // CHECK: %[[W:.*]] = neap.read @w
  %w = neap.read @w : tensor<64xf32>
  %low = neap.step_value seed_low : tensor<ui32>
  %high = neap.step_value seed_high : tensor<ui32>
  %step = neap.step_value step : tensor<ui32>
  %id = neap.random_id 3 : tensor<ui32>
  %s = neap.mul %x, %w : tensor<64xf32>
  %y = neap.dropout %s ratio 0.1 key %low, %high, %step, %id : tensor<64xf32>
  // CHECK: %[[LATE:.*]] = neap.barrier %arg0 after %arg1
  // CHECK-NEXT: %[[S:.*]] = neap.mul %[[LATE]], %[[W]]
  // CHECK-NEXT: neap.dropout %[[S]] ratio
  %y2 = neap.recompute %y from(%x) after %dz : tensor<64xf32> from(tensor<64xf32>) after tensor<64xf32>
  %r = neap.add %y2, %dz : tensor<64xf32>
  neap.return %r : tensor<64xf32>
}
