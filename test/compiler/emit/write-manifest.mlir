// Every field of the manifest, from a program with one slot of every role.
// RUN: neap-opt %s "-neap-write-manifest=name=m optimizer=sgd learning-rate=0.5 momentum=0.9 max-workers=2 command-line=--optimizer,sgd" \
// RUN:   | grep neap_manifest | sed -e 's/\\22/"/g' | FileCheck %s
// RUN: neap-opt %s -neap-write-manifest | grep neap_manifest | sed -e 's/\\22/"/g' | FileCheck %s --check-prefix=DEFAULT
// RUN: not neap-opt %s -neap-write-manifest -neap-lower-step -neap-write-manifest 2>&1 | FileCheck %s --check-prefix=GONE

// CHECK: llvm.mlir.global internal constant @neap_manifest("{
// CHECK-SAME: "arena_bytes":640
// CHECK-SAME: "compiler":"neap
// CHECK-SAME: "constants":[{"bytes":8,"offset":192,"source":0}]
// CHECK-SAME: "defaults":{"beta1":0.{{9|90*}}
// CHECK-SAME: "clip_grad_norm":null
// CHECK-SAME: "learning_rate":0.5
// CHECK-SAME: "momentum":0.9
// CHECK-SAME: "far_bytes":0
// CHECK-SAME: "format":1
// A binary without clipping has the norm all the same.
// CHECK-SAME: "gradient_norm":{"offset":448,"type":"float32"}
// CHECK-SAME: "inputs":[{"bytes":64,"ignore":-100,"limit":9,"minimum":0,"name":"x","offset":0,"role":"tokens","shape":[2,4],"type":"int64"}]
// CHECK-SAME: "item":"token","items_per_step":8
// CHECK-SAME: "kernels":[{"bytes_read":16,"bytes_written":4,"class":"products","flops":24,"items":7,"kind":"gemm","launches":2,"name":"k","ops":["matmul","exp"],"scratch_bytes":96}]
// CHECK-SAME: "loss":{"offset":384,"type":"float32"}
// CHECK-SAME: "max_workers":2
// CHECK-SAME: "name":"m"
// CHECK-SAME: "optimizer":"sgd"
// CHECK-SAME: "options":["--optimizer","sgd"]
// CHECK-SAME: "parameters":[{"bytes":16,"name":"w","offset":64,"shape":[4],"torch":"layer.w","trained":true,"type":"float32"}]
// What several values share is counted once: the arena less what lies there for good.
// CHECK-SAME: "parts":{"activations":256,"constants":64,"inputs":64,"optimizer_state":64,"parameters":64,"scratch":256,"step_block":128}
// The arena, and scratch of every worker.
// CHECK-SAME: "planned_bytes":896
// CHECK-SAME: "scratch_bytes_per_worker":96
// CHECK-SAME: "states":[{"bytes":16,"name":"w.m","offset":128,"parameter":"w","shape":[4],"type":"float32"}]
// CHECK-SAME: "step_block":256

// A program without a learning rate has to be told one.
// DEFAULT: "learning_rate":null
// DEFAULT-SAME: "max_workers":1
// GONE: error: expected one scheduled program, got 0
neap.parameter @w : tensor<4xf32> trained {torch_name = "layer.w", value = dense<0.0> : tensor<4xf32>}
neap.state @w.m : tensor<4xf32> of @w
llvm.func @k(!llvm.ptr, i64, i64, !llvm.ptr)
  attributes {neap.kernel = {items = 7 : i64, grain = 2 : i64, scratch = 96 : i64, kind = #neap<group_kind gemm>, class = "products", flops = 24 : i64,
    bytes_read = 16 : i64, bytes_written = 4 : i64, ops = ["matmul", "exp"]}}
sched.program @train arenas [#sched.arena<device, 640>] {
  %x = sched.slot input "x" at 0 {neap.ignore = -100 : i64, neap.limit = 9 : i64, neap.minimum = 0 : i64, neap.role = "tokens"} : !sched.slot<tensor<2x4xi64>>
  %w = sched.slot parameter @w at 64 : !sched.slot<tensor<4xf32>>
  %m = sched.slot state @w.m at 128 : !sched.slot<tensor<4xf32>>
  %c = sched.slot constant at 192 value dense<1.0> : tensor<2xf32> : !sched.slot<tensor<2xf32>>
  %block = sched.slot step_block at 256 : !sched.slot<tensor<18xi32>>
  %loss = sched.slot output "loss" at 384 : !sched.slot<tensor<f32>>
  %norm = sched.slot output "gradient_norm" at 448 : !sched.slot<tensor<f32>>
  %1 = sched.launch @k stream(compute) in(%w : !sched.slot<tensor<4xf32>>) out(%loss : !sched.slot<tensor<f32>>)
  %2 = sched.launch @k stream(compute) in(%w : !sched.slot<tensor<4xf32>>) out(%norm : !sched.slot<tensor<f32>>)
  sched.return %1, %2 : !sched.slot<tensor<f32>>, !sched.slot<tensor<f32>>
}
