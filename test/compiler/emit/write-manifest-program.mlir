// A program as data: slots, then launches, copies and observations whose operands are [offset, bytes, slot], and the nodes of the
// model that each was made from, each once.
// RUN: neap-opt %s "-neap-write-manifest=device=cuda" | grep neap_manifest | sed -e 's/\\22/"/g' | FileCheck %s

// CHECK: "kernels":[{"block_threads":128,"blocks":2,
// CHECK-SAME: "program":[{"arguments":{{\[\[}}0,16,0],[128,16,2]],"inputs":1,"launch":"k","nodes":["/up/MatMul","/up/Gelu"]}
// CHECK-SAME: {"from":[128,16,2],"nodes":[],"observe":"w"}
// A view is a part of its slot.
// CHECK-SAME: {"arguments":{{\[\[}}136,8,2],[192,8,3]],"inputs":1,"launch":"half","nodes":[]}
// CHECK-SAME: {"copy":[0,16,0],"from":[128,16,2],"nodes":["/out"]}]
// CHECK-SAME: "slots":[{"alive_after":true,"alive_before":true,"bytes":16,"offset":0},{"alive_after":true,"alive_before":true,"bytes":72,"offset":64}
// CHECK-SAME: {"alive_after":false,"alive_before":false,"bytes":16,"offset":128},{"alive_after":true,"alive_before":false,"bytes":8,"offset":192}]
neap.parameter @w : tensor<4xf32> trained {value = dense<0.0> : tensor<4xf32>}
llvm.func @k() attributes {neap.kernel = {items = 7 : i64, grain = 2 : i64, scratch = 0 : i64, kind = #neap<group_kind gemm>, ops = ["matmul"], blocks = 2 : i64, block_threads = 128 : i64}}
llvm.func @half() attributes {neap.kernel = {items = 7 : i64, grain = 2 : i64, scratch = 0 : i64, kind = #neap<group_kind gemm>, ops = ["matmul"], blocks = 2 : i64, block_threads = 128 : i64}}
sched.program @train arenas [#sched.arena<device, 256>] {
  %w = sched.slot parameter @w at 0 : !sched.slot<tensor<4xf32>>
  %block = sched.slot step_block at 64 : !sched.slot<tensor<18xi32>>
  %a = sched.slot activation at 128 : !sched.slot<tensor<4xf32>>
  %loss = sched.slot output "loss" at 192 : !sched.slot<tensor<2xf32>>
  %1 = sched.launch @k stream(compute) in(%w : !sched.slot<tensor<4xf32>>) out(%a : !sched.slot<tensor<4xf32>>) loc(fused["/up/MatMul"("model.py":3:0), "/up/Gelu", "/up/MatMul"])
  sched.observe %1 of @w : !sched.slot<tensor<4xf32>>
  %part = sched.view %1 at 8 : !sched.slot<tensor<4xf32>> -> !sched.slot<tensor<2xf32>>
  %2 = sched.launch @half stream(compute) in(%part : !sched.slot<tensor<2xf32>>) out(%loss : !sched.slot<tensor<2xf32>>)
  %3 = sched.copy %1 to %w stream(compute) : !sched.slot<tensor<4xf32>> to !sched.slot<tensor<4xf32>> loc("/out")
  sched.return %3, %2 : !sched.slot<tensor<4xf32>>, !sched.slot<tensor<2xf32>>
}
