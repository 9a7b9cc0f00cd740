// CUDA kernels read up to 16 bytes at once, so their operands must begin, and move by, as much. The CPU asks for nothing.
// RUN: neap-opt %s -split-input-file -verify-diagnostics -neap-lower-step=device=cuda -o /dev/null
// RUN: neap-opt %s -split-input-file -neap-lower-step -o /dev/null

!x = !sched.slot<tensor<64xf32>>
llvm.func @k() attributes {neap.kernel = {items = 7 : i64, grain = 2 : i64, scratch = 0 : i64}}
sched.program @train arenas [#sched.arena<device, 512>] {
  %x = sched.slot activation at 0 : !x
  %a = sched.slot activation at 256 : !x
  // Scalars may lie anywhere, and pairs at multiples of 8.
  %one = sched.view %x at 4 : !x -> !sched.slot<tensor<f32>>
  %two = sched.view %x at 8 : !x -> !sched.slot<tensor<2xf32>>
  %1 = sched.launch @k stream(compute) in(%one, %two : !sched.slot<tensor<f32>>, !sched.slot<tensor<2xf32>>) out(%a : !x)
  %four = sched.view %x at 8 : !x -> !sched.slot<tensor<4xf32>>
  // expected-error@+1 {{expected operand 0 at multiples of 16 bytes, and to move by such: CUDA kernels rely on it}}
  %2 = sched.launch @k stream(compute) in(%four : !sched.slot<tensor<4xf32>>) out(%a : !x)
  sched.return
}

// -----

!x = !sched.slot<tensor<64xf32>>
!t = !sched.slot<tensor<2xf32>>
llvm.func @k() attributes {neap.kernel = {items = 7 : i64, grain = 2 : i64, scratch = 0 : i64}}
sched.program @train arenas [#sched.arena<device, 512>] {
  %x = sched.slot activation at 0 : !x
  %a = sched.slot activation at 256 : !x
  sched.loop 3 carries() {
  ^bb0(%i: index):
    %t = sched.view %x at 8 + [%i] * [12] : !x -> !t
    // expected-error@+1 {{expected operand 1 at multiples of 8 bytes}}
    %1 = sched.launch @k stream(compute) in(%a : !x) out(%t : !t)
    sched.yield
  } : () -> ()
  sched.return
}
