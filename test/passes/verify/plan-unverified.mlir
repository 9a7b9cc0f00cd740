// The plan verifier relies on nothing that the dialect's own verifier refuses.
// RUN: neap-opt -split-input-file -verify-diagnostics -mlir-very-unsafe-disable-verifier-on-parsing -verify-each=0 \
// RUN:   -pass-pipeline="builtin.module(sched.program(neap-verify-plan))" %s

sched.program @p arenas [#sched.arena<device, 40>] {
  // expected-error@+1 {{expected 32 bytes at 16 to lie within the arena of 40 bytes}}
  %a = sched.slot activation at 16 : !sched.slot<tensor<8xf32>>
  sched.return
}

// -----

sched.program @p arenas [#sched.arena<device, 40>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected bytes 16 to 48 of the device arena to lie within the operand's 0 to 32}}
  %b = sched.view %a at 16 : !sched.slot<tensor<8xf32>> -> !sched.slot<tensor<8xi32>>
  sched.return
}

// -----

sched.program @p arenas [#sched.arena<device, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 32 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected a kernel, got @nowhere}}
  %c = sched.launch @nowhere stream(compute) in(%a : !sched.slot<tensor<8xf32>>) out(%b : !sched.slot<tensor<8xf32>>)
  sched.return
}

// -----

sched.kernel @copy pointwise (tensor<8xf32>) -> tensor<8xf32> {
^bb0(%a: tensor<8xf32>):
  neap.yield %a : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 64>] {
  %a = sched.slot input "x" at 0 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected result 0 apart from operand 0, got bytes 0 to 32 of the device arena, and operand 0 in 0 to 32}}
  %c = sched.launch @copy stream(compute) in(%a : !sched.slot<tensor<8xf32>>) out(%a : !sched.slot<tensor<8xf32>>)
  sched.return
}

// -----

// In place, but not in the same place.
sched.kernel @copy pointwise (tensor<8xf32>) -> tensor<8xf32> in_place [#sched.in_place<0 over 0>] {
^bb0(%a: tensor<8xf32>):
  neap.yield %a : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 64>] {
  %a = sched.slot input "x" at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 16 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected result 0 apart from operand 0, got bytes 16 to 48 of the device arena, and operand 0 in 0 to 32}}
  %c = sched.launch @copy stream(compute) in(%a : !sched.slot<tensor<8xf32>>) out(%b : !sched.slot<tensor<8xf32>>)
  sched.return
}

// -----

sched.kernel @copy pointwise (tensor<8xf32>) -> tensor<8xf32> {
^bb0(%a: tensor<8xf32>):
  neap.yield %a : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 128>] {
  %a = sched.slot input "x" at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 64 : !sched.slot<tensor<8xf32>>
  %w = sched.slot workspace at 16 : !sched.slot<tensor<16xi8>>
  // expected-error@+1 {{expected the workspace apart from operand 0, got bytes 16 to 32 of the device arena}}
  %c = sched.launch @copy stream(compute) in(%a : !sched.slot<tensor<8xf32>>) out(%b : !sched.slot<tensor<8xf32>>)
    workspace(%w : !sched.slot<tensor<16xi8>>)
  sched.return
}

// -----

sched.kernel @two pointwise () -> (tensor<8xf32>, tensor<8xf32>) {
  %a = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %a, %a : tensor<8xf32>, tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 16 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected result 1 in bytes that it writes nothing else to, got bytes 16 to 48 of the device arena}}
  %c:2 = sched.launch @two stream(compute) in() out(%a, %b : !sched.slot<tensor<8xf32>>, !sched.slot<tensor<8xf32>>)
  sched.return
}

// -----

sched.program @p arenas [#sched.arena<device, 64>] {
  %a = sched.slot input "x" at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 16 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected source and destination not to overlap, got bytes 0 to 32 of the device arena and 16 to 48}}
  %c = sched.copy %a to %b stream(compute) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>>
  sched.return
}

// -----

neap.parameter @w : tensor<8xf32> trained {value = dense<0.0> : tensor<8xf32>}
sched.program @p arenas [#sched.arena<device, 64>] {
  %w = sched.slot parameter @w at 0 : !sched.slot<tensor<8xf32>>
  %a = sched.view %w at 0 : !sched.slot<tensor<8xf32>> -> !sched.slot<tensor<4xf32>>
  // expected-error@+1 {{expected all of parameter @w, got bytes 0 to 16 of the device arena}}
  sched.return %a : !sched.slot<tensor<4xf32>>
}

// -----

sched.program @p arenas [#sched.arena<device, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 32 : !sched.slot<tensor<8xf32>>
  %r = sched.loop 2 carries(%a) {
  ^bb0(%i: index, %x: !sched.slot<tensor<8xf32>>):
    // expected-error@+1 {{op in round 0: expected carried slots to be yielded where they came in, got bytes 32 to 64 of the device arena for bytes 0 to 32 of the device arena}}
    sched.yield %b : !sched.slot<tensor<8xf32>>
  } : (!sched.slot<tensor<8xf32>>) -> !sched.slot<tensor<8xf32>>
  sched.return
}
