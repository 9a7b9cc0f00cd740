// What the CPU's step function cannot do is refused at the entry.
// RUN: neap-opt %s -split-input-file -verify-diagnostics -neap-lower-step

// expected-error@+1 {{expected one scheduled program, got 0}}
module {}

// -----

// Kernels are lowered first.
sched.kernel @fill pointwise () -> tensor<4xf32> {
  %a = neap.constant dense<0.0> : tensor<4xf32>
  neap.yield %a : tensor<4xf32>
}
sched.program @train arenas [#sched.arena<device, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<4xf32>>
  // expected-error@+1 {{expected @fill to be lowered to a function}}
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<4xf32>>)
  sched.return
}

// -----

sched.program @train arenas [#sched.arena<device, 64>, #sched.arena<far, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<4xf32>>
  %h = sched.slot activation at 0 : !sched.slot<tensor<4xf32>, far>
  // expected-error@+1 {{expected slots on the device}}
  %1 = sched.copy %a to %h stream(offload) : !sched.slot<tensor<4xf32>> to !sched.slot<tensor<4xf32>, far>
  sched.return
}

// -----

sched.program @train arenas [#sched.arena<device, 64>] {
  // expected-error@+1 {{expected an entry that the CPU target can run}}
  sched.loop 2 carries() {
  ^bb0(%i: index):
    sched.yield
  } : () -> ()
  sched.return
}

// -----

// A constant that came without its bytes.
sched.program @train arenas [#sched.arena<device, 64>] {
  // expected-error@+1 {{expected a value whose bytes are in the module}}
  %c = sched.slot constant at 0 value dense_resource<gone> : tensor<4xf32> : !sched.slot<tensor<4xf32>>
  sched.return
}
