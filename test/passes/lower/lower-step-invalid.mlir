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

// F1: what the host reads and writes is on the device.
neap.parameter @w : tensor<4xf32> trained {value = dense<0.0> : tensor<4xf32>}
sched.program @train arenas [#sched.arena<far, 64>] {
  // expected-error@+1 {{expected an activation or a state in far memory, got: parameter}}
  %w = sched.slot parameter @w at 0 : !sched.slot<tensor<4xf32>, far>
  sched.return
}

// -----

// F1: blocks of the file begin with a slot.
sched.program @train arenas [#sched.arena<far, 4096>] {
  // expected-error@+1 {{expected a multiple of 4096 as its place in far memory, got 64}}
  %h = sched.slot activation at 64 : !sched.slot<tensor<4xf32>, far>
  sched.return
}

// -----

// F2: kernels run one after the other.
llvm.func @fill(!llvm.ptr, i64, i64, !llvm.ptr) attributes {neap.kernel = {items = 7 : i64, grain = 2 : i64, scratch = 96 : i64}}
sched.program @train arenas [#sched.arena<device, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<4xf32>>
  // expected-error@+1 {{expected stream compute, got offload}}
  %1 = sched.launch @fill stream(offload) in() out(%a : !sched.slot<tensor<4xf32>>)
  sched.return
}

// -----

// F2: each direction has its stream.
sched.program @train arenas [#sched.arena<device, 64>, #sched.arena<far, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<4xf32>>
  %h = sched.slot activation at 0 : !sched.slot<tensor<4xf32>, far>
  // expected-error@+1 {{expected stream offload, got reload}}
  %1 = sched.copy %a to %h stream(reload) : !sched.slot<tensor<4xf32>> to !sched.slot<tensor<4xf32>, far>
  sched.return
}

// -----

// F2: the step's own thread does not copy to far memory.
sched.program @train arenas [#sched.arena<device, 64>, #sched.arena<far, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<4xf32>>
  %h = sched.slot activation at 0 : !sched.slot<tensor<4xf32>, far>
  // expected-error@+1 {{expected stream reload, got compute}}
  %1 = sched.copy %h to %a stream(compute) : !sched.slot<tensor<4xf32>, far> to !sched.slot<tensor<4xf32>>
  sched.return
}

// -----

// F2: nor is there anything to gain from two places in far memory.
sched.program @train arenas [#sched.arena<far, 8192>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<4xf32>, far>
  %b = sched.slot activation at 4096 : !sched.slot<tensor<4xf32>, far>
  // expected-error@+1 {{expected one end on the device}}
  %1 = sched.copy %a to %b stream(reload) : !sched.slot<tensor<4xf32>, far> to !sched.slot<tensor<4xf32>, far>
  sched.return
}

// -----

// F3: direct transfers start at multiples of a block in memory too.
sched.program @train arenas [#sched.arena<device, 128>, #sched.arena<far, 64>] {
  %a = sched.slot activation at 64 : !sched.slot<tensor<4xf32>>
  %h = sched.slot activation at 0 : !sched.slot<tensor<4xf32>, far>
  // expected-error@+1 {{expected multiples of 4096 as its places, got 64 of device: disks transfer whole blocks}}
  %1 = sched.copy %a to %h stream(offload) : !sched.slot<tensor<4xf32>> to !sched.slot<tensor<4xf32>, far>
  sched.return
}

// -----

// F3: a view moves the place.
sched.program @train arenas [#sched.arena<device, 8192>, #sched.arena<far, 8192>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<4xf32>>
  %h = sched.slot activation at 4096 : !sched.slot<tensor<64xf32>, far>
  %part = sched.view %h at 16 : !sched.slot<tensor<64xf32>, far> -> !sched.slot<tensor<4xf32>, far>
  // expected-error@+1 {{expected multiples of 4096 as its places, got 4112 of far: disks transfer whole blocks}}
  %1 = sched.copy %part to %a stream(reload) : !sched.slot<tensor<4xf32>, far> to !sched.slot<tensor<4xf32>>
  sched.return
}

// -----

// F4: the block that a part ends in belongs to the slot's next part as well.
sched.program @train arenas [#sched.arena<device, 8192>, #sched.arena<far, 8192>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<4xf32>>
  %h = sched.slot activation at 4096 : !sched.slot<tensor<64xf32>, far>
  %part = sched.view %h : !sched.slot<tensor<64xf32>, far> -> !sched.slot<tensor<4xf32>, far>
  // expected-error@+1 {{expected to end at a multiple of 4096 or where its slot ends, at 4352, got 4112: whole blocks are written}}
  %1 = sched.copy %a to %part stream(offload) : !sched.slot<tensor<4xf32>> to !sched.slot<tensor<4xf32>, far>
  sched.return
}

// -----

// F3: in later rounds too.
sched.program @train arenas [#sched.arena<device, 4096>, #sched.arena<far, 8192>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<4xf32>>
  %h = sched.slot activation at 0 : !sched.slot<tensor<2048xf32>, far>
  sched.loop 2 carries() {
  ^bb0(%i: index):
    %part = sched.view %h at 0 + [%i] * [4100] : !sched.slot<tensor<2048xf32>, far> -> !sched.slot<tensor<4xf32>, far>
    // expected-error@+1 {{expected its places to move by multiples of 4096, got 4100 in far: disks transfer whole blocks}}
    %1 = sched.copy %part to %a stream(reload) : !sched.slot<tensor<4xf32>, far> to !sched.slot<tensor<4xf32>>
    sched.yield
  } : () -> ()
  sched.return
}

// -----

// F4: where the first round ends, the slot does not end in the second.
sched.program @train arenas [#sched.arena<device, 4096>, #sched.arena<far, 4112>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<4xf32>>
  %h = sched.slot activation at 0 : !sched.slot<tensor<1028xf32>, far>
  sched.loop 2 carries() {
  ^bb0(%i: index):
    %part = sched.view %h at 0 + [%i] * [4096] : !sched.slot<tensor<1028xf32>, far> -> !sched.slot<tensor<4xf32>, far>
    // expected-error@+1 {{expected to end at a multiple of 4096 or where its slot ends, at 4112, got 16: whole blocks are written}}
    %1 = sched.copy %a to %part stream(offload) : !sched.slot<tensor<4xf32>> to !sched.slot<tensor<4xf32>, far>
    sched.yield
  } : () -> ()
  sched.return
}

// -----

sched.program @train arenas [#sched.arena<device, 64>] {
  // expected-error@+1 {{expected a stream that the CPU target has, got communicate}}
  %e = sched.signal stream(communicate)
  sched.return
}

// -----

sched.program @train arenas [#sched.arena<device, 64>] {
  // expected-error@+1 {{expected an entry that the CPU target can run}}
  %c = neap.constant dense<0.0> : tensor<4xf32>
  sched.return
}

// -----

// An error in a loop is found like any other.
sched.program @train arenas [#sched.arena<device, 64>] {
  sched.loop 2 carries() {
  ^bb0(%i: index):
    // expected-error@+1 {{expected a stream that the CPU target has, got communicate}}
    %e = sched.signal stream(communicate)
    sched.yield
  } : () -> ()
  sched.return
}

// -----

// Whoever asked for gradients gets each once.
neap.parameter @w : tensor<4xf32> trained {value = dense<0.0> : tensor<4xf32>}
sched.program @train arenas [#sched.arena<device, 64>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<4xf32>>
  sched.loop 2 carries() {
  ^bb0(%i: index):
    // expected-error@+1 {{expected to stand outside of loops, as a gradient is shown once a step}}
    sched.observe %a of @w : !sched.slot<tensor<4xf32>>
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
