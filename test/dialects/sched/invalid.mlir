// Every rule of the dialect refuses what breaks it.
// RUN: neap-opt -split-input-file -verify-diagnostics %s

// kernel_c1
// expected-error@+1 {{expected to yield 'tensor<4xf32>', got 'tensor<8xf32>'}}
sched.kernel @k pointwise (tensor<8xf32>) -> tensor<4xf32> {
^bb0(%a: tensor<8xf32>):
  neap.yield %a : tensor<8xf32>
}

// -----

// kernel_c1
// expected-error@+1 {{expected block arguments of types 'tensor<4xf32>', got 'tensor<8xf32>'}}
sched.kernel @k pointwise (tensor<4xf32>) -> tensor<8xf32> {
^bb0(%a: tensor<8xf32>):
  neap.yield %a : tensor<8xf32>
}

// -----

// kernel_c2
// expected-error@+1 {{expected a result and an operand of the kernel, got #sched.in_place<0 over 1>}}
sched.kernel @k pointwise (tensor<8xf32>) -> tensor<8xf32> in_place [#sched.in_place<0 over 1>] {
^bb0(%a: tensor<8xf32>):
  neap.yield %a : tensor<8xf32>
}

// -----

// kernel_c2
// expected-error@+1 {{expected a result and an operand of one type, got #sched.in_place<0 over 1>}}
sched.kernel @k pointwise (tensor<8xf32>, tensor<4xf32>) -> tensor<8xf32> in_place [#sched.in_place<0 over 1>] {
^bb0(%a: tensor<8xf32>, %b: tensor<4xf32>):
  neap.yield %a : tensor<8xf32>
}

// -----

// program_c1
// expected-error@+1 {{expected one arena per memory space, got two of device}}
sched.program @p arenas [#sched.arena<device, 8>, #sched.arena<device, 8>] {
  sched.return
}

// -----

// slot_c1
sched.program @p arenas [#sched.arena<device, 40>] {
  // expected-error@+1 {{expected to lie within the arena of 40 bytes, got 32 bytes at 16}}
  %a = sched.slot activation at 16 : !sched.slot<tensor<8xf32>>
  sched.return
}

// -----

// slot_c1: a space without an arena has no bytes.
sched.program @p arenas [#sched.arena<device, 40>] {
  // expected-error@+1 {{expected to lie within the arena of 0 bytes}}
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>, far>
  sched.return
}

// -----

// slot_c2
sched.program @p arenas [#sched.arena<device, 32>] {
  // expected-error@+1 {{expected the symbol of a parameter}}
  %a = sched.slot parameter at 0 : !sched.slot<tensor<8xf32>>
  sched.return
}

// -----

// slot_c2
sched.program @p arenas [#sched.arena<device, 32>] {
  // expected-error@+1 {{expected no name for a activation}}
  %a = sched.slot activation "x" at 0 : !sched.slot<tensor<8xf32>>
  sched.return
}

// -----

// slot_c2
sched.program @p arenas [#sched.arena<device, 32>] {
  // expected-error@+1 {{expected a value of type 'tensor<8xf32>', got 'tensor<4xf32>'}}
  %a = sched.slot constant at 0 value dense<0.0> : tensor<4xf32> : !sched.slot<tensor<8xf32>>
  sched.return
}

// -----

// view_c1
sched.program @p arenas [#sched.arena<device, 32>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected to lie within the operand's 32 bytes, got bytes 16 to 16 + 32}}
  %b = sched.view %a at 16 : !sched.slot<tensor<8xf32>> -> !sched.slot<tensor<8xi32>>
  sched.return
}

// -----

// view_c1: in the last round of a loop.
sched.program @p arenas [#sched.arena<device, 32>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %r = sched.loop 3 carries(%a) {
  ^bb0(%i: index, %whole: !sched.slot<tensor<8xf32>>):
    // expected-error@+1 {{expected to lie within the operand's 32 bytes, got bytes 0 to 32 + 16}}
    %b = sched.view %whole at 0 + [%i] * [16] : !sched.slot<tensor<8xf32>> -> !sched.slot<tensor<4xf32>>
    sched.yield %whole : !sched.slot<tensor<8xf32>>
  } : (!sched.slot<tensor<8xf32>>) -> !sched.slot<tensor<8xf32>>
  sched.return
}

// -----

// view_c2
sched.program @p arenas [#sched.arena<device, 32>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected operand and result in one memory space}}
  %b = sched.view %a : !sched.slot<tensor<8xf32>> -> !sched.slot<tensor<8xf32>, far>
  sched.return
}

// -----

// merge_c1
sched.program @p arenas [#sched.arena<device, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 32 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected a part of the same slot}}
  %c = sched.merge %a with %b : !sched.slot<tensor<8xf32>> with !sched.slot<tensor<8xf32>>
  sched.return
}

// -----

// launch_c1
sched.program @p arenas [#sched.arena<device, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected a kernel, got @nowhere}}
  %b = sched.launch @nowhere stream(compute) in() out(%a : !sched.slot<tensor<8xf32>>)
  sched.return
}

// -----

sched.kernel @copy pointwise (tensor<8xf32>) -> tensor<8xf32> {
^bb0(%a: tensor<8xf32>):
  neap.yield %a : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<4xf32>>
  %b = sched.slot activation at 32 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected operands 'tensor<8xf32>', got 'tensor<4xf32>'}}
  %c = sched.launch @copy stream(compute) in(%a : !sched.slot<tensor<4xf32>>) out(%b : !sched.slot<tensor<8xf32>>)
  sched.return
}

// -----

// launch_c1: far memory is out of a kernel's reach.
sched.kernel @copy pointwise (tensor<8xf32>) -> tensor<8xf32> {
^bb0(%a: tensor<8xf32>):
  neap.yield %a : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 64>, #sched.arena<far, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>, far>
  %b = sched.slot activation at 32 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected slots on the device, got one in far}}
  %c = sched.launch @copy stream(compute) in(%a : !sched.slot<tensor<8xf32>, far>) out(%b : !sched.slot<tensor<8xf32>>)
  sched.return
}

// -----

// launch_c2
sched.kernel @two pointwise () -> (tensor<8xf32>, tensor<8xf32>) {
  %a = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %a, %a : tensor<8xf32>, tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 16 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected results that do not overlap}}
  %c:2 = sched.launch @two stream(compute) in() out(%a, %b : !sched.slot<tensor<8xf32>>, !sched.slot<tensor<8xf32>>)
  sched.return
}

// -----

// launch_c3: in place where the kernel cannot.
sched.kernel @copy pointwise (tensor<8xf32>) -> tensor<8xf32> {
^bb0(%a: tensor<8xf32>):
  neap.yield %a : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected result 0 not to overlap operand 0: @copy cannot work in place}}
  %c = sched.launch @copy stream(compute) in(%a : !sched.slot<tensor<8xf32>>) out(%a : !sched.slot<tensor<8xf32>>)
  sched.return
}

// -----

// launch_c3: some of the bytes are never right.
sched.kernel @copy pointwise (tensor<8xf32>) -> tensor<8xf32> in_place [#sched.in_place<0 over 0>] {
^bb0(%a: tensor<8xf32>):
  neap.yield %a : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 16 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected result 0 not to overlap a part of operand 0}}
  %c = sched.launch @copy stream(compute) in(%a : !sched.slot<tensor<8xf32>>) out(%b : !sched.slot<tensor<8xf32>>)
  sched.return
}

// -----

// copy_c1
sched.program @p arenas [#sched.arena<device, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 16 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected source and destination not to overlap}}
  %c = sched.copy %a to %b stream(compute) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>>
  sched.return
}

// -----

// observe_c1
neap.parameter @w : tensor<4xf32> trained {value = dense<0.0> : tensor<4xf32>}
sched.program @p arenas [#sched.arena<device, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected the type of @w, 'tensor<4xf32>', got 'tensor<8xf32>'}}
  sched.observe %a of @w : !sched.slot<tensor<8xf32>>
  sched.return
}

// -----

// loop_c1
sched.program @p arenas [#sched.arena<device, 64>] {
  // expected-error@+1 {{expected a positive count, got 0}}
  sched.loop 0 carries() {
  ^bb0(%i: index):
    sched.yield
  } : () -> ()
  sched.return
}

// -----

// loop_c3
sched.program @p arenas [#sched.arena<device, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 32 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected carried slots to be yielded where they came in}}
  %r = sched.loop 2 carries(%a) {
  ^bb0(%i: index, %x: !sched.slot<tensor<8xf32>>):
    sched.yield %b : !sched.slot<tensor<8xf32>>
  } : (!sched.slot<tensor<8xf32>>) -> !sched.slot<tensor<8xf32>>
  sched.return
}

// -----

// return_c1
sched.program @p arenas [#sched.arena<device, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected parameters, states and outputs, got an activation}}
  sched.return %a : !sched.slot<tensor<8xf32>>
}

// -----

// slot_c1: an offset near 2^63.
sched.program @p arenas [#sched.arena<device, 40>] {
  // expected-error@+1 {{expected to lie within the arena of 40 bytes, got 32 bytes at 9223372036854775800}}
  %a = sched.slot activation at 9223372036854775800 : !sched.slot<tensor<8xf32>>
  sched.return
}

// -----

// A slot that no op of the dialect has made lies nowhere.
sched.program @p arenas [#sched.arena<device, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %b = builtin.unrealized_conversion_cast to !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected operands that lie in a slot of the program, got one of unknown place}}
  %c = sched.copy %b to %a stream(compute) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>>
  sched.return
}

// -----

// The same for what is kept.
sched.program @p arenas [#sched.arena<device, 64>] {
  %b = builtin.unrealized_conversion_cast to !sched.slot<tensor<8xf32>>
  // expected-error@+1 {{expected operands that lie in a slot of the program, got one of unknown place}}
  sched.return %b : !sched.slot<tensor<8xf32>>
}

// -----

// An argument of another op's region is no carried slot.
func.func @f(%a: !sched.slot<tensor<8xf32>>, %b: !sched.slot<tensor<8xf32>>) {
  // expected-error@+1 {{expected operands that lie in a slot of the program, got one of unknown place}}
  %c = sched.merge %a with %b : !sched.slot<tensor<8xf32>> with !sched.slot<tensor<8xf32>>
  return
}

// -----

// A circle of values, which a module allows, has no beginning.
// expected-error@+1 {{expected operands that lie in a slot of the program, got one of unknown place}}
%a = sched.merge %b with %b : !sched.slot<tensor<8xf32>> with !sched.slot<tensor<8xf32>>
%b = sched.merge %a with %a : !sched.slot<tensor<8xf32>> with !sched.slot<tensor<8xf32>>

// -----

// expected-error@+1 {{expected a tensor of at most 2^45 elements and 64 dimensions and static shape, got 'tensor<4294967296x4294967296xf32>'}}
func.func private @f(!sched.slot<tensor<4294967296x4294967296xf32>>)

// -----

// launch_c4
sched.kernel @copy pointwise (tensor<8xf32>) -> tensor<8xf32> {
^bb0(%a: tensor<8xf32>):
  neap.yield %a : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 128>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<8xf32>>
  %b = sched.slot activation at 64 : !sched.slot<tensor<8xf32>>
  %w = sched.slot workspace at 32 : !sched.slot<tensor<64xi8>>
  // expected-error@+1 {{expected a workspace that overlaps no operand or result}}
  %c = sched.launch @copy stream(compute) in(%a : !sched.slot<tensor<8xf32>>) out(%b : !sched.slot<tensor<8xf32>>)
    workspace(%w : !sched.slot<tensor<64xi8>>)
  sched.return
}

// -----

// launch_c4
sched.kernel @fill pointwise () -> tensor<8xf32> {
  %0 = neap.constant dense<0.0> : tensor<8xf32>
  neap.yield %0 : tensor<8xf32>
}
sched.program @p arenas [#sched.arena<device, 128>, #sched.arena<far, 64>] {
  %b = sched.slot activation at 64 : !sched.slot<tensor<8xf32>>
  %w = sched.slot workspace at 0 : !sched.slot<tensor<64xi8>, far>
  // expected-error@+1 {{expected a workspace on the device}}
  %c = sched.launch @fill stream(compute) in() out(%b : !sched.slot<tensor<8xf32>>) workspace(%w : !sched.slot<tensor<64xi8>, far>)
  sched.return
}
