// Loops are checked round by round, with the events and slots that they carry.
// RUN: neap-opt -split-input-file -verify-diagnostics -pass-pipeline="builtin.module(sched.program(neap-verify-plan))" %s

// Rows go out one by one, each from the same bytes: a round waits until the row before it is gone.
sched.kernel @fill pointwise () -> tensor<8xf32> {
  %0 = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %0 : tensor<8xf32>
}
sched.program @right arenas [#sched.arena<device, 32>, #sched.arena<far, 128>] {
  %row = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %far = sched.slot activation at 0 : !sched.slot<tensor<4x8xf32>, far>
  %start = sched.signal stream(offload)
  %all:2 = sched.loop 4 carries(%far, %start) {
  ^bb0(%i: index, %whole: !sched.slot<tensor<4x8xf32>, far>, %gone: !sched.event):
    %1 = sched.launch @fill stream(compute) in() out(%row : !sched.slot<tensor<8xf32>>) after(%gone)
    %made = sched.signal stream(compute)
    %place = sched.view %whole at 0 + [%i] * [32] : !sched.slot<tensor<4x8xf32>, far> -> !sched.slot<tensor<8xf32>, far>
    %2 = sched.copy %1 to %place stream(offload) after(%made) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>, far>
    %next = sched.merge %whole with %2 : !sched.slot<tensor<4x8xf32>, far> with !sched.slot<tensor<8xf32>, far>
    %sent = sched.signal stream(offload)
    sched.yield %next, %sent : !sched.slot<tensor<4x8xf32>, far>, !sched.event
  } : (!sched.slot<tensor<4x8xf32>, far>, !sched.event) -> (!sched.slot<tensor<4x8xf32>, far>, !sched.event)
  // Every row is there.
  %back = sched.loop 4 carries(%all#0) {
  ^bb0(%i: index, %whole: !sched.slot<tensor<4x8xf32>, far>):
    %place = sched.view %whole at 96 : !sched.slot<tensor<4x8xf32>, far> -> !sched.slot<tensor<8xf32>, far>
    %r = sched.copy %place to %row stream(reload) after(%all#1) : !sched.slot<tensor<8xf32>, far> to !sched.slot<tensor<8xf32>>
    sched.yield %whole : !sched.slot<tensor<4x8xf32>, far>
  } : (!sched.slot<tensor<4x8xf32>, far>) -> !sched.slot<tensor<4x8xf32>, far>
  sched.return
}

// -----

// The event before the loop is carried instead of that of the round before: the second round is too early.
sched.kernel @fill pointwise () -> tensor<8xf32> {
  %0 = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %0 : tensor<8xf32>
}
sched.program @early arenas [#sched.arena<device, 32>, #sched.arena<far, 128>] {
  %row = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %far = sched.slot activation at 0 : !sched.slot<tensor<4x8xf32>, far>
  %start = sched.signal stream(offload)
  %all:2 = sched.loop 4 carries(%far, %start) {
  ^bb0(%i: index, %whole: !sched.slot<tensor<4x8xf32>, far>, %gone: !sched.event):
    // expected-error@+1 {{op @fill in round 1: expected an event to order it behind what reads bytes 0 to 32 of the device arena, which it writes}}
    %1 = sched.launch @fill stream(compute) in() out(%row : !sched.slot<tensor<8xf32>>) after(%gone)
    %made = sched.signal stream(compute)
    %place = sched.view %whole at 0 + [%i] * [32] : !sched.slot<tensor<4x8xf32>, far> -> !sched.slot<tensor<8xf32>, far>
    // expected-note@+1 {{sched.copy in round 0 reads them on stream offload}}
    %2 = sched.copy %1 to %place stream(offload) after(%made) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>, far>
    %next = sched.merge %whole with %2 : !sched.slot<tensor<4x8xf32>, far> with !sched.slot<tensor<8xf32>, far>
    sched.yield %next, %start : !sched.slot<tensor<4x8xf32>, far>, !sched.event
  } : (!sched.slot<tensor<4x8xf32>, far>, !sched.event) -> (!sched.slot<tensor<4x8xf32>, far>, !sched.event)
  sched.return
}

// -----

// What is read in the last rounds of two loops was overwritten in the round before.
sched.kernel @fill pointwise () -> tensor<8xf32> {
  %0 = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %0 : tensor<8xf32>
}
sched.program @nested arenas [#sched.arena<device, 256>] {
  %x = sched.slot input "x" at 0 : !sched.slot<tensor<2x3x8xf32>>
  %last = sched.slot activation at 176 : !sched.slot<tensor<8xf32>>
  %to = sched.slot activation at 208 : !sched.slot<tensor<8xf32>>
  sched.loop 2 carries() {
  ^bb0(%i: index):
    sched.loop 3 carries() {
    ^bb0(%j: index):
      %row = sched.view %x at 0 + [%i, %j] * [96, 32] : !sched.slot<tensor<2x3x8xf32>> -> !sched.slot<tensor<8xf32>>
      // expected-error@+1 {{op in round 1, 2: expected bytes 176 to 192 of the device arena to hold input "x", got result 0 of sched.launch @fill in round 1, 1}}
      %1 = sched.copy %row to %to stream(compute) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>>
      // expected-note@+1 {{result 0 of sched.launch @fill in round 1, 1 is written here}}
      %2 = sched.launch @fill stream(compute) in() out(%last : !sched.slot<tensor<8xf32>>)
      sched.yield
    } : () -> ()
    sched.yield
  } : () -> ()
  sched.return
}
