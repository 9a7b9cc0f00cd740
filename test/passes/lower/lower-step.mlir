// A program becomes the function that launches its kernels, and the runtime's description of it.
// RUN: neap-opt %s -neap-lower-step=max-workers=3 | FileCheck %s --implicit-check-not=sched. --implicit-check-not=neap.parameter --implicit-check-not=neap_offload

// CHECK-DAG: llvm.func @neap_launch(!llvm.ptr, !llvm.ptr, !llvm.ptr, i64, i64)
// CHECK-DAG: llvm.func @neap_observe_gradient(!llvm.ptr, i64, !llvm.ptr)

// One array of addresses serves all launches: as long as the launch with most operands.
// CHECK-LABEL: llvm.func @neap_step(
// CHECK-SAME: %[[CONTEXT:[a-z0-9]+]]: !llvm.ptr, %[[ARENA:[a-z0-9]+]]: !llvm.ptr) -> i32
// CHECK: %[[MOST:.*]] = llvm.mlir.constant(3 : i64)
// CHECK: %[[BUFFERS:.*]] = llvm.alloca %[[MOST]] x !llvm.ptr

// Inputs come first, then outputs; in place, both are the parameter at 64.
// CHECK: llvm.getelementptr %[[BUFFERS]][0]
// CHECK: %[[IN:.*]] = llvm.mlir.constant(64 : i64)
// CHECK: llvm.getelementptr %[[ARENA]][%[[IN]]]
// CHECK: llvm.getelementptr %[[BUFFERS]][1]
// CHECK: %[[X:.*]] = llvm.mlir.constant(0 : i64)
// CHECK: llvm.getelementptr %[[ARENA]][%[[X]]]
// CHECK: llvm.getelementptr %[[BUFFERS]][2]
// CHECK: %[[OUT:.*]] = llvm.mlir.constant(64 : i64)
// CHECK: llvm.getelementptr %[[ARENA]][%[[OUT]]]
// CHECK: %[[SCALE:.*]] = llvm.mlir.addressof @scale
// CHECK: %[[ITEMS:.*]] = llvm.mlir.constant(7 : i64)
// CHECK: %[[GRAIN:.*]] = llvm.mlir.constant(2 : i64)
// CHECK: llvm.call @neap_launch(%[[CONTEXT]], %[[SCALE]], %[[BUFFERS]], %[[ITEMS]], %[[GRAIN]])

// A gradient is shown under the number of its parameter in the order of declarations.
// CHECK: %[[INDEX:.*]] = llvm.mlir.constant(1 : i64)
// CHECK: llvm.call @neap_observe_gradient(%[[CONTEXT]], %[[INDEX]], %{{.*}})

// A kernel that is still a function of the func dialect has its address taken there.
// CHECK: %[[FILL:.*]] = func.constant @fill
// CHECK: %[[POINTER:.*]] = builtin.unrealized_conversion_cast %[[FILL]]
// CHECK: llvm.call @neap_launch(%[[CONTEXT]], %[[POINTER]], %[[BUFFERS]],

// A copy is a memcpy of the bytes of the type.
// CHECK: %[[BYTES:.*]] = llvm.mlir.constant(16 : i64)
// CHECK: "llvm.intr.memcpy"(%{{.*}}, %{{.*}}, %[[BYTES]])

// Constants lie 64 bytes apart; splats are written out.
// CHECK: llvm.mlir.global internal constant @neap_constants("\00\00\80?\00\00\80?\00{{.*}}\00\01\00\00\00\02\00\00\00")
// CHECK: llvm.mlir.global internal constant @neap_manifest("{}")

// The ABI's version, bytes of the arena and of the largest scratch, workers, then manifest, constants, step and device; no far
// memory.
// CHECK: llvm.mlir.global external constant @neap_program_instance()
// CHECK: llvm.mlir.constant(4 : i32)
// CHECK: llvm.mlir.constant(0 : i32)
// CHECK: llvm.mlir.constant(512 : i64)
// CHECK: llvm.mlir.constant(96 : i64)
// CHECK: llvm.mlir.constant(3 : i64)
// CHECK: llvm.mlir.addressof @neap_manifest
// CHECK: llvm.mlir.constant(2 : i64)
// CHECK: llvm.mlir.addressof @neap_constants
// CHECK: llvm.mlir.constant(72 : i64)
// CHECK: llvm.mlir.addressof @neap_step
// CHECK: llvm.mlir.addressof @neap_cpu_device
// CHECK: llvm.mlir.constant(0 : i64)
neap.parameter @v : tensor<4xf32> {value = dense<0.0> : tensor<4xf32>}
neap.parameter @w : tensor<4xf32> trained {value = dense<0.0> : tensor<4xf32>}
llvm.func @scale(!llvm.ptr, i64, i64, !llvm.ptr) attributes {neap.kernel = {items = 7 : i64, grain = 2 : i64, scratch = 96 : i64}}
func.func private @fill(!llvm.ptr, i64, i64, !llvm.ptr) attributes {neap.kernel = {items = 1 : i64, grain = 1 : i64, scratch = 8 : i64}}
sched.program @train arenas [#sched.arena<device, 512>] {
  %x = sched.slot input "x" at 0 : !sched.slot<tensor<4xf32>>
  %w = sched.slot parameter @w at 64 : !sched.slot<tensor<4xf32>>
  %one = sched.slot constant at 128 value dense<1.0> : tensor<2xf32> : !sched.slot<tensor<2xf32>>
  %two = sched.slot constant at 192 value dense<[1, 2]> : tensor<2xi32> : !sched.slot<tensor<2xi32>>
  %out = sched.slot output "loss" at 256 : !sched.slot<tensor<4xf32>>
  %a = sched.slot activation at 320 : !sched.slot<tensor<4xf32>>
  %1 = sched.launch @scale stream(compute) in(%w, %x : !sched.slot<tensor<4xf32>>, !sched.slot<tensor<4xf32>>)
    out(%w : !sched.slot<tensor<4xf32>>)
  sched.observe %1 of @w : !sched.slot<tensor<4xf32>>
  %2 = sched.launch @fill stream(compute) in() out(%a : !sched.slot<tensor<4xf32>>)
  %3 = sched.copy %2 to %out stream(compute) : !sched.slot<tensor<4xf32>> to !sched.slot<tensor<4xf32>>
  sched.return %1, %3 : !sched.slot<tensor<4xf32>>, !sched.slot<tensor<4xf32>>
}
