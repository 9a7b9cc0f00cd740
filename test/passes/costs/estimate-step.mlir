// A step's expected time is the sum of its launches', each by the work of its kernel.
// RUN: neap-opt %s -split-input-file -pass-pipeline='builtin.module(neap-estimate-step{machine-profile=%S/round.json})' | FileCheck %s
// RUN: neap-opt %s -split-input-file -pass-pipeline='builtin.module(neap-estimate-step)' | FileCheck %s --check-prefix=TYPICAL
// RUN: neap-opt %s -split-input-file -pass-pipeline='builtin.module(neap-estimate-step{device=cuda})' | FileCheck %s --check-prefix=CUDA
// RUN: not neap-opt %s -split-input-file -pass-pipeline='builtin.module(neap-estimate-step{machine-profile=%S/CMakeLists.txt})' 2>&1 \
// RUN:   | FileCheck %s --check-prefix=INVALID
// INVALID: CMakeLists.txt: expected what `neap calibrate` writes for a CPU
// TYPICAL: neap.expectation = {costs = "built-in", seconds = {{.*}}, threads = 2 : i64}
// CUDA-NOT: neap.expectation

// Two launches: 65,536 elements are read and written in 52.4288 us, and the thread that is woken costs 1 us; 1 ns for each exp takes
// longer, 65.536 us.
// CHECK-LABEL: sched.program @twice
// CHECK: {neap.expectation = {costs = "measured 2026-01-01T00:00:00Z on Round Figures", seconds = 1.330720{{0*}}e-04 : f64, threads = 2 : i64}}
sched.kernel @exp pointwise (tensor<65536xf32>) -> tensor<65536xf32> {
^bb0(%x: tensor<65536xf32>):
  %y = neap.exp %x : tensor<65536xf32>
  neap.yield %y : tensor<65536xf32>
}
sched.program @twice arenas [#sched.arena<device, 786432>] {
  %x = sched.slot input "x" at 0 : !sched.slot<tensor<65536xf32>>
  %y = sched.slot activation at 262144 : !sched.slot<tensor<65536xf32>>
  %z = sched.slot output "z" at 524288 : !sched.slot<tensor<65536xf32>>
  %a = sched.launch @exp stream(compute) in(%x : !sched.slot<tensor<65536xf32>>) out(%y : !sched.slot<tensor<65536xf32>>)
  %b = sched.launch @exp stream(compute) in(%a : !sched.slot<tensor<65536xf32>>) out(%z : !sched.slot<tensor<65536xf32>>)
  sched.return %b : !sched.slot<tensor<65536xf32>>
}

// -----

// A row is swept once for its sum and once more for what needs that: 2 x 65,536 exp of 1 ns, 65,536 sums of 0.1 ns, 65,536 divisions of
// 0.01 ns.
// CHECK-LABEL: sched.program @softmax
// CHECK: seconds = 1.39280{{.*}} : f64
sched.kernel @rows row (tensor<64x1024xf32>) -> tensor<64x1024xf32> {
^bb0(%x: tensor<64x1024xf32>):
  %e = neap.exp %x : tensor<64x1024xf32>
  %s = neap.reduce sum %e axes [1] : tensor<64x1024xf32>
  %c = neap.reshape %s : tensor<64xf32> -> tensor<64x1xf32>
  %b = neap.broadcast %c : tensor<64x1xf32> -> tensor<64x1024xf32>
  %y = neap.div %e, %b : tensor<64x1024xf32>
  neap.yield %y : tensor<64x1024xf32>
}
sched.program @softmax arenas [#sched.arena<device, 524288>] {
  %x = sched.slot input "x" at 0 : !sched.slot<tensor<64x1024xf32>>
  %y = sched.slot output "y" at 262144 : !sched.slot<tensor<64x1024xf32>>
  %a = sched.launch @rows stream(compute) in(%x : !sched.slot<tensor<64x1024xf32>>) out(%y : !sched.slot<tensor<64x1024xf32>>)
  sched.return %a : !sched.slot<tensor<64x1024xf32>>
}
