// A program that moves an activation to far memory and back, and keeps a state there. Events are counts: of signals, which the step
// gives where a copy waits for one, and of the copies of each stream.
// RUN: neap-opt %s -neap-lower-step | FileCheck %s --implicit-check-not=sched.
// The same holds for a CUDA device, whose runtime reads the program from the manifest.
// RUN: neap-opt %s -neap-lower-step=device=cuda | FileCheck %s --check-prefix=CUDA --implicit-check-not=neap_offload

// CHECK-DAG: llvm.func @neap_offload(!llvm.ptr, !llvm.ptr, i64, i64, i64, i64)
// CHECK-DAG: llvm.func @neap_reload(!llvm.ptr, !llvm.ptr, i64, i64, i64, i64)
// CHECK-DAG: llvm.func @neap_signal(!llvm.ptr)
// CHECK-DAG: llvm.func @neap_wait(!llvm.ptr, i64, i64)

// CHECK-LABEL: llvm.func @neap_step(
// CHECK-SAME: %[[CONTEXT:[a-z0-9]+]]: !llvm.ptr, %[[ARENA:[a-z0-9]+]]: !llvm.ptr) -> i32

// A reload from the beginning of the step on: to 4096 of the arena from 8192, 20 bytes, behind nothing.
// CHECK: %[[AT:.*]] = llvm.mlir.constant(4096 : i64)
// CHECK: %[[MEAN:.*]] = llvm.getelementptr %[[ARENA]][%[[AT]]]
// CHECK: %[[FAR:.*]] = llvm.mlir.constant(8192 : i64)
// CHECK: %[[BYTES:.*]] = llvm.mlir.constant(20 : i64)
// CHECK: %[[NONE:.*]] = llvm.mlir.constant(0 : i64)
// CHECK: %[[NEITHER:.*]] = llvm.mlir.constant(0 : i64)
// CHECK: llvm.call @neap_reload(%[[CONTEXT]], %[[MEAN]], %[[FAR]], %[[BYTES]], %[[NONE]], %[[NEITHER]])

// The first launch waits for nothing; an offload waits for the signal behind it.
// CHECK-NOT: neap_wait
// CHECK: llvm.call @neap_launch
// CHECK: llvm.call @neap_signal(%[[CONTEXT]])
// CHECK: %[[ONE:.*]] = llvm.mlir.constant(1 : i64)
// CHECK: %[[NO:.*]] = llvm.mlir.constant(0 : i64)
// CHECK: llvm.call @neap_offload(%[[CONTEXT]], %{{.*}}, %{{.*}}, %{{.*}}, %[[ONE]], %[[NO]])

// Others take the bytes when the offload is done, and the copy back comes when they are done and the offload is: a second signal,
// and one offload.
// CHECK: %[[OFFLOADS:.*]] = llvm.mlir.constant(1 : i64)
// CHECK: %[[RELOADS:.*]] = llvm.mlir.constant(0 : i64)
// CHECK: llvm.call @neap_wait(%[[CONTEXT]], %[[OFFLOADS]], %[[RELOADS]])
// CHECK: llvm.call @neap_launch
// CHECK: llvm.call @neap_signal(%[[CONTEXT]])
// CHECK: %[[SECOND:.*]] = llvm.mlir.constant(2 : i64)
// CHECK: %[[FIRST:.*]] = llvm.mlir.constant(1 : i64)
// CHECK: llvm.call @neap_reload(%[[CONTEXT]], %{{.*}}, %{{.*}}, %{{.*}}, %[[SECOND]], %[[FIRST]])

// Both reloads are waited for at once, and once: the event of the first says no more.
// CHECK: %[[OFFLOADS2:.*]] = llvm.mlir.constant(0 : i64)
// CHECK: %[[RELOADS2:.*]] = llvm.mlir.constant(2 : i64)
// CHECK: llvm.call @neap_wait(%[[CONTEXT]], %[[OFFLOADS2]], %[[RELOADS2]])
// CHECK: llvm.call @neap_launch
// CHECK-NOT: neap_wait
// CHECK: "llvm.intr.memcpy"

// A signal that only the step's own thread waits for is none. The state goes back behind the third.
// CHECK-NOT: neap_signal
// CHECK: llvm.call @neap_launch
// CHECK: llvm.call @neap_signal(%[[CONTEXT]])
// CHECK: %[[THIRD:.*]] = llvm.mlir.constant(3 : i64)
// CHECK: llvm.call @neap_offload(%[[CONTEXT]], %[[MEAN2:.*]], %{{.*}}, %{{.*}}, %[[THIRD]], %{{.*}})
// CHECK: llvm.return

// Far memory is counted in whole blocks, in the last field.
// CHECK: llvm.mlir.global external constant @neap_program_instance()
// CHECK: llvm.mlir.addressof @neap_cpu_device
// CHECK: llvm.mlir.constant(12288 : i64)
// CUDA: llvm.mlir.global external constant @neap_program_instance()
// CUDA: llvm.mlir.addressof @neap_cuda_device
// CUDA: llvm.mlir.constant(12288 : i64)
!a = !sched.slot<tensor<1025xf32>>
!far = !sched.slot<tensor<1025xf32>, far>
!m = !sched.slot<tensor<5xf32>>
!farM = !sched.slot<tensor<5xf32>, far>
neap.parameter @w : tensor<5xf32> trained {value = dense<0.0> : tensor<5xf32>}
neap.state @w.m : tensor<5xf32> of @w
llvm.func @fill(!llvm.ptr, i64, i64, !llvm.ptr) attributes {neap.kernel = {items = 7 : i64, grain = 2 : i64, scratch = 0 : i64}}
llvm.func @update(!llvm.ptr, i64, i64, !llvm.ptr) attributes {neap.kernel = {items = 7 : i64, grain = 2 : i64, scratch = 0 : i64}}
sched.program @train arenas [#sched.arena<device, 20480>, #sched.arena<far, 8212>] {
  %state = sched.slot state @w.m at 8192 : !farM
  %h = sched.slot activation at 0 : !far
  %m = sched.slot activation at 4096 : !m
  %a = sched.slot activation at 8192 : !a
  %b = sched.slot activation at 8192 : !a
  %c = sched.slot activation at 64 : !m
  %1 = sched.copy %state to %m stream(reload) : !farM to !m
  %fetched = sched.signal stream(reload)
  %2 = sched.launch @fill stream(compute) in() out(%a : !a)
  %filled = sched.signal stream(compute)
  %3 = sched.copy %2 to %h stream(offload) after(%filled) : !a to !far
  %out = sched.signal stream(offload)
  %4 = sched.launch @fill stream(compute) in() out(%b : !a) after(%out)
  %used = sched.signal stream(compute)
  %5 = sched.copy %3 to %a stream(reload) after(%used, %out) : !far to !a
  %back = sched.signal stream(reload)
  %6 = sched.launch @update stream(compute) in(%5, %1 : !a, !m) out(%m : !m) after(%fetched, %back)
  %updated = sched.signal stream(compute)
  %7 = sched.copy %6 to %c stream(compute) after(%fetched) : !m to !m
  %mine = sched.signal stream(compute)
  %8 = sched.launch @update stream(compute) in(%5, %7 : !a, !m) out(%c : !m) after(%mine)
  %done = sched.signal stream(compute)
  %9 = sched.copy %6 to %state stream(offload) after(%done) : !m to !farM
  sched.return %9 : !farM
}
