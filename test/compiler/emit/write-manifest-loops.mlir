// Every round of a loop is an entry by itself, with the offsets of that round; what waits for an event that was carried waits
// for the entry of the round before. A kernel's launches are those of all rounds.
// RUN: neap-opt %s "-neap-write-manifest=device=cuda" | grep neap_manifest | sed -e 's/\\22/"/g' | FileCheck %s
// On the CPU only the kernels' launches are told.
// RUN: neap-opt %s -neap-write-manifest | grep neap_manifest | sed -e 's/\\22/"/g' | FileCheck %s --check-prefix=CPU

// CHECK: "launches":7,"name":"k"
// CPU: "launches":7,"name":"k"
// CPU-NOT: "program"

// Round 0, 0: nothing is to be waited for yet.
// CHECK-SAME: "program":[{"arguments":{{\[\[}}4096,4096,1]],"inputs":0,"launch":"k","nodes":["/rows"]}
// CHECK-SAME: {"after":[0],"copy":[0,4096,2],"from":[4096,4096,1],"nodes":[]}
// Round 0, 1 writes over what the copy before it reads; it moves by the inner stride.
// CHECK-SAME: {"after":[1],"arguments":{{\[\[}}4096,4096,1]],"inputs":0,"launch":"k","nodes":["/rows"]}
// CHECK-SAME: {"after":[2],"copy":[4096,4096,2],"from":[4096,4096,1],"nodes":[]}
// CHECK-SAME: {"after":[3],"arguments":{{\[\[}}4096,4096,1]],"inputs":0,"launch":"k","nodes":["/rows"]}
// CHECK-SAME: {"after":[4],"copy":[8192,4096,2],"from":[4096,4096,1],"nodes":[]}
// Round 1, 0 is three inner rounds away.
// CHECK-SAME: {"after":[5],"arguments":{{\[\[}}4096,4096,1]],"inputs":0,"launch":"k","nodes":["/rows"]}
// CHECK-SAME: {"after":[6],"copy":[16384,4096,2],"from":[4096,4096,1],"nodes":[]}
// CHECK-SAME: {"after":[8],"copy":[20480,4096,2],"from":[4096,4096,1],"nodes":[]}
// CHECK-SAME: {"after":[10],"copy":[24576,4096,2],"from":[4096,4096,1],"nodes":[]}
// Behind the loops, the last round is waited for.
// CHECK-SAME: {"after":[11],"arguments":{{\[\[}}4096,4096,1]],"inputs":0,"launch":"k","nodes":[]}]
!t = !sched.slot<tensor<1024xf32>>
!far = !sched.slot<tensor<8192xf32>, far>
!farT = !sched.slot<tensor<1024xf32>, far>
neap.parameter @w : tensor<4xf32> trained {value = dense<0.0> : tensor<4xf32>}
llvm.func @k() attributes {neap.kernel = {items = 7 : i64, grain = 2 : i64, scratch = 0 : i64, kind = #neap<group_kind gemm>, ops = ["matmul"], blocks = 2 : i64, block_threads = 128 : i64}}
sched.program @train arenas [#sched.arena<device, 8192>, #sched.arena<far, 32768>] {
  %w = sched.slot parameter @w at 0 : !sched.slot<tensor<4xf32>>
  %a = sched.slot activation at 4096 : !t
  %h = sched.slot activation at 0 : !far
  %none = sched.signal stream(offload)
  %all:2 = sched.loop 2 carries(%h, %none) {
  ^bb0(%i: index, %outer: !far, %before: !sched.event):
    %inner:2 = sched.loop 3 carries(%outer, %before) {
    ^bb0(%j: index, %whole: !far, %gone: !sched.event):
      %1 = sched.launch @k stream(compute) in() out(%a : !t) after(%gone) loc("/rows")
      %made = sched.signal stream(compute)
      %place = sched.view %whole at 0 + [%i, %j] * [16384, 4096] : !far -> !farT
      %2 = sched.copy %1 to %place stream(offload) after(%made) : !t to !farT
      %sent = sched.signal stream(offload)
      %next = sched.merge %whole with %2 : !far with !farT
      sched.yield %next, %sent : !far, !sched.event
    } : (!far, !sched.event) -> (!far, !sched.event)
    sched.yield %inner#0, %inner#1 : !far, !sched.event
  } : (!far, !sched.event) -> (!far, !sched.event)
  %3 = sched.launch @k stream(compute) in() out(%a : !t) after(%all#1)
  sched.return
}
