// Groups that are left to a library share one workspace at offset 0, whose bytes are the option's.
// RUN: neap-opt -split-input-file -neap-schedule-step %s | FileCheck %s
// RUN: neap-opt -split-input-file -neap-schedule-step=library-workspace=256 %s | FileCheck %s --check-prefix=SMALL
// RUN: neap-opt -split-input-file -neap-schedule-step=library-workspace=0 %s | FileCheck %s --check-prefix=NONE

// One kernel each, as the mark is part of what a kernel is.
// CHECK: sched.kernel @gemm_0 gemm library (
// CHECK: sched.kernel @gemm_1 gemm (
// CHECK: sched.program @train arenas [#sched.arena<device, 33554816>]
// CHECK: %[[W:.*]] = sched.slot workspace at 0 : <tensor<33554432xi8>>
// CHECK: sched.slot input "" at 33554432
// CHECK: sched.launch @gemm_0 {{.*}} workspace(%[[W]] : !sched.slot<tensor<33554432xi8>>)
// CHECK: sched.launch @gemm_1 {{.*}} out(%{{[^)]*}})
// CHECK-NOT: workspace
// CHECK: sched.launch @gemm_0 {{.*}} workspace(%[[W]]
// SMALL: sched.slot workspace at 0 : <tensor<256xi8>>
// SMALL: sched.slot input "" at 256
// NONE-NOT: workspace
neap.step @train(%x: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>) {
  %0 = neap.fused gemm library(%x) {
  ^bb0(%a: tensor<4x4xf32>):
    %r = neap.matmul %a, %a : tensor<4x4xf32>, tensor<4x4xf32>
    neap.yield %r : tensor<4x4xf32>
  } : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %1 = neap.fused gemm(%0) {
  ^bb0(%a: tensor<4x4xf32>):
    %r = neap.matmul %a, %a : tensor<4x4xf32>, tensor<4x4xf32>
    neap.yield %r : tensor<4x4xf32>
  } : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %2 = neap.fused gemm library(%1) {
  ^bb0(%a: tensor<4x4xf32>):
    %r = neap.matmul %a, %a : tensor<4x4xf32>, tensor<4x4xf32>
    neap.yield %r : tensor<4x4xf32>
  } : (tensor<4x4xf32>) -> tensor<4x4xf32>
  neap.return %0, %1, %2 : tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>
}
