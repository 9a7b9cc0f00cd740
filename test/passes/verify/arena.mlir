// A value must still lie in its slot, whole, when it is used.
// RUN: neap-opt -split-input-file -verify-diagnostics -pass-pipeline="builtin.module(sched.program(neap-verify-arena))" %s

sched.kernel @fill pointwise () -> tensor<8xf32> {
  %a = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %a : tensor<8xf32>
}
// Two values on the same bytes, one after the other.
sched.program @right arenas [#sched.arena<device, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 16 : !sched.slot<tensor<8xf32>>
  %out = sched.slot output "loss" at 32 : !sched.slot<tensor<8xf32>>
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  %2 = sched.copy %1 to %out stream(compute) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>>
  %r = sched.view %2 : !sched.slot<tensor<8xf32>> -> !sched.slot<tensor<2x4xf32>>
  sched.return %2 : !sched.slot<tensor<8xf32>>
}

// -----

sched.kernel @fill pointwise () -> tensor<8xf32> {
  %a = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %a : tensor<8xf32>
}
sched.program @overwritten arenas [#sched.arena<device, 128>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 16 : !sched.slot<tensor<8xf32>>
  %out = sched.slot output "loss" at 64 : !sched.slot<tensor<8xf32>>
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  %2 = sched.launch @fill stream(compute) in() out(%b : !sched.slot<tensor<8xf32>>)
  // expected-error@+1 {{expected bytes 0 to 32 to hold the value it uses, but byte 16 does not}}
  %3 = sched.copy %1 to %out stream(compute) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>>
  sched.return %3 : !sched.slot<tensor<8xf32>>
}

// -----

// An older version of the same slot.
sched.kernel @fill pointwise () -> tensor<8xf32> {
  %a = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %a : tensor<8xf32>
}
sched.program @stale arenas [#sched.arena<device, 128>] {
  %a = sched.slot output "loss" at 0 : !sched.slot<tensor<8xf32>>
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  %2 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  // expected-error@+1 {{expected bytes 0 to 32 to hold the value it uses, but byte 0 does not}}
  sched.return %1 : !sched.slot<tensor<8xf32>>
}

// -----

sched.program @unwritten arenas [#sched.arena<device, 128>] {
  %a = sched.slot output "loss" at 0 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected bytes 0 to 32 to hold the value it uses}}
  sched.return %a : !sched.slot<tensor<8xf32>>
}

// -----

sched.program @shared arenas [#sched.arena<device, 128>] {
  %a = sched.slot input "x" at 0 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected bytes of its own, as it holds something when the step begins}}
  %b = sched.slot input "y" at 16 : !sched.slot<tensor<8xf32>>
  sched.return
}

// -----

sched.program @loops arenas [#sched.arena<device, 128>] {
  // expected-error@+1 {{is more than this check understands}}
  sched.loop 2 carries() {
  ^bb0(%i: index):
    sched.yield
  } : () -> ()
  sched.return
}

// -----

// Two right writes in the wrong order: each is complete, but the second hides what is read.
sched.kernel @fill pointwise () -> tensor<8xf32> {
  %a = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %a : tensor<8xf32>
}
sched.kernel @exp pointwise (tensor<8xf32>) -> tensor<8xf32> {
^bb0(%a: tensor<8xf32>):
  %b = neap.exp %a : tensor<8xf32>
  neap.yield %b : tensor<8xf32>
}
sched.program @in_order arenas [#sched.arena<device, 128>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %c = sched.slot output "loss" at 64 : !sched.slot<tensor<8xf32>>
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  %2 = sched.launch @exp stream(compute) in(%1 : !sched.slot<tensor<8xf32>>) out(%c : !sched.slot<tensor<8xf32>>)
  %3 = sched.launch @fill stream(compute) in() out(%b : !sched.slot<tensor<8xf32>>)
  sched.return %2 : !sched.slot<tensor<8xf32>>
}
sched.program @swapped arenas [#sched.arena<device, 128>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %c = sched.slot output "loss" at 64 : !sched.slot<tensor<8xf32>>
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  %3 = sched.launch @fill stream(compute) in() out(%b : !sched.slot<tensor<8xf32>>)
  // expected-error@+1 {{expected bytes 0 to 32 to hold the value it uses, but byte 0 does not}}
  %2 = sched.launch @exp stream(compute) in(%1 : !sched.slot<tensor<8xf32>>) out(%c : !sched.slot<tensor<8xf32>>)
  sched.return %2 : !sched.slot<tensor<8xf32>>
}

// -----

// What a library has worked in holds no value any more.
sched.kernel @fill pointwise () -> tensor<8xf32> {
  %0 = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %0 : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 128>] {
  %a = sched.slot output "a" at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot output "b" at 64 : !sched.slot<tensor<8xf32>>
  %w = sched.slot activation at 0 : !sched.slot<tensor<8xi8>>
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  %2 = sched.launch @fill stream(compute) in() out(%b : !sched.slot<tensor<8xf32>>) workspace(%w : !sched.slot<tensor<8xi8>>)
  // expected-error@+1 {{expected bytes 0 to 32 to hold the value it uses, but byte 0 does not}}
  sched.return %1, %2 : !sched.slot<tensor<8xf32>>, !sched.slot<tensor<8xf32>>
}

// -----

// A workspace has bytes of its own.
sched.program @p arenas [#sched.arena<device, 128>] {
  %w = sched.slot workspace at 0 : !sched.slot<tensor<64xi8>>
  // expected-error@+1 {{expected bytes of its own, as it holds something when the step begins}}
  %x = sched.slot input "x" at 32 : !sched.slot<tensor<8xf32>>
  sched.return
}
