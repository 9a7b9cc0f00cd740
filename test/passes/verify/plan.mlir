// A value must still lie in its slot, whole, when it is used: on one stream.
// RUN: neap-opt -split-input-file -verify-diagnostics -pass-pipeline="builtin.module(sched.program(neap-verify-plan))" %s

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
  // expected-note@+1 {{result 0 of sched.launch @fill is made here}}
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  // expected-note@+1 {{result 0 of sched.launch @fill is written here}}
  %2 = sched.launch @fill stream(compute) in() out(%b : !sched.slot<tensor<8xf32>>)
  // expected-error@+1 {{expected bytes 16 to 32 of the device arena to hold result 0 of sched.launch @fill, got result 0 of sched.launch @fill}}
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
  // expected-note@+1 {{is made here}}
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  // expected-note@+1 {{is written here}}
  %2 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  // expected-error@+1 {{expected bytes 0 to 32 of the device arena to hold result 0 of sched.launch @fill}}
  sched.return %1 : !sched.slot<tensor<8xf32>>
}

// -----

sched.program @unwritten arenas [#sched.arena<device, 128>] {
  %a = sched.slot output "loss" at 0 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected bytes 0 to 32 of the device arena to hold a value, got nothing, as nothing was written to the output "loss" that it uses}}
  sched.return %a : !sched.slot<tensor<8xf32>>
}

// -----

sched.program @shared arenas [#sched.arena<device, 128>] {
  // expected-note@+1 {{input "x" lies in bytes 16 to 32 of the device arena too}}
  %a = sched.slot input "x" at 0 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected bytes of its own for input "y", as it holds something when the step begins}}
  %b = sched.slot input "y" at 16 : !sched.slot<tensor<8xf32>>
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
  // expected-note@+1 {{is made here}}
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  // expected-note@+1 {{is written here}}
  %3 = sched.launch @fill stream(compute) in() out(%b : !sched.slot<tensor<8xf32>>)
  // expected-error@+1 {{expected bytes 0 to 32 of the device arena to hold result 0 of sched.launch @fill}}
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
  %w = sched.slot workspace at 0 : !sched.slot<tensor<8xi8>>
  // expected-note@+1 {{is made here}}
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  // expected-note@+1 {{what is left in the workspace of sched.launch @fill is written here}}
  %2 = sched.launch @fill stream(compute) in() out(%b : !sched.slot<tensor<8xf32>>) workspace(%w : !sched.slot<tensor<8xi8>>)
  // expected-error@+1 {{expected bytes 0 to 8 of the device arena to hold result 0 of sched.launch @fill, got what is left in the workspace}}
  sched.return %1, %2 : !sched.slot<tensor<8xf32>>, !sched.slot<tensor<8xf32>>
}

// -----

// Between launches of libraries their workspace is as good as any other bytes.
sched.kernel @fill pointwise () -> tensor<8xf32> {
  %0 = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %0 : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 128>] {
  %w = sched.slot workspace at 0 : !sched.slot<tensor<64xi8>>
  %a = sched.slot activation at 64 : !sched.slot<tensor<8xf32>>
  %b = sched.slot output "b" at 32 : !sched.slot<tensor<8xf32>>
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>) workspace(%w : !sched.slot<tensor<64xi8>>)
  %2 = sched.copy %1 to %b stream(compute) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>>
  sched.return %2 : !sched.slot<tensor<8xf32>>
}

// -----

// The message names the node of the model that a value comes from.
sched.kernel @fill pointwise () -> tensor<8xf32> {
  %0 = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %0 : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 128>] {
  %a = sched.slot output "a" at 0 : !sched.slot<tensor<8xf32>>
  %out = sched.slot output "loss" at 0 : !sched.slot<tensor<8xf32>>
  // expected-note@unknown {{result 0 of sched.launch @fill of 'node_linear' is made here}}
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>) loc("node_linear")
  // expected-note@unknown {{result 0 of sched.launch @fill of 'node_relu' is written here}}
  %2 = sched.launch @fill stream(compute) in() out(%out : !sched.slot<tensor<8xf32>>) loc("node_relu")
  // expected-error@+1 {{to hold result 0 of sched.launch @fill of 'node_linear', got result 0 of sched.launch @fill of 'node_relu'}}
  sched.return %1 : !sched.slot<tensor<8xf32>>
}

// -----

// The old value of what is updated in place is gone.
neap.parameter @w : tensor<8xf32> trained {value = dense<0.0> : tensor<8xf32>}
sched.kernel @exp pointwise (tensor<8xf32>) -> tensor<8xf32> in_place [#sched.in_place<0 over 0>] {
^bb0(%a: tensor<8xf32>):
  %b = neap.exp %a : tensor<8xf32>
  neap.yield %b : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 128>] {
  %w = sched.slot parameter @w at 0 : !sched.slot<tensor<8xf32>>
  // expected-note@+1 {{result 0 of sched.launch @exp is written here}}
  %1 = sched.launch @exp stream(compute) in(%w : !sched.slot<tensor<8xf32>>) out(%w : !sched.slot<tensor<8xf32>>)
  // expected-error@+1 {{expected bytes 0 to 32 of the device arena to hold parameter @w, got result 0 of sched.launch @exp}}
  sched.observe %w of @w : !sched.slot<tensor<8xf32>>
  sched.return %1 : !sched.slot<tensor<8xf32>>
}

// -----

// What is not returned must be as it was: the next step reads it.
neap.parameter @w : tensor<8xf32> trained {value = dense<0.0> : tensor<8xf32>}
neap.state @m : tensor<8xf32> of @w
sched.kernel @fill pointwise () -> tensor<8xf32> {
  %0 = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %0 : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 128>] {
  %m = sched.slot state @m at 0 : !sched.slot<tensor<8xf32>>
  %a = sched.slot activation at 16 : !sched.slot<tensor<8xf32>>
  // expected-note@+1 {{is written here}}
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  // expected-error@+1 {{expected bytes 16 to 32 of the device arena to hold state @m, got result 0 of sched.launch @fill}}
  sched.return
}

// -----

// Inputs are written before every step: their bytes may be used when they are not needed any more.
sched.kernel @fill pointwise () -> tensor<8xf32> {
  %0 = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %0 : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 128>] {
  %x = sched.slot input "x" at 0 : !sched.slot<tensor<8xf32>>
  %a = sched.slot output "loss" at 0 : !sched.slot<tensor<8xf32>>
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  sched.return %1 : !sched.slot<tensor<8xf32>>
}

// -----

// An entry may overwrite what a slot holds from the start, although the slot is written down behind it.
sched.kernel @fill pointwise () -> tensor<8xf32> {
  %0 = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %0 : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 128>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  // expected-note@+1 {{is written here}}
  %1 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  %x = sched.slot input "x" at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 64 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected bytes 0 to 32 of the device arena to hold input "x", got result 0 of sched.launch @fill}}
  %2 = sched.copy %x to %b stream(compute) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>>
  sched.return
}

// -----

sched.program @p arenas [#sched.arena<device, 128>] {
  %a = sched.slot output "loss" at 0 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected to return output "loss"}}
  sched.return
}

// -----

// A part that lies in the slot, but not in the whole.
sched.program @p arenas [#sched.arena<device, 128>] {
  %a = sched.slot input "x" at 0 : !sched.slot<tensor<8xf32>>
  %low = sched.view %a : !sched.slot<tensor<8xf32>> -> !sched.slot<tensor<4xf32>>
  %high = sched.view %a at 16 : !sched.slot<tensor<8xf32>> -> !sched.slot<tensor<4xf32>>
  // expected-error@+1 {{expected a part that lies in the whole's bytes 0 to 16 of the device arena, got bytes 16 to 32 of the device arena}}
  %b = sched.merge %low with %high : !sched.slot<tensor<4xf32>> with !sched.slot<tensor<4xf32>>
  sched.return
}

// -----

sched.program @p arenas [#sched.arena<device, 128>] {
  // expected-error@+1 {{expected an op of a scheduled program}}
  %a = arith.constant 0 : index
  sched.return
}
