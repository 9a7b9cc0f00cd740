// What is used must be complete, and what is overwritten done with, in every order that streams and events allow.
// RUN: neap-opt -split-input-file -verify-diagnostics -pass-pipeline="builtin.module(sched.program(neap-verify-plan))" %s

// A value goes to far memory and back, while its bytes hold another.
sched.kernel @fill pointwise () -> tensor<8xf32> {
  %0 = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %0 : tensor<8xf32>
}
sched.kernel @add pointwise (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32> {
^bb0(%a: tensor<8xf32>, %b: tensor<8xf32>):
  %c = neap.add %a, %b : tensor<8xf32>
  neap.yield %c : tensor<8xf32>
}
sched.program @swap arenas [#sched.arena<device, 96>, #sched.arena<far, 32>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 32 : !sched.slot<tensor<8xf32>>
  %loss = sched.slot output "loss" at 64 : !sched.slot<tensor<8xf32>>
  %far = sched.slot activation at 0 : !sched.slot<tensor<8xf32>, far>
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  %made = sched.signal stream(compute)
  %h = sched.copy %1 to %far stream(offload) after(%made) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>, far>
  %gone = sched.signal stream(offload)
  %2 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>) after(%gone)
  %r = sched.copy %h to %b stream(reload) after(%gone) : !sched.slot<tensor<8xf32>, far> to !sched.slot<tensor<8xf32>>
  %back = sched.signal stream(reload)
  %3 = sched.launch @add stream(compute) in(%2, %r : !sched.slot<tensor<8xf32>>, !sched.slot<tensor<8xf32>>)
    out(%loss : !sched.slot<tensor<8xf32>>) after(%back)
  sched.return %3 : !sched.slot<tensor<8xf32>>
}

// -----

// The offload begins before the value is complete.
sched.kernel @fill pointwise () -> tensor<8xf32> {
  %0 = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %0 : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 96>, #sched.arena<far, 32>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %far = sched.slot activation at 0 : !sched.slot<tensor<8xf32>, far>
  %early = sched.signal stream(compute)
  // expected-note@+1 {{sched.launch @fill writes them on stream compute}}
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  // expected-error@+1 {{expected an event to order it behind what writes bytes 0 to 32 of the device arena, which it reads}}
  %h = sched.copy %1 to %far stream(offload) after(%early) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>, far>
  sched.return
}

// -----

// Bytes are overwritten while they may still be on their way out.
sched.kernel @fill pointwise () -> tensor<8xf32> {
  %0 = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %0 : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 96>, #sched.arena<far, 32>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 16 : !sched.slot<tensor<8xf32>>
  %far = sched.slot activation at 0 : !sched.slot<tensor<8xf32>, far>
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  %made = sched.signal stream(compute)
  // expected-note@+1 {{sched.copy reads them on stream offload}}
  %h = sched.copy %1 to %far stream(offload) after(%made) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>, far>
  // expected-error@+1 {{expected an event to order it behind what reads bytes 16 to 32 of the device arena, which it writes}}
  %2 = sched.launch @fill stream(compute) in() out(%b : !sched.slot<tensor<8xf32>>)
  sched.return
}

// -----

// Two transfers to the same bytes of far memory.
sched.program @p arenas [#sched.arena<device, 96>, #sched.arena<far, 64>] {
  %x = sched.slot input "x" at 0 : !sched.slot<tensor<8xf32>>
  %y = sched.slot input "y" at 32 : !sched.slot<tensor<8xf32>>
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>, far>
  %b = sched.slot activation at 16 : !sched.slot<tensor<8xf32>, far>
  // expected-note@+1 {{sched.copy writes them on stream offload}}
  %1 = sched.copy %x to %a stream(offload) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>, far>
  // expected-error@+1 {{expected an event to order it behind what writes bytes 16 to 32 of the far arena, which it writes}}
  %2 = sched.copy %y to %b stream(communicate) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>, far>
  sched.return
}

// -----

// Two streams may read the same bytes, and an event orders what others have waited for before.
sched.kernel @fill pointwise () -> tensor<8xf32> {
  %0 = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %0 : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 96>, #sched.arena<far, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 32 : !sched.slot<tensor<8xf32>>
  %f = sched.slot activation at 0 : !sched.slot<tensor<8xf32>, far>
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  %made = sched.signal stream(compute)
  %2 = sched.copy %1 to %f stream(offload) after(%made) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>, far>
  %3 = sched.copy %1 to %b stream(compute) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>>
  %copied = sched.signal stream(compute)
  %4 = sched.copy %2 to %b stream(offload) after(%copied) : !sched.slot<tensor<8xf32>, far> to !sched.slot<tensor<8xf32>>
  %done = sched.signal stream(offload)
  %5 = sched.launch @fill stream(reload) in() out(%a : !sched.slot<tensor<8xf32>>) after(%done)
  sched.return
}

// -----

// What a library works in is written.
sched.kernel @fill pointwise () -> tensor<8xf32> {
  %0 = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %0 : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 96>] {
  %w = sched.slot workspace at 0 : !sched.slot<tensor<32xi8>>
  %a = sched.slot activation at 32 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 64 : !sched.slot<tensor<8xf32>>
  // expected-note@+1 {{sched.launch @fill writes them on stream compute}}
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>) workspace(%w : !sched.slot<tensor<32xi8>>)
  // expected-error@+1 {{expected an event to order it behind what writes bytes 0 to 32 of the device arena, which it writes}}
  %2 = sched.launch @fill stream(communicate) in() out(%b : !sched.slot<tensor<8xf32>>) workspace(%w : !sched.slot<tensor<32xi8>>)
  sched.return
}

// -----

// A step ends when all streams have run empty: no event has to say so.
neap.parameter @w : tensor<8xf32> trained {value = dense<0.0> : tensor<8xf32>}
neap.state @m : tensor<8xf32> of @w
sched.kernel @fill pointwise () -> tensor<8xf32> {
  %0 = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %0 : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 96>, #sched.arena<far, 64>] {
  %m = sched.slot state @m at 0 : !sched.slot<tensor<8xf32>, far>
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  %made = sched.signal stream(compute)
  %2 = sched.copy %1 to %m stream(offload) after(%made) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>, far>
  sched.return %2 : !sched.slot<tensor<8xf32>, far>
}
