// Loops become blocks that go back to themselves. What moves is computed in each round, and so are the counts that events
// stand for: here, one signal and one offload in each of 2 * 3 rounds.
// RUN: neap-opt %s -neap-lower-step | FileCheck %s --implicit-check-not=sched.

// CHECK-LABEL: llvm.func @neap_step(
// CHECK-SAME: %[[CONTEXT:[a-z0-9]+]]: !llvm.ptr, %[[ARENA:[a-z0-9]+]]: !llvm.ptr) -> i32
// The number of the round, and the carried event as three numbers.
// CHECK: llvm.br ^[[OUTER:bb[0-9]+]](%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : i64, i64, i64, i64)
// CHECK: ^[[OUTER]](%[[I:[0-9]+]]: i64, %{{.*}}: i64, %[[BEFORE:[0-9]+]]: i64, %{{.*}}: i64):
// CHECK: %[[GIVEN:.*]] = llvm.add %{{.*}}, %[[BEFORE]]
// CHECK: llvm.br ^[[INNER:bb[0-9]+]](%{{.*}}, %{{.*}}, %[[GIVEN]], %{{.*}} : i64, i64, i64, i64)
// CHECK: ^[[INNER]](%[[J:[0-9]+]]: i64, %{{.*}}: i64, %[[GONE:[0-9]+]]: i64, %[[NONE:[0-9]+]]: i64):

// A round waits for the offloads that the carried event stands for.
// CHECK: %[[OFFLOADS:.*]] = llvm.add %{{.*}}, %[[GONE]]
// CHECK: %[[RELOADS:.*]] = llvm.add %{{.*}}, %[[NONE]]
// CHECK: llvm.call @neap_wait(%[[CONTEXT]], %[[OFFLOADS]], %[[RELOADS]])
// The launch works on a row that moves with the inner loop alone, 64 bytes a round from 8192 on.
// CHECK: %[[RING:.*]] = llvm.mlir.constant(8192 : i64)
// CHECK: %[[STRIDE:.*]] = llvm.mlir.constant(64 : i64)
// CHECK: %[[MOVED:.*]] = llvm.mul %[[J]], %[[STRIDE]]
// CHECK: %[[ROW:.*]] = llvm.add %[[RING]], %[[MOVED]]
// CHECK: %[[ADDRESS:.*]] = llvm.getelementptr %[[ARENA]][%[[ROW]]]
// CHECK: llvm.store %[[ADDRESS]]
// CHECK: llvm.call @neap_launch
// CHECK: llvm.call @neap_signal

// The offload goes to 16384 i + 4096 j, behind 1 + 3 i + j signals.
// CHECK: %[[FAR:.*]] = llvm.mlir.constant(0 : i64)
// CHECK: %[[STRIDE0:.*]] = llvm.mlir.constant(16384 : i64)
// CHECK: %[[MOVED0:.*]] = llvm.mul %[[I]], %[[STRIDE0]]
// CHECK: %[[SUM0:.*]] = llvm.add %[[FAR]], %[[MOVED0]]
// CHECK: %[[STRIDE1:.*]] = llvm.mlir.constant(4096 : i64)
// CHECK: %[[MOVED1:.*]] = llvm.mul %[[J]], %[[STRIDE1]]
// CHECK: %[[TO:.*]] = llvm.add %[[SUM0]], %[[MOVED1]]
// CHECK: %[[ONE:.*]] = llvm.mlir.constant(1 : i64)
// CHECK: %[[THREE:.*]] = llvm.mlir.constant(3 : i64)
// CHECK: %[[ROUNDS:.*]] = llvm.mul %[[I]], %[[THREE]]
// CHECK: %[[SOME:.*]] = llvm.add %[[ONE]], %[[ROUNDS]]
// CHECK: %[[SIGNALS:.*]] = llvm.add %[[SOME]], %[[J]]
// CHECK: llvm.call @neap_offload(%[[CONTEXT]], %{{.*}}, %[[TO]], %{{.*}}, %[[SIGNALS]], %{{.*}})

// The next round gets what this one made; three rounds.
// CHECK: %[[NEXT:.*]] = llvm.add %[[J]], %{{.*}}
// CHECK: %[[SENT:.*]] = llvm.add %{{.*}}, %[[J]]
// CHECK: %[[COUNT:.*]] = llvm.mlir.constant(3 : i64)
// CHECK: %[[MORE:.*]] = llvm.icmp "slt" %[[NEXT]], %[[COUNT]]
// CHECK: llvm.cond_br %[[MORE]], ^[[INNER]](%[[NEXT]], %{{.*}}, %[[SENT]], %{{.*}} : i64, i64, i64, i64), ^[[BEHIND:bb[0-9]+]]
// CHECK: ^[[BEHIND]]:
// CHECK: llvm.mlir.constant(2 : i64)
// CHECK: llvm.cond_br %{{.*}}, ^[[OUTER]](

// Behind the loops what came out of them is waited for, then all six offloads, for which nobody need ask again.
// CHECK: %[[OUT:.*]] = llvm.add %{{.*}}, %[[J]]
// CHECK: llvm.call @neap_wait(%[[CONTEXT]], %[[OUT]], %{{.*}})
// CHECK: llvm.call @neap_launch
// CHECK: %[[ALL:.*]] = llvm.mlir.constant(6 : i64)
// CHECK: llvm.call @neap_wait(%[[CONTEXT]], %[[ALL]], %{{.*}})
// CHECK: llvm.call @neap_launch
// CHECK-NOT: neap_wait
// CHECK: llvm.call @neap_launch
// Of two events, one of which is only known when the step runs, the later.
// CHECK: %[[LATER:.*]] = llvm.intr.smax(
// CHECK: %[[BOTH:.*]] = llvm.add %{{.*}}, %[[LATER]]
// CHECK: llvm.call @neap_wait(%[[CONTEXT]], %[[BOTH]], %{{.*}})
// CHECK: llvm.call @neap_launch
// CHECK: llvm.return
!t = !sched.slot<tensor<1024xf32>>
!row = !sched.slot<tensor<16xf32>>
!far = !sched.slot<tensor<8192xf32>, far>
!farT = !sched.slot<tensor<1024xf32>, far>
llvm.func @fill(!llvm.ptr, i64, i64, !llvm.ptr) attributes {neap.kernel = {items = 7 : i64, grain = 2 : i64, scratch = 0 : i64}}
sched.program @train arenas [#sched.arena<device, 12288>, #sched.arena<far, 32768>] {
  %a = sched.slot activation at 4096 : !t
  %ring = sched.slot activation at 8192 : !t
  %h = sched.slot activation at 0 : !far
  %none = sched.signal stream(offload)
  %all:2 = sched.loop 2 carries(%h, %none) {
  ^bb0(%i: index, %outer: !far, %before: !sched.event):
    %inner:2 = sched.loop 3 carries(%outer, %before) {
    ^bb0(%j: index, %whole: !far, %gone: !sched.event):
      %r = sched.view %ring at 0 + [%j] * [64] : !t -> !row
      %1 = sched.launch @fill stream(compute) in() out(%r : !row) after(%gone)
      %made = sched.signal stream(compute)
      %place = sched.view %whole at 0 + [%i, %j] * [16384, 4096] : !far -> !farT
      %2 = sched.copy %a to %place stream(offload) after(%made) : !t to !farT
      %sent = sched.signal stream(offload)
      %next = sched.merge %whole with %2 : !far with !farT
      sched.yield %next, %sent : !far, !sched.event
    } : (!far, !sched.event) -> (!far, !sched.event)
    sched.yield %inner#0, %inner#1 : !far, !sched.event
  } : (!far, !sched.event) -> (!far, !sched.event)
  %mine = sched.signal stream(compute)
  %3 = sched.launch @fill stream(compute) in() out(%a : !t) after(%all#1, %mine)
  %last = sched.signal stream(offload)
  %4 = sched.launch @fill stream(compute) in() out(%a : !t) after(%last)
  %5 = sched.launch @fill stream(compute) in() out(%a : !t) after(%last)
  %6 = sched.launch @fill stream(compute) in() out(%a : !t) after(%all#1, %last)
  sched.return
}
