// Far memory in the manifest: its size in whole blocks, states and slots that lie there, and what waits for which entry.
// RUN: neap-opt %s "-neap-write-manifest=device=cuda" | grep neap_manifest | sed -e 's/\\22/"/g' | FileCheck %s

// CHECK: "far_bytes":8192
// The parts are of the device: none of its bytes is for the state.
// CHECK-SAME: "parts":{"activations":12224,"constants":0,"inputs":0,"library_workspace":0,"optimizer_state":0,"parameters":64,
// CHECK-SAME: "planned_bytes":12288
// An event is the last entry of its stream: a copy waits for the launch before it, and the next launch for the copy, not for the launch,
// which its own stream puts in order. Before a stream's first entry nothing can be waited for.
// CHECK-SAME: "program":[{"arguments":{{\[\[}}0,16,3]],"inputs":0,"launch":"k","nodes":[]}
// CHECK-SAME: {"from":[0,16,3],"nodes":[],"observe":"w"}
// CHECK-SAME: {"after":[0],"copy":[0,16,2],"from":[0,16,3],"nodes":["/up"]}
// CHECK-SAME: {"after":[2],"arguments":{{\[\[}}0,16,3]],"inputs":0,"launch":"k","nodes":[]}
// CHECK-SAME: {"copy":[4096,16,4],"from":[4096,16,1],"nodes":[]}]
// CHECK-SAME: "slots":[{"alive_after":true,"alive_before":true,"bytes":16,"offset":8192},{"alive_after":true,"alive_before":true,"bytes":16,"offset":4096,"space":"far"},{"alive_after":false,"alive_before":false,"bytes":16,"offset":0,"space":"far"}
// CHECK-SAME: {"alive_after":false,"alive_before":false,"bytes":16,"offset":0}
// CHECK-SAME: "states":[{"bytes":16,"name":"w.m","offset":4096,"parameter":"w","shape":[4],"space":"far","type":"float32"}]
!t = !sched.slot<tensor<4xf32>>
!far = !sched.slot<tensor<4xf32>, far>
neap.parameter @w : tensor<4xf32> trained {value = dense<0.0> : tensor<4xf32>}
neap.state @w.m : tensor<4xf32> of @w
llvm.func @k() attributes {neap.kernel = {items = 7 : i64, grain = 2 : i64, scratch = 0 : i64, kind = #neap<group_kind gemm>, ops = ["matmul"], blocks = 2 : i64, block_threads = 128 : i64}}
sched.program @train arenas [#sched.arena<device, 12288>, #sched.arena<far, 4112>] {
  %w = sched.slot parameter @w at 8192 : !t
  %state = sched.slot state @w.m at 4096 : !far
  %h = sched.slot activation at 0 : !far
  %a = sched.slot activation at 0 : !t
  %m = sched.slot activation at 4096 : !t
  %none = sched.signal stream(offload)
  %1 = sched.launch @k stream(compute) in() out(%a : !t) after(%none)
  sched.observe %1 of @w : !t
  %e = sched.signal stream(compute)
  %2 = sched.copy %1 to %h stream(offload) after(%e) : !t to !far loc("/up")
  %out = sched.signal stream(offload)
  %3 = sched.launch @k stream(compute) in() out(%a : !t) after(%out, %e, %out)
  %4 = sched.copy %state to %m stream(reload) : !far to !t
  sched.return
}
